import math

from prometheus_client import CollectorRegistry, Gauge

from bot.changes.backlog import Backlog, Stretch


class BacklogMetrics:
    """What waits in the database; the same on all replicas, and read anew at each look.

    Args:
        registry: Holds the metrics.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self._waiting = Gauge(
            "token_bot_queue",
            "Requests that are not over or watched still, on all replicas, by what they wait for",
            ["step"],
            registry=registry,
        )
        self._due = Gauge(
            "token_bot_queue_due",
            "Those that are due now, and that nobody works on",
            ["step"],
            registry=registry,
        )
        self._oldest = Gauge(
            "token_bot_queue_oldest_due_seconds",
            "For how long the oldest of those has been due; 0 if there is none",
            ["step"],
            registry=registry,
        )
        self._stopped = Gauge(
            "token_bot_changes_stopped",
            "1 while changes are stopped by token-bot freeze, else 0",
            registry=registry,
        )
        self._unreviewed = Gauge(
            "token_bot_break_glass_unreviewed",
            "Changes by break-glass that no approver has reviewed yet, on all replicas",
            registry=registry,
        )

    def show(self, backlog: Backlog | None) -> None:
        """Take what the database told; with None it did not, and a number would be a lie."""
        for stretch in Stretch:
            known = None if backlog is None else backlog.of(stretch)
            self._waiting.labels(stretch.value).set(math.nan if known is None else known.count)
            self._due.labels(stretch.value).set(math.nan if known is None else known.due)
            age = math.nan if backlog is None else backlog.seconds_due(stretch)
            self._oldest.labels(stretch.value).set(age)
        self._stopped.set(math.nan if backlog is None else backlog.stopped)
        self._unreviewed.set(math.nan if backlog is None else backlog.unreviewed)
