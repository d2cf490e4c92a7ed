"""A passage as it is read: under its context, and each cell of a table and item of a list behind what it stands under.

The words that are read with a text are none of it: their tokens stand for no characters, and no span takes one.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from embeddings.unigram import TextTokenizer
from qa.read.inputs import Tokens, tokenise
from qa.text.misread import breaks, well_read
from qa.types import Head

HEAD_END = "："


@dataclass(frozen=True, slots=True)
class Told:
    """``text`` with its ``context``; ``heads``, ascending, are read before the characters at their offsets."""

    context: str
    text: str
    heads: Sequence[Head] = ()

    @property
    def begins(self) -> int:
        """Where the text begins in what tokens' offsets count in: the context, a line break, and the text."""
        return len(self._before)

    @property
    def printed(self) -> str:
        """What tokens' offsets count in, without heads."""
        return self._before + self.text

    @property
    def _before(self) -> str:
        return f"{self.context}\n" if self.context else ""

    def told(self) -> tuple[str, list[int]]:
        r"""Return all words that are read, and for each character, and the end, how many of context and text precede.

        What OCR misread in the text is read as it is meant: each character for one that is printed, numbers in one.

        >>> Told("菜价", "黄瓜 2.80", ((3, "城北"),)).told()
        ('菜价\n黄瓜 城北：2.80', [0, 1, 2, 3, 4, 5, 6, 6, 6, 6, 7, 8, 9, 10])
        >>> Told("", "己卖1 2.O%").told()
        ('已卖12.0%', [0, 1, 2, 4, 5, 6, 7, 8])
        """
        meant, under = well_read(self.text), dict(self.heads)
        broken = {at for at in breaks(meant) if at + 1 not in under}  # two cells are two numbers
        parts, places = [self._before], list(range(self.begins))
        for at, character in enumerate(meant, start=self.begins):
            words = f"{under[at - self.begins]}{HEAD_END}" if at - self.begins in under else ""
            words += "" if at - self.begins in broken else character
            parts.append(words)
            places += [at] * len(words)
        return "".join(parts), [*places, self.begins + len(self.text)]


def tokenise_told(tokenizer: TextTokenizer, passage: Told) -> Tokens:
    """Tokenise context and text with the heads in it; offsets are into context and text, without heads.

    A token of heads alone has an empty span at the beginning of the context, where no answer is.
    """
    words, places = passage.told()
    tokens = tokenise(tokenizer, words)
    if len(words) == len(passage.printed):  # all that is read is printed there
        return tokens
    spans = ((places[start], places[end]) for start, end in tokens.offsets)
    return Tokens(tokens.ids, tuple(span if span[0] < span[1] else (0, 0) for span in spans))
