"""Synthetic appointment notices and city news, with questions, for training the reader.

The archive's own genre has no public reading-comprehension set; this grammar makes one. The two splits share neither
templates nor places, and no run of seven characters of the shipped sample page occurs in either.
"""

from qa.train.notices.generate import Example, generate

__all__ = ["Example", "generate"]
