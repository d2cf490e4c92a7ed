from qa.archive import Archive as Archive

__all__ = ["Archive", "__version__"]

__version__: str
