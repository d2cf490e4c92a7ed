"""A retriever of LlamaIndex."""

from typing import Any

from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from qa.archive import Archive
from qa.filters import FilterWords
from qa.integrations.passages import metadata


class GazetteRetriever(BaseRetriever):
    """Finds passages of an archive; their metadata says where they stand."""

    def __init__(self, archive: Archive, *, top_k: int = 5, filters: FilterWords | None = None, **more: Any) -> None:
        self._archive, self._top_k, self._words = archive, top_k, filters or FilterWords()
        super().__init__(**more)

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        found = self._archive.search(query_bundle.query_str, top_k=self._top_k, **self._words)
        return [
            NodeWithScore(node=TextNode(id_=each.chunk_id, text=each.text, metadata=metadata(each)), score=each.score)
            for each in found
        ]
