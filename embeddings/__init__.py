"""Models and vectors: strings to unit vectors, and an index of them. Knows nothing of documents."""
