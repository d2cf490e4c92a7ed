"""Files that are written whole or not at all."""

import os
from pathlib import Path


def write_whole(file: Path, data: bytes | memoryview) -> None:
    """Put ``data`` in the place of ``file``, in a folder that is made: whoever finds the file finds all of it.

    Raises ``OSError``; what was there before then still is.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    aside = file.with_name(f"{file.name}.tmp")
    try:
        with aside.open("wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        aside.replace(file)
    except BaseException:
        aside.unlink(missing_ok=True)  # a disk that is full has room again
        raise
