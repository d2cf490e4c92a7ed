"""Question answering over newspaper archives: from files to cited answers."""
