"""Files that are written whole or not at all."""

from pathlib import Path

from qa.store.files import replace_bytes


def write_whole(file: Path, data: bytes | memoryview) -> None:
    """Put ``data`` in the place of ``file``, as ``replace_bytes`` does, in a folder that is made if need be."""
    file.parent.mkdir(parents=True, exist_ok=True)
    replace_bytes(file, data)
