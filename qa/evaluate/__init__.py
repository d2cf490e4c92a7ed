"""Gold sets, metrics and reports."""
