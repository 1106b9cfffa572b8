"""What is counted of changes, for the metrics. Nothing of it says who asked, or for what."""

from enum import StrEnum
from typing import Protocol


class TurnEnd(StrEnum):
    """How an executor's work on a request ended; a label of metrics.

    DONE: nothing is left to do. LATER: it is due again. MOVED_ON: a person moved it on meanwhile.
    LEASE_LOST: the lease ran out, or is another executor's. HANDED_OVER: the process ends, and
    others go on. STORE_UNAVAILABLE: the database did not answer. FAULT: the bot itself stumbled.
    """

    DONE = "done"
    LATER = "later"
    MOVED_ON = "moved_on"
    LEASE_LOST = "lease_lost"
    HANDED_OVER = "handed_over"
    STORE_UNAVAILABLE = "store_unavailable"
    FAULT = "fault"


class ChangeCounts(Protocol):
    """What is decided, and what comes of it."""

    def decision(self, action: str, outcome: str, rule: str) -> None:
        """Count a decision about somebody.

        Args:
            action: What they want: a subcommand, a kind of change or a move, by its name.
            outcome: ``allowed``, ``needs_approval``, ``break_glass`` or ``denied``.
            rule: The name of the rule that decided.
        """
        ...

    def change(self, kind: str, outcome: str) -> None:
        """Count a token that a change has come to an end with."""
        ...

    def carried_out(self, kind: str, seconds: float) -> None:
        """Count a change that took effect.

        Args:
            kind: The kind of change; ``leak`` for a report.
            seconds: From when nobody had to agree any more to the last token's outcome.
        """
        ...

    def drift(self, instance: str) -> None:
        """Count a token that was found active again."""
        ...

    def break_glass(self) -> None:
        """Count a change that is accepted by break-glass."""
        ...


class LeakCounts(Protocol):
    """How reports of leaked secrets go on."""

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


class ExecutorCounts(Protocol):
    """What the executor of this process is at."""

    def at_work(self, requests: int) -> None:
        """Note how many requests are in hand."""
        ...

    def claimed(self, requests: int) -> None:
        """Count requests that were taken."""
        ...

    def taken_over(self, *, own: bool) -> None:
        """Count a request whose lease had run out: this process's own, or another's."""
        ...

    def turn_ended(self, end: TurnEnd) -> None:
        """Count how the work on one request ended."""
        ...


class Counts(Protocol):
    """All that is counted of changes."""

    @property
    def changes(self) -> ChangeCounts:
        """What is decided, and what comes of it."""
        ...

    @property
    def leaks(self) -> LeakCounts:
        """How reports of leaked secrets go on."""
        ...

    @property
    def executor(self) -> ExecutorCounts:
        """What the executor is at."""
        ...
