"""A question as it is searched for and read, with its vector."""

from dataclasses import dataclass
from typing import Final

from embeddings.encoder import Encoder, Vectors
from qa.config import MAX_TOP_K
from qa.question.check import check_question
from qa.question.pinyin import has_name, with_characters
from qa.question.places import has_place, with_places
from qa.question.script import in_script_of
from qa.retrieve import retrieve
from qa.store import Snapshot
from qa.text.script import language
from qa.types import EVERYTHING, Filters

_SCRIPT_TOLD_BY: Final = 5
"""Passages near a question by which it is told whether the archive is in simplified or traditional characters."""


@dataclass(frozen=True, slots=True, eq=False)
class Query:
    """``asked`` is the question without blanks around it, ``searched`` the one that passages are found and read with.

    They differ where the question names people in pinyin or places in English: ``searched`` has their Chinese names as
    well; and where the archive is in the other Chinese characters: ``searched`` is in the archive's. ``vector`` is that
    of ``searched``. *Shape:* ``(dimension,)``.
    """

    asked: str
    searched: str
    vector: Vectors


def prepare(question: str, *, index: Snapshot, encoder: Encoder, filters: Filters = EVERYTHING) -> Query:
    """Check a question, and put it in the characters of the passages nearest to it, Chinese names beside Latin ones.

    Raises ``QuestionError`` for a question that cannot be asked.
    """
    asked = check_question(question)
    vector = encoder.encode([asked], "query")[0]
    has_latin_name = has_name(asked) or has_place(asked)
    if not has_latin_name and language(asked) == "en":
        return Query(asked, asked, vector)
    near = retrieve(asked, vector, index=index, k=MAX_TOP_K if has_latin_name else _SCRIPT_TOLD_BY, filters=filters)
    texts = [hit.chunk.text for hit in near]
    searched = in_script_of(asked, texts)
    if has_latin_name:
        searched = with_places(with_characters(searched, texts), texts)
    return Query(asked, searched, vector if searched == asked else encoder.encode([searched], "query")[0])
