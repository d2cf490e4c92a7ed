"""Files of other file systems, whatever ``fsspec`` opens: listed where they are, and copied here to be read.

A file is known by its canonical URI, and its documents by that URI's SHA-256, as those of a path are by theirs.
"""

import hashlib
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import fsspec
from fsspec.asyn import AsyncFileSystem
from fsspec.registry import known_implementations

from qa.errors import InputError, SourceError, impossible_name
from qa.ingest.apart import load_apart
from qa.ingest.files import Report, display_name, file_id, printable
from qa.ingest.origins import Remote, file_name
from qa.types import Document

_CHECKSUMS: Final = ("etag", "md5hash", "content-md5", "content_md5", "digest", "generation", "crc32c")
_TIMES: Final = ("lastmodified", "last_modified", "last-modified", "mtime", "modify", "modificationtime", "updated")
"""What systems call it in their listings, in lower case."""
_COARSE: Final = timedelta(seconds=2)
"""A time without a fraction tells nothing of what is written within the same second; some systems count by two."""
_FOLDERS: Final = 2
"""Names of folders that a copy keeps above it: a page's date may be theirs."""
_LONGEST_NAME: Final = 200
"""Bytes in UTF-8; file systems stop at 255."""


def canonical(uri: str) -> str:
    """Return the one way to write the URI of a file or folder; ``InputError`` if nothing here opens it.

    >>> canonical("MEMORY://news//1998/")
    'memory:///news/1998'
    """
    scheme, _, rest = uri.partition("://")
    uri = f"{scheme.lower()}://{rest}"
    if printable(uri) != uri or "\0" in uri:
        raise impossible_name(uri)
    if "::" in uri:
        raise InputError(f"{uri}: one file system inside another is not read; unpack it, and name the folder")
    try:
        told = urlsplit(uri)
        secret = told.password is not None
    except ValueError as error:
        raise InputError(f"{uri}: not a URI ({error})") from error
    if secret:
        raise InputError(
            f"{scheme}://{told.hostname}: write no password into a URI, which citations show; give it in the "
            "configuration of fsspec (~/.config/fsspec), or as its package takes it"
        )
    files, root = _opened(uri)
    told_apart = "://" in root  # as http does, where the path is the whole address
    if not told_apart:
        while "//" in root:
            root = root.replace("//", "/")
    if told.netloc and files._get_kwargs_from_urls(uri):  # the server or account, which is not in the path
        return f"{_scheme(files)}://{told.netloc}/{root.lstrip('/')}".rstrip("/")
    if not told_apart:
        return f"{_scheme(files)}://{root}"
    return told._replace(netloc=told.netloc.lower(), fragment="").geturl()


def _scheme(files: Any) -> str:
    return files.protocol if isinstance(files.protocol, str) else str(files.protocol[0])


def _opened(uri: str) -> tuple[Any, str]:
    """Return the file system of a URI, and the path in it; raises ``InputError``."""
    try:
        files, root = fsspec.core.url_to_fs(uri)
    except ImportError as error:
        package = _package(uri.partition("://")[0], error)
        raise InputError(
            f"{uri}: reading from there takes a package that is not installed: pip install {package}"
        ) from error
    except ValueError as error:
        raise InputError(f"{uri}: no file system of this kind is known ({error})") from error
    except Exception as error:  # whatever a system's package says of an address or of what it is configured with
        raise InputError(f"{uri}: cannot be opened: {_said(error)}") from error
    return files, str(root)


def _package(scheme: str, error: BaseException) -> str:
    """Return the name of the package that opens a kind of URI, or of the module that it lacks."""
    package = str(known_implementations.get(scheme, {}).get("class", "")).partition(".")[0]
    if package and package != fsspec.__name__:
        return package
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ModuleNotFoundError) and cause.name:
            return cause.name.partition(".")[0]
        cause = cause.__cause__ or cause.__context__
    return f"'fsspec[{scheme}]'"


def listed(root: Remote, report: Report) -> Iterator[Remote]:
    """Yield the file that a URI names, or those in the folder and below, sorted, but for hidden ones.

    Folders that cannot be listed go to ``report``. Raises ``SourceError`` if there is nothing of that name, or it
    cannot be asked for.
    """
    files, path = _opened(root.uri)
    files.invalidate_cache()  # another run in this process may have listed it before
    try:
        about = None if root.uri.endswith("/") else files.info(path)
    except FileNotFoundError as error:
        raise SourceError(root.uri, "no such file or folder") from error
    except Exception as error:
        raise SourceError(root.uri, f"cannot be asked for: {_said(error)}") from error
    if about is not None and about["type"] != "directory":
        yield Remote(root.uri, _stamp(files, about))
        return
    base = root.uri.rstrip("/")
    below = len(path.rstrip("/"))
    found = _at_once(files, path, root) if _lists_at_once(files) else _by_folders(files, path, base, report)
    for about in sorted(found, key=lambda each: str(each["name"])):
        inside = str(about["name"])[below:]
        if not inside.endswith("/") and not any(part.startswith(".") for part in inside.split("/")):
            yield Remote(f"{base}/{inside.lstrip('/')}", _stamp(files, about))


def _lists_at_once(files: Any) -> bool:
    """Tell whether a system has a listing of all that is below a folder; where it has not, a fault hides files."""
    kind = type(files)
    if issubclass(kind, AsyncFileSystem):
        return kind._find is not AsyncFileSystem._find
    return bool(kind.find is not fsspec.AbstractFileSystem.find)


def _at_once(files: Any, path: str, root: Remote) -> Iterable[Mapping[str, Any]]:
    try:
        found = files.find(path, detail=True)
    except Exception as error:
        raise SourceError(root.uri, f"cannot be listed: {_said(error)}") from error
    return [about for about in found.values() if about["type"] != "directory"]


def _by_folders(files: Any, path: str, base: str, report: Report) -> Iterator[Mapping[str, Any]]:
    seen, waiting = set[str](), [path]
    while waiting:
        folder = waiting.pop()
        seen.add(folder.rstrip("/"))
        try:
            entries = files.ls(folder, detail=True)
        except Exception as error:
            inside = folder[len(path.rstrip("/")) :].strip("/")
            report(SourceError(f"{base}/{inside}".rstrip("/"), f"cannot be listed: {_said(error)}"))
            continue
        for about in entries:
            name = str(about["name"])
            if about["type"] != "directory":
                yield about
            elif name.rstrip("/") not in seen and not name.rstrip("/").rpartition("/")[2].startswith("."):
                waiting.append(name)


def _stamp(files: Any, about: Mapping[str, Any]) -> str | None:
    """Return what tells a version of a file from another: its checksum, or when it was written and its size."""
    found = _told(about)
    if found is not None:
        return found
    # Not every system answers every question, and reading the file tells as well.
    with suppress(Exception):  # a listing may say less than there is to know
        found = _told(files.info(about["name"]))
    if found is None and about.get("size") is not None:
        with suppress(Exception):
            found = _told({"mtime": files.modified(about["name"]), "size": about["size"]})
    return found


def _told(about: Mapping[str, Any]) -> str | None:
    told = {str(key).lower(): value for key, value in about.items() if value}
    size = about.get("size")
    for key in _CHECKSUMS:
        if key in told:
            return f"{key} {told[key]} {size}"
    for key in _TIMES:
        if key in told and size is not None and _settled(told[key]):
            return f"{key} {told[key]} {size}"
    return None


def _settled(time: object) -> bool:
    if not isinstance(time, datetime) or time.microsecond:
        return True
    now = datetime.now(UTC)
    return now - (time if time.tzinfo else time.replace(tzinfo=UTC)) > _COARSE


@contextmanager
def fetched(remote: Remote) -> Iterator[Path]:
    """Copy a file here for the length of the block, under its name; raises ``SourceError`` if that fails."""
    with tempfile.TemporaryDirectory(prefix="gazette-") as folder:
        copy = Path(folder, *_names(remote.uri))
        try:
            files, path = _opened(remote.uri)
            copy.parent.mkdir(parents=True, exist_ok=True)
            files.get_file(path, str(copy))
        except FileNotFoundError as error:
            raise SourceError(remote.uri, "cannot be read: no such file") from error
        except Exception as error:
            raise SourceError(remote.uri, f"cannot be read: {_said(error)}") from error
        yield copy


def _names(uri: str) -> list[str]:
    """Return the file's name, below those of the folders right above it, as this machine can have them."""
    above = uri.partition("://")[2].rstrip("/").split("/")[:-1]
    names = [name for name in [*above[-_FOLDERS:], file_name(uri)] if name not in ("", ".", "..")]
    fitting = [name.replace("\0", "_").replace("\\", "_").replace(":", "_") for name in names]
    return [name if len(name.encode()) <= _LONGEST_NAME else _shortened(name) for name in fitting]


def _shortened(name: str) -> str:
    suffixes = "".join(Path(name).suffixes[-2:])
    return hashlib.sha256(name.encode()).hexdigest() + (suffixes if len(suffixes) < 20 else "")


def load_copy(remote: Remote, copy: Path, report: Report, encoding: str | None) -> Iterator[Document]:
    """Read the copy of a file as ``load_apart`` does, for what it is a copy of."""
    digits = len(file_id(copy))
    identifier = hashlib.sha256(remote.uri.encode()).hexdigest()
    try:
        for document in load_apart(copy, lambda error: report(_of_original(error, remote, copy)), encoding):
            yield replace(document, id=identifier + document.id[digits:], source=remote.uri, path=remote.uri)
    except SourceError as error:
        raise _of_original(error, remote, copy) from error


def _of_original(error: SourceError, remote: Remote, copy: Path) -> SourceError:
    """Return what is wrong with a copy as what is wrong with the file."""
    name = display_name(copy)
    source = remote.uri + error.source.removeprefix(name) if error.source.startswith(name) else remote.uri
    return type(error)(source, error.reason.replace(name, remote.uri))


def _said(error: BaseException) -> str:
    words = str(error).strip().partition("\n")[0] or type(error).__name__
    return printable(words if isinstance(error, OSError) else f"{type(error).__name__}: {words}")
