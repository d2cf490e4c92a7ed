"""The one door to OpenVINO: it must not be imported before ``embeddings.offline`` has kept it from the network.

``import openvino`` also imports its converter of other frameworks' models where it can, and with it an HTTP client:
half of its time, and nothing that runs a model. It is left out here. Nothing else in this project imports ``openvino``;
``tests/test_no_network.py`` holds it to that.
"""

import embeddings.offline  # noqa: F401  isort: skip

import sys
from importlib import import_module
from typing import Final

_CONVERTER: Final = "openvino.tools.ovc"


def _import_without_converter() -> None:
    if "openvino" in sys.modules:
        return
    # None in sys.modules makes an import fail; OpenVINO goes on without the converter then.
    sys.modules[_CONVERTER] = None  # type: ignore[assignment]
    try:
        import_module("openvino")
    finally:
        del sys.modules[_CONVERTER]


_import_without_converter()

import numpy as np  # noqa: E402
import openvino as ov  # noqa: E402
from openvino import Node  # noqa: E402
from openvino import opset15 as ops  # noqa: E402

__all__ = ["Node", "ops", "ov"]

# The binding looks up NumPy when it first makes an array, under a lock of its own, and lets go of Python's meanwhile:
# two threads whose first runs meet wait for each other for ever, the whole process with them. So it is made to here.
_ = ov.Tensor(np.zeros(1, np.float32)).data
