"""From what was typed to what is searched for and read: the one way in for questions and queries."""

from qa.question.check import check_question, check_top_k
from qa.question.parts import parts
from qa.question.query import Query, prepare
from qa.question.small_talk import is_small_talk
from qa.question.wanted import asked_number, wanted, wants_all, which_ones

__all__ = [
    "Query",
    "asked_number",
    "check_question",
    "check_top_k",
    "is_small_talk",
    "parts",
    "prepare",
    "wanted",
    "wants_all",
    "which_ones",
]
