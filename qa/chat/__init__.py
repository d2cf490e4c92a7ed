"""A conversation: follow-up questions understood from the turns before, by rules and without a language model."""

from qa.chat.conversation import Conversation, Turn, recall
from qa.chat.exchange import Exchange
from qa.chat.followup import asks_for_more, understand

__all__ = ["Conversation", "Exchange", "Turn", "asks_for_more", "recall", "understand"]
