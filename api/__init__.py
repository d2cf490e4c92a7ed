"""The HTTP service: the archive for programs and for OpenAI clients."""
