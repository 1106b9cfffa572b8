"""What the heart needs from the database; a transaction is the sum of its sides.

Each side is named after the module of ``bot/storage`` that implements it. ``transaction`` is their
sum and ``database`` what begins one: ``bot/storage/store.py`` has both.
"""

from bot.changes.ports.store.database import Store
from bot.changes.ports.store.requests import Requests
from bot.changes.ports.store.transaction import Transaction
from bot.changes.ports.store.watches import Watches

__all__ = ["Requests", "Store", "Transaction", "Watches"]
