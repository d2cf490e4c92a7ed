"""Chinese characters, and which language a text is answered in."""

import re
from typing import Final, Literal

HAN: Final = r"[\u3400-\u9fff]"
"""One Chinese character, as a pattern: the unified ideographs and their first extension."""

_HAN: Final = re.compile(HAN)


def language(text: str) -> Literal["zh", "en"]:
    """Return the language in which to speak of ``text``: Chinese if it has any Chinese character.

    >>> language("谁是 Li?"), language("Who is mayor?")
    ('zh', 'en')
    """
    return "zh" if _HAN.search(text) else "en"
