"""Keeps the libraries under this package from the network; imported before any of them is.

Importing ``openvino`` sends a usage event to an outside host, from a process of its own, and writes an id of the user
into the home directory. It does so by the package ``openvino_telemetry``, and uses a stand-in that does nothing where
that cannot be imported. ``huggingface_hub`` asks its host about a model even where only local files are wanted.
"""

import os
import sys
from types import ModuleType
from typing import cast

# An entry of ``None`` makes the import system raise ``ImportError`` (Python reference, 5.3.1).
sys.modules["openvino_telemetry"] = cast(ModuleType, None)
os.environ["HF_HUB_OFFLINE"] = "1"
