"""A conversation: follow-up questions understood from the turns before, by rules and a small regression."""

from qa.chat.conversation import Conversation, Turn, Understand
from qa.chat.exchange import Exchange
from qa.chat.followup import understand

__all__ = ["Conversation", "Exchange", "Turn", "Understand", "understand"]
