"""A passage as it is read: under its context, and each cell of a table and item of a list behind what it stands under.

The words that are read with a text are none of it: their tokens stand for no characters, and no span takes one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from embeddings.unigram import TextTokenizer
from qa.read.inputs import Tokens, tokenise
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

        >>> Told("菜价", "黄瓜 2.80", ((3, "城北"),)).told()
        ('菜价\n黄瓜 城北：2.80', [0, 1, 2, 3, 4, 5, 6, 6, 6, 6, 7, 8, 9, 10])
        """
        parts, lengths, at = [self._before], [1] * self.begins, 0
        for offset, words in self.heads:
            parts += [self.text[at:offset], words, HEAD_END]
            lengths += [1] * (offset - at) + [0] * (len(words) + len(HEAD_END))
            at = offset
        parts.append(self.text[at:])
        lengths += [1] * (len(self.text) - at)
        return "".join(parts), list(accumulate(lengths, initial=0))


def tokenise_told(tokenizer: TextTokenizer, passage: Told) -> Tokens:
    """Tokenise context and text with the heads in it; offsets are into context and text, without heads.

    A token of heads alone has an empty span at the beginning of the context, where no answer is.
    """
    words, places = passage.told()
    tokens = tokenise(tokenizer, words)
    if not passage.heads:
        return tokens
    spans = ((places[start], places[end]) for start, end in tokens.offsets)
    return Tokens(tokens.ids, tuple(span if span[0] < span[1] else (0, 0) for span in spans))
