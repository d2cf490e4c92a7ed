"""Components of Haystack: one that finds passages, one that answers."""

from typing import Any

from haystack import Document, component
from haystack.dataclasses import ExtractedAnswer

from qa.archive import Archive
from qa.filters import FilterWords
from qa.integrations.passages import metadata


@component
class GazetteRetriever:
    """Finds passages of an archive; their metadata says where they stand."""

    def __init__(self, archive: Archive, *, top_k: int = 5, filters: FilterWords | None = None) -> None:
        self._archive, self._top_k, self._filters = archive, top_k, filters or FilterWords()

    @component.output_types(documents=list[Document])
    def run(self, query: str, top_k: int | None = None) -> dict[str, Any]:
        """Return the passages nearest to a query, best first."""
        found = self._archive.search(query, top_k=top_k or self._top_k, **self._filters)
        return {
            "documents": [
                Document(id=each.chunk_id, content=each.text, meta=metadata(each), score=each.score) for each in found
            ]
        }


@component
class GazetteAnswerer:
    """Answers with the source's words; no answers where the archive does not say."""

    def __init__(self, archive: Archive, *, top_k: int = 5, filters: FilterWords | None = None) -> None:
        self._archive, self._top_k, self._filters = archive, top_k, filters or FilterWords()

    @component.output_types(answers=list[ExtractedAnswer])
    def run(self, query: str, top_k: int | None = None) -> dict[str, Any]:
        """Return an answer for each item; its document is the quote, its meta the citation."""
        answer = self._archive.ask(query, top_k=top_k or self._top_k, **self._filters)
        answers = []
        for item in answer.items:
            cited = item.citations[0]
            start, end = cited.answer_start - cited.start, cited.answer_end - cited.start
            answers.append(
                ExtractedAnswer(
                    query=query,
                    score=item.confidence,
                    data=item.text,
                    document=Document(content=cited.quote, meta={"title": cited.title, "date": cited.date}),
                    document_offset=ExtractedAnswer.Span(start, end),
                    meta={"document_id": cited.document_id, "source": cited.source, "where": cited.where},
                )
            )
        return {"answers": answers}
