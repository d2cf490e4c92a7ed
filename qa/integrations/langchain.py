"""A retriever of LangChain."""

from typing import cast

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict, Field

from qa.archive import Archive
from qa.filters import FilterWords
from qa.integrations.passages import metadata


class GazetteRetriever(BaseRetriever):
    """Finds passages of an archive; their metadata says where they stand."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    archive: Archive
    top_k: int = 5
    filters: dict[str, str | None] = Field(default_factory=dict)
    """As ``FilterWords``, which pydantic takes only where Python is newer."""

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
        del run_manager
        found = self.archive.search(query, top_k=self.top_k, **cast("FilterWords", self.filters))
        return [Document(id=each.chunk_id, page_content=each.text, metadata=metadata(each)) for each in found]
