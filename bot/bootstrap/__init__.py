"""The one place where the parts are put together."""

from bot.bootstrap.alone import own_desk
from bot.bootstrap.assembly import Timing
from bot.bootstrap.databases import NoDatabaseError, open_existing_store, open_store
from bot.bootstrap.desk import Desk
from bot.bootstrap.heart import Tempo
from bot.bootstrap.running import Bot, running_bot

__all__ = [
    "Bot",
    "Desk",
    "NoDatabaseError",
    "Tempo",
    "Timing",
    "open_existing_store",
    "open_store",
    "own_desk",
    "running_bot",
]
