from typing import Protocol


class LeakCounts(Protocol):
    """What is counted of reports of leaked secrets, for the metrics."""

    def received(self) -> None:
        """Count a report that was stored."""
        ...

    def identified(self, how: str) -> None:
        """Count a report whose token, or its owner, was found.

        Args:
            how: ``named`` where the server told which token it is, ``owner`` where it told whose.
        """
        ...

    def disabled(self) -> None:
        """Count a report that has disabled a token."""
        ...

    def proven_dead(self, seconds: float) -> None:
        """Count a report whose secret InfluxDB refuses now, and the seconds since it came in."""
        ...

    def not_proven(self, reason: str) -> None:
        """Count a report that has ended in another way, by its reason."""
        ...
