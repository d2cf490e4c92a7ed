"""The exceptions a caller may want to catch. Every message names what failed and how to resolve it.

::

    GazetteError
    ├── InputError            what the caller gave cannot be used
    │   ├── QuestionError     an empty or over-long question, or one that is no text
    │   ├── FilterError       an invalid date, or a range that ends before it begins
    │   └── SourceError       a file that cannot be read, decoded or parsed
    │       └── UnknownFormat a file of a type that is not read
    ├── IndexDirectoryError   the index directory
    │   ├── IndexMissing      there is none at that path
    │   ├── IndexCorrupt      a part is missing, truncated or altered
    │   ├── IndexUnwritable   the disk is full, or writing is not allowed
    │   ├── IndexMismatch     it was built with another encoder, format or chunking
    │   └── StoreUnreachable  it is on a server that does not answer
    ├── ClusterError          a Ray cluster that cannot be reached, or whose workers cannot work
    ├── ReaderError           reader weights that are missing, altered or of the wrong shape
    └── CitationError         a citation that does not match its source; it never leaves the system

``embeddings.errors.EncoderError`` stands outside this tree, because ``embeddings`` knows nothing of ``qa``.
"""


class GazetteError(Exception):
    """Base of everything the package raises on purpose."""


class InputError(GazetteError):
    """What the caller gave cannot be used."""


def impossible_name(name: str) -> InputError:
    """Return what is said of a name with characters that no name of a file has; they are shown escaped."""
    return InputError(f"{name.encode('unicode_escape').decode()}: no file can be called so")


class QuestionError(InputError):
    """The question is empty, too long or no text."""


class FilterError(InputError):
    """A filter cannot be applied; ``field`` is its name in ``qa.types.Filters``."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field


class SourceError(InputError):
    """A source file cannot be read, decoded or parsed.

    ``source`` is its path as the user knows it, ``reason`` what is wrong, with the place where that is known.
    """

    def __init__(self, source: str, reason: str) -> None:
        super().__init__(f"{source}: {reason}")
        self.source = source
        self.reason = reason

    def __reduce__(self) -> tuple[type["SourceError"], tuple[str, str]]:
        return type(self), (self.source, self.reason)  # an exception is otherwise made again from its message


class UnknownFormat(SourceError):
    """A file of a type that is not read."""


class IndexDirectoryError(GazetteError):
    """The index directory cannot be used as it is."""


class IndexMissing(IndexDirectoryError):
    """There is no index at that path."""


class IndexCorrupt(IndexDirectoryError):
    """A part of the index is missing, truncated or altered."""


class IndexUnwritable(IndexDirectoryError):
    """The index cannot be written: the disk is full, or its rights do not allow it."""


class IndexMismatch(IndexDirectoryError):
    """The index was built with another encoder, format or chunking."""


class StoreUnreachable(IndexDirectoryError):
    """The index is on a server that does not answer; it may again in a moment."""


class ClusterError(GazetteError):
    """A Ray cluster cannot be reached, or its workers cannot do what they should."""


class ReaderError(GazetteError):
    """The reader's weights are missing, altered or of the wrong shape."""


class CitationError(GazetteError):
    """A citation does not match its source."""
