"""What any part may ask of plain text, knowing nothing of documents.

Punctuation, sentences, quotes and brackets; folding, Chinese script, surnames, dates; the wording of a refusal.
"""

Slice = tuple[int, int]
"""``[start, end)`` of a text, in Unicode code points."""
