from typing import Protocol


class Observer(Protocol):
    """Is told of requests to one instance, to measure them."""

    def request(self, operation: str, outcome: str, status: str, seconds: float) -> None:
        """Measure one request; a call that is tried again makes several.

        Args:
            operation: What is asked for.
            outcome: ``ok``, or the code of what went wrong.
            status: The answer's HTTP status; ``none`` where there was no answer.
            seconds: How long it took.
        """
        ...

    def retry(self, operation: str) -> None:
        """Count a call that is tried once more."""
        ...

    def held_back(self, operation: str) -> None:
        """Count a call that is not sent, since the instance has asked to wait."""
        ...


class Unobserved:
    """Measure nothing."""

    def request(self, operation: str, outcome: str, status: str, seconds: float) -> None:
        """Do nothing."""

    def retry(self, operation: str) -> None:
        """Do nothing."""

    def held_back(self, operation: str) -> None:
        """Do nothing."""
