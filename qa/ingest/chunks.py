"""An article's clean text into chunks for retrieval and reading."""

import hashlib
import json
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace

from qa.ingest.clean import CleanText, cut
from qa.ingest.pieces import Piece, pieces
from qa.text.script import is_latin
from qa.types import Alignment, Article, Chunk, Head

FORMAT = 8  # raise it when the same parameters cut differently, so that indexes built before are recognised
MAX_OPENING_SHARE = 4  # up to a fourth of a chunk moves on to the next one with its paragraph
MAX_CONTEXT = 120  # characters of a title, deck or lead that are repeated


@dataclass(frozen=True, slots=True)
class ChunkingParameters:
    """Sizes in characters of clean text: chunks come close to ``target`` and never exceed ``limit``.

    R@1 and R@5 by ``python -m tests.benchmarks.retrieval DATA --target N``, news snippets (RGB) and English questions:
    150: 0.773, 0.980; 0.684, 0.892. 250: 0.793, 0.973; 0.692, 0.904. 300: 0.800, 0.973; 0.696, 0.900.
    350: 0.800, 0.973; 0.712, 0.912. News gains nothing beyond 300, and three of 250 questions are not worth reading
    longer passages each time.

    Of articles in Latin script, whose words are longer, both sizes are ``latin`` times as large. Evidence among five
    passages, item F1, answers wrong with 0.7 or more, over eight English pages (1,152 questions): 1: 0.866, 0.583, 64
    of 600. 2: 0.929, 0.594, 47 of 629. 2.5: 0.945, 0.588, 45 of 633.
    """

    target: int = 300
    limit: int = 420
    latin: float = 2.0

    def __post_init__(self) -> None:
        """Raise ``ValueError`` unless ``0 < target <= limit`` and ``latin`` is 1 or more."""
        if not 0 < self.target <= self.limit:
            raise ValueError(f"a target of {self.target} characters with a limit of {self.limit}")
        if not self.latin >= 1:
            raise ValueError(f"articles in Latin script in chunks of {self.latin} times the size")

    def of(self, text: str) -> "ChunkingParameters":
        """Return the sizes for an article with this text.

        >>> ChunkingParameters(10, 20).of("A word.").limit, ChunkingParameters(10, 20).of("一个词。").limit
        (40, 20)
        """
        if not is_latin(text):
            return self
        return replace(self, target=round(self.target * self.latin), limit=round(self.limit * self.latin))

    def as_dict(self) -> dict[str, float]:
        """Return what an index manifest records.

        >>> ChunkingParameters().as_dict()
        {'target': 300, 'limit': 420, 'latin': 2.0, 'format': 8}
        """
        return {**asdict(self), "format": FORMAT}

    @property
    def fingerprint(self) -> str:
        """SHA-256 of ``as_dict``: equal for two indexes exactly when they were cut alike."""
        return hashlib.sha256(json.dumps(self.as_dict(), sort_keys=True).encode()).hexdigest()


def chunk(
    article: Article,
    text: CleanText,
    context: tuple[str, ...],
    parameters: ChunkingParameters,
    ordinals: Iterator[int],
    heads: Sequence[Head] = (),
) -> Iterator[Chunk]:
    """Yield the chunks of one article in order; ``ordinals`` number the chunks of the document.

    ``context`` is repeated with every chunk except the first when that holds its words already. ``heads``, at ascending
    offsets of the original, go with the chunks that hold what they are heads of.
    """
    parameters = parameters.of(text.text)
    for piece in _pack(pieces(text, parameters.limit), parameters):
        words = text.text[piece.start : piece.end]
        start = piece.start + len(words) - len(words.lstrip())
        words = words.strip()
        if not words:
            continue
        repeated = [line[:MAX_CONTEXT] for line in context]
        if context and start == 0 and words.replace("\n", "").startswith(context[0]):
            repeated = []
        if piece.lead and piece.lead[0] < start:
            repeated.append(text.text[piece.lead[0] : piece.lead[1]][-MAX_CONTEXT:])
        alignment = cut(text.alignment, start, start + len(words))
        yield Chunk(
            id=f"{article.document_id}#{next(ordinals)}",
            document_id=article.document_id,
            article=article.number,
            context="\n".join(repeated),
            text=words,
            alignment=alignment,
            heads=tuple(_within(alignment, heads)),
        )


def _within(alignment: Alignment, heads: Sequence[Head]) -> Iterator[Head]:
    """Yield the heads of what a chunk holds, at their offsets in it."""
    first = bisect_left(heads, alignment.runs[0].original, key=lambda head: head[0])
    for at, words in heads[first:]:
        if at >= alignment.runs[-1].end:
            return
        begins, ends = alignment.from_original(at, at + 1)
        if begins < ends:
            yield begins, words


def _pack(parts: list[Piece], parameters: ChunkingParameters) -> list[Piece]:
    """Join neighbours while that brings a chunk closer to the target; a short rest joins the last chunk if it can."""
    if parts and parts[-1].end - parts[0].start <= parameters.limit:
        return [Piece(parts[0].start, parts[-1].end)]
    packed, opening = list[Piece](), None
    for part in parts:
        if packed and _closer(packed[-1], part, parameters):
            packed[-1] = packed[-1].joined(part)
            opening = part if part.opens else opening
        else:
            packed += _cut(packed.pop(), opening, part, parameters) if packed else [part]
            opening = None
    if len(packed) > 1 and packed[-1].end - packed[-1].start < parameters.target // 2:
        rest = packed.pop()
        fits = rest.end - packed[-1].start <= parameters.limit
        packed[-1:] = [packed[-1].joined(rest)] if fits else [packed[-1], rest]
    return packed


def _closer(chunk: Piece, part: Piece, parameters: ChunkingParameters) -> bool:
    size = part.end - chunk.start
    missing = parameters.target - (chunk.end - chunk.start)
    return size <= parameters.limit and size - parameters.target <= missing


def _cut(chunk: Piece, opening: Piece | None, part: Piece, parameters: ChunkingParameters) -> list[Piece]:
    """Begin a chunk with ``part``, or with the ``opening`` of its paragraph: a topic sentence stays with its topic."""
    if opening is None or part.opens or chunk.end - opening.start > parameters.target // MAX_OPENING_SHARE:
        return [chunk, part]
    if part.end - opening.start > parameters.limit:
        return [chunk, part]
    return [replace(chunk, end=opening.start), replace(opening, end=part.end)]
