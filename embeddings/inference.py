"""The one door to OpenVINO: it must not be imported before ``embeddings.offline`` has kept it from the network.

Nothing else in this project imports ``openvino``; ``tests/test_no_network.py`` holds it to that.
"""

import embeddings.offline  # noqa: F401  isort: skip

import openvino as ov
from openvino import Node
from openvino import opset15 as ops

__all__ = ["Node", "ops", "ov"]
