"""Training the models. Nothing on the path from a question to its answer imports this."""
