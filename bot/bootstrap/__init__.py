"""The one place where the parts are put together."""

from bot.bootstrap.databases import NoDatabaseError, open_existing_store, open_store
from bot.bootstrap.heart import Tempo
from bot.bootstrap.running import Bot, Timing, running_bot

__all__ = [
    "Bot",
    "NoDatabaseError",
    "Tempo",
    "Timing",
    "open_existing_store",
    "open_store",
    "running_bot",
]
