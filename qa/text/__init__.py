"""What any part may ask of plain text: punctuation, sentences, quotes and brackets. Knows nothing of documents."""

Slice = tuple[int, int]
"""``[start, end)`` of a text, in Unicode code points."""
