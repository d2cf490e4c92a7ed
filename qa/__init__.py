"""Question answering over newspaper archives: from files to cited answers.

``Archive`` is the way in for programs; what it needs is imported when it is used.
"""

__version__ = "0.1.0"
__all__ = ["Archive", "__version__"]


def __getattr__(name: str) -> object:
    if name == "Archive":
        from qa.archive import Archive

        return Archive
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
