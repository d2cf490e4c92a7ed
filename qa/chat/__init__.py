"""A conversation: follow-up questions understood from the turns before, by rules and without a language model."""

from qa.chat.conversation import Conversation, Turn, Understand, recall
from qa.chat.exchange import Exchange
from qa.chat.followup import understand

__all__ = ["Conversation", "Exchange", "Turn", "Understand", "recall", "understand"]
