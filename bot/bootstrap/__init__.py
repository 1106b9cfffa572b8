"""The one place where the parts are put together."""

from bot.bootstrap.heart import Tempo
from bot.bootstrap.running import Bot, Timing, open_store, running_bot

__all__ = ["Bot", "Tempo", "Timing", "open_store", "running_bot"]
