"""What the synthetic notices are made of: a value in Chinese with its English gloss, and the text being written."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Value:
    """A filler: as printed in Chinese, and how an English question calls it."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A half-open span, in code points, of the text being written."""

    start: int
    end: int


@dataclass(slots=True)
class TextBuilder:
    """A passage under construction.

    >>> draft = TextBuilder()
    >>> draft.write("任命")
    Mark(start=0, end=2)
    >>> draft.write("何平")
    Mark(start=2, end=4)
    >>> draft.text
    '任命何平'
    """

    parts: list[str] = field(default_factory=list)
    length: int = 0

    def write(self, text: str) -> Mark:
        """Append ``text`` and return where it stands."""
        self.parts.append(text)
        start, self.length = self.length, self.length + len(text)
        return Mark(start, self.length)

    @property
    def text(self) -> str:
        """Everything written so far."""
        return "".join(self.parts)
