"""Question answering over newspaper archives: from files to cited answers."""

__version__ = "0.1.0"
