"""Where models and caches are kept, and the names of our encoders: what is asked before any model is loaded."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

from platformdirs import user_cache_path

from embeddings.errors import EncoderError

E5: Final = "multilingual-e5-small"
"""The encoder that the reader's body is of, by itself."""
DEFAULT_ENCODER: Final = "multilingual-e5-small+use"
"""With the vectors of the Universal Sentence Encoder beside its own."""
HOME_VARIABLE: Final = "GAZETTE_HOME"


def cache_folder() -> Path:
    """Return the folder for models and caches: ``$GAZETTE_HOME``, or the user's cache folder.

    Raises ``EncoderError`` where there is neither.
    """
    return home_folder() or users_folder(user_cache_path)


def home_folder() -> Path | None:
    """Return ``$GAZETTE_HOME``, ``None`` unless it is set; ``EncoderError`` for a user's that there is not."""
    chosen = os.environ.get(HOME_VARIABLE)
    if not chosen:
        return None
    try:
        return Path(chosen).expanduser()
    except RuntimeError as error:
        raise EncoderError(f"{HOME_VARIABLE}={chosen}: no home of that user is known; write the whole path") from error


def users_folder(find: Callable[..., Path]) -> Path:
    """Return our folder in one of the user's, as ``platformdirs`` finds it; ``EncoderError`` for a user without a home.

    Such are those of a container that is run with any number for its user.
    """
    try:
        return find("gazette", appauthor=False)
    except RuntimeError as error:
        raise EncoderError(f"the user has no home folder: set {HOME_VARIABLE} to one for all that is kept") from error
