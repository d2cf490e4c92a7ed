"""Where models and caches are kept, and the name of the default encoder: what is asked before any model is loaded."""

import os
from pathlib import Path
from typing import Final

from platformdirs import user_cache_path

DEFAULT_ENCODER: Final = "multilingual-e5-small"
HOME_VARIABLE: Final = "GAZETTE_HOME"


def cache_folder() -> Path:
    """Return the folder for models and caches: ``$GAZETTE_HOME``, or the user's cache folder."""
    chosen = os.environ.get(HOME_VARIABLE)
    return Path(chosen).expanduser() if chosen else user_cache_path("gazette", appauthor=False)
