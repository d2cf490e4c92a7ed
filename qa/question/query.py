"""A question as it is searched for and read, with its vector."""

from dataclasses import dataclass

from embeddings.encoder import Encoder, Vectors
from qa.config import MAX_TOP_K
from qa.question.check import check_question
from qa.question.pinyin import has_name, with_characters
from qa.question.places import has_place, with_places
from qa.retrieve import EVERYTHING, retrieve
from qa.store import Index
from qa.types import Filters


@dataclass(frozen=True, slots=True, eq=False)
class Query:
    """``asked`` is the question without blanks around it, ``searched`` the one that passages are found and read with.

    They differ where the question names people in pinyin or places in English: ``searched`` has their Chinese names as
    well. ``vector`` is that of ``searched``. *Shape:* ``(dimension,)``.
    """

    asked: str
    searched: str
    vector: Vectors


def prepare(question: str, *, index: Index, encoder: Encoder, filters: Filters = EVERYTHING) -> Query:
    """Check a question, and put Chinese names beside Latin ones, as the passages nearest to it print them.

    Raises ``QuestionError`` for a question that cannot be asked.
    """
    asked = check_question(question)
    vector = encoder.encode([asked], "query")[0]
    if not (has_name(asked) or has_place(asked)):
        return Query(asked, asked, vector)
    near = retrieve(asked, vector, index=index, k=MAX_TOP_K, filters=filters)
    texts = [hit.chunk.text for hit in near]
    searched = with_places(with_characters(asked, texts), texts)
    return Query(asked, searched, encoder.encode([searched], "query")[0])
