from contextlib import AbstractAsyncContextManager
from typing import Protocol

from bot.changes.ports.store.transaction import Transaction


class Store(Protocol):
    """The database."""

    def transaction(self) -> AbstractAsyncContextManager[Transaction]:
        """Begin a transaction that may write.

        What it locks it takes in one order, so that no two wait for each other: the person who
        asks, requests from the newest to the oldest, and the record last.
        """
        ...

    def reading(self) -> AbstractAsyncContextManager[Transaction]:
        """Begin a transaction that only reads, waits for no writer, and sees one moment."""
        ...
