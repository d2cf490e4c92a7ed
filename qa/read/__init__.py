"""The reader: from a question and passages to scored spans."""
