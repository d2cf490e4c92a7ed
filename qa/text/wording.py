"""What is said to people in their language, wherever answers are shown; a test holds ``api/web/words-*.js`` to it."""

from typing import Final

DECLINED: Final = {"zh": "档案中没有找到这个问题的答案。", "en": "The archive does not say."}
"""In place of an answer."""
COUNTED: Final = {"zh": "共{count}项:", "en": "{count} in all: "}
"""Before the things that a question asked the number of."""
SUPERSEDED: Final = {
    "correction": {"zh": "已更正", "en": "Corrected"},
    "change": {"zh": "已变更", "en": "Changed"},
}
"""Before words that an item of the answer has replaced."""
MORE: Final = {"zh": "另有{count}段可能也有答案。", "en": "More passages that may answer: {count}."}
"""Below a list that may go on."""
CLOSEST: Final = {"zh": "最接近的一句:", "en": "The closest sentence: "}
"""Before the sentence that comes nearest to an answer."""
