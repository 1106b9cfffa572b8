from typing import Protocol


class Observer(Protocol):
    """Is told of transactions, to measure them."""

    def took(self, phase: str, seconds: float) -> None:
        """Measure how long a transaction that writes took to ``begin``, or to ``commit``."""
        ...

    def failed(self, code: str) -> None:
        """Count a transaction that failed, by the database's own code."""
        ...


class Unobserved:
    """Measure nothing."""

    def took(self, phase: str, seconds: float) -> None:
        """Do nothing."""

    def failed(self, code: str) -> None:
        """Do nothing."""
