from contextlib import AbstractAsyncContextManager
from typing import Protocol

from bot.changes.ports.store.transaction import Transaction


class Store(Protocol):
    """The database."""

    def transaction(
        self, *, urgent: bool = False, lasting: bool = True
    ) -> AbstractAsyncContextManager[Transaction]:
        """Begin a transaction that may write.

        What it locks it takes in one order, so that no two wait for each other: the person who
        asks, requests from the newest to the oldest, and the record last.

        Args:
            urgent: Whether somebody waits for an ack, or a lease would run out: it goes before
                what can wait, where one writes after another.
            lasting: Whether it is on the disk once it has committed. Whose turn it is, and for how
                long, need not be: everybody sees it, it outlives the process, and whatever commits
                later is not there without it; but a power cut may take it back.
        """
        ...

    def reading(self) -> AbstractAsyncContextManager[Transaction]:
        """Begin a transaction that only reads, waits for no writer, and sees one moment."""
        ...
