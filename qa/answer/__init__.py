"""From a question to an answer: read, select, cite."""
