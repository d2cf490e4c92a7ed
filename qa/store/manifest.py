"""What an index directory says of itself: with which encoder, from what, in which files.

::

    DIR/manifest.json              names the current revision; replacing it is what publishes one
    DIR/revision-000003/           never changes once published
        archive-000001.sqlite      the truth: documents, articles, chunks, vectors, in segments, each of which
        archive-000003.sqlite          is named after the revision that wrote it and never changes
        vectors-000001.faiss       derived: FAISS, one for each of these
        vectors-000003.faiss
        lexical/                   derived: tantivy, for all of them
    DIR/encoded.sqlite             only while an update is unfinished: the vectors it has encoded so far

What two revisions share is one file with a name in each.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from shlex import quote
from typing import Any

from embeddings.encoder import Encoder
from qa.errors import IndexCorrupt, IndexDirectoryError, IndexMismatch, IndexMissing
from qa.store.files import replace_text
from qa.store.protocol import Chunking, EncoderIdentity, State, VectorSearch

FORMAT = 10
"""Raise it when the layout, the schema or the tokens change."""
METRIC = "inner product"
MANIFEST, LEXICAL = "manifest.json", "lexical"
ARCHIVE = re.compile(r"archive-([0-9]{6})\.sqlite")
VECTORS = re.compile(r"vectors-([0-9]{6})\.faiss")
ENCODED = "encoded.sqlite"
REVISION = re.compile(r"revision-[0-9]{6}")
NONE: Mapping[str, "Part"] = {}
HASHED_AT_OPEN = 32 << 20
"""Bytes up to which a part's hash is checked at every opening; a larger one is checked by its size until ``check``."""


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a revision, by which truncation and alteration are found."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """One revision; ``parts`` are keyed by path within its folder, ``libraries`` are what wrote the derived parts.

    ``vectors`` says of each file of vectors how it finds them.
    """

    revision: int
    encoder: EncoderIdentity
    chunking: Chunking
    documents: int
    articles: int
    chunks: int
    parts: Mapping[str, Part]
    libraries: Mapping[str, str]
    vectors: Mapping[str, VectorSearch]
    metric: str = METRIC
    format: int = FORMAT

    def __post_init__(self) -> None:
        """Raise ``ValueError`` where a number read from a file is not one that can be."""
        numbers = (self.revision, self.documents, self.articles, self.chunks, self.encoder.dimension)
        if not all(isinstance(number, int) and number >= 0 for number in numbers):
            raise ValueError(f"revision, counts and dimension cannot be {numbers}")

    @property
    def folder(self) -> str:
        """The revision's folder, within the index directory."""
        return f"revision-{self.revision:06d}"

    @property
    def segments(self) -> list[int]:
        """The numbers of the segments, the oldest first."""
        return sorted(int(found[1]) for name in self.parts if (found := ARCHIVE.fullmatch(name)))

    @property
    def archives(self) -> dict[str, Part]:
        """The parts that are the truth."""
        return {name: part for name, part in self.parts.items() if ARCHIVE.fullmatch(name)}

    @property
    def state(self) -> State:
        """What the revision holds."""
        counts = (self.documents, self.articles, self.chunks)
        least = min((self.vectors[name] for name in sorted(self.vectors)), key=lambda search: search.recall or 0.0)
        return State(self.revision, self.encoder, self.chunking, *counts, least)


def archive_name(number: int) -> str:
    """Return the name of the database of a segment."""
    return f"archive-{number:06d}.sqlite"


def vectors_name(number: int) -> str:
    """Return the name of the vector index of a segment."""
    return f"vectors-{number:06d}.faiss"


def rebuild_advice(directory: Path) -> str:
    """Return how to rebuild an index that cannot be used: in another folder, since this one may hold other files."""
    return f"make an index in a new folder: gazette ingest PATH --index {quote(f'{directory}-new')}"


def repair_advice(directory: Path) -> str:
    """Return how to rebuild the derived parts of an index."""
    return f"run: gazette ingest PATH --index {quote(str(directory))}"


def current_libraries() -> dict[str, str]:
    """Return the versions that derived parts are written with now."""
    return {name: version(name) for name in ("faiss-cpu", "rjieba", "tantivy")}


def write_manifest(directory: Path, manifest: Manifest) -> None:
    """Publish a revision whose folder is complete and on the disk."""
    replace_text(directory / MANIFEST, json.dumps(asdict(manifest), ensure_ascii=False, indent=1) + "\n")


def read_manifest(directory: Path) -> Manifest:
    """Return the current revision's manifest; raise ``IndexMissing``, ``IndexCorrupt`` or ``IndexMismatch``.

    ``IndexDirectoryError`` if the file of that name is something else's.
    """
    path = directory / MANIFEST
    try:
        fields = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(fields, dict) or not {"format", "encoder", "chunking"} & set(fields):
            raise IndexDirectoryError(
                f"{path}: not made by gazette; choose another folder for the index, with --index FOLDER"
            )
        if fields["format"] != FORMAT:
            raise IndexMismatch(
                f"{directory}: index format {fields['format']}, this version reads {FORMAT}; "
                f"{rebuild_advice(directory)}"
            )
        if fields["metric"] != METRIC:
            raise IndexMismatch(
                f"{directory}: vectors compared by {fields['metric']}, this version compares by {METRIC}; "
                f"{rebuild_advice(directory)}"
            )
        return _manifest(fields)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise IndexMissing(f"{directory}: no index there; {repair_advice(directory)}") from error
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise IndexCorrupt(f"{path}: truncated or altered ({error}); {rebuild_advice(directory)}") from error


def require_encoder(directory: Path, manifest: Manifest, encoder: Encoder) -> None:
    """Raise ``IndexMismatch`` unless the index was made with this encoder, under whatever name."""
    theirs, ours = manifest.encoder, EncoderIdentity.of(encoder)
    if (theirs.fingerprint, theirs.dimension) != (ours.fingerprint, ours.dimension):
        raise IndexMismatch(
            f"{directory}: made with encoder {theirs.name} ({theirs.dimension} dimensions, {theirs.fingerprint[:12]}), "
            f"not {ours.name} ({ours.dimension} dimensions, {ours.fingerprint[:12]}); choose that encoder or another "
            f"index, or {rebuild_advice(directory)}"
        )


def require_chunking(directory: Path, manifest: Manifest, chunking: Chunking) -> None:
    """Raise ``IndexMismatch`` unless the index was chunked in this way."""
    if dict(manifest.chunking) != dict(chunking):
        raise IndexMismatch(
            f"{directory}: chunked with {dict(manifest.chunking)}, not {dict(chunking)}; {rebuild_advice(directory)}"
        )


def parts_of(folder: Path, known: Mapping[str, Part] = NONE, shared: Path | None = None) -> dict[str, Part]:
    """Measure every file of a revision's folder, but for the ``known`` ones that are also in the folder ``shared``."""
    paths = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file()}
    same = {name for name in paths if shared and name in known and _is_same(paths[name], shared / name)}
    return {
        name: known[name] if name in same else Part(path.stat().st_size, _sha256(path)) for name, path in paths.items()
    }


def find_damage(folder: Path, parts: Mapping[str, Part], *, thorough: bool) -> dict[str, str]:
    """Return what is wrong with each part that is not as it was written; ``thorough`` hashes the large ones as well."""
    found = {}
    for name, part in parts.items():
        path = folder / name
        if not path.is_file():
            found[name] = "missing"
        elif (size := path.stat().st_size) != part.size:
            found[name] = f"{size} bytes, not {part.size}"
        elif (thorough or size <= HASHED_AT_OPEN) and _sha256(path) != part.sha256:
            found[name] = "altered"
    return found


def _is_same(path: Path, other: Path) -> bool:
    return other.is_file() and path.samefile(other)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _manifest(fields: dict[str, Any]) -> Manifest:
    encoder = EncoderIdentity(**fields["encoder"])
    parts = {name: Part(**part) for name, part in dict(fields["parts"]).items()}
    vectors = {name: VectorSearch(**search) for name, search in dict(fields["vectors"]).items()}
    manifest = Manifest(**{**fields, "encoder": encoder, "parts": parts, "vectors": vectors})
    wanted = {vectors_name(number) for number in manifest.segments} or {archive_name(manifest.revision)}
    if missing := wanted - (set(parts) & set(vectors)):
        raise KeyError(*missing)
    return manifest
