"""What can be asked."""

from qa.config import MAX_QUESTION, MAX_TOP_K
from qa.errors import QuestionError
from qa.text.surrogates import half_of_pair


def check_question(question: str) -> str:
    """Return the question without blanks around it; ``QuestionError`` if it is empty, too long or no text."""
    asked = question.strip()
    if (at := half_of_pair(asked)) is not None:
        raise QuestionError(f"the question is not UTF-8 at character {at + 1}: write it in UTF-8")
    if not any(character.isalnum() for character in asked):
        raise QuestionError("the question is empty: ask something, for example 谁被任命为副市长?")
    if len(asked) > MAX_QUESTION:
        raise QuestionError(f"the question has {len(asked):,} characters, more than {MAX_QUESTION:,}: shorten it")
    return asked


def check_top_k(top_k: int) -> int:
    """Return ``top_k``; ``QuestionError`` unless it is between 1 and 50."""
    if not 1 <= top_k <= MAX_TOP_K:
        raise QuestionError(f"top-k is {top_k}, not between 1 and {MAX_TOP_K}")
    return top_k
