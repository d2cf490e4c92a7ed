"""What is said to people in their language, wherever answers are shown; the page's ``i18n.js`` says the same."""

from typing import Final

DECLINED: Final = {"zh": "档案中没有找到这个问题的答案。", "en": "The archive does not say."}
"""In place of an answer."""
