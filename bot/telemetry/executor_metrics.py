from prometheus_client import CollectorRegistry, Counter, Gauge

from bot.changes.ports import TurnEnd


class ExecutorMetrics:
    """What the executor of this process is at.

    Args:
        registry: Holds the metrics.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self._at_work = Gauge(
            "token_bot_executor_at_work",
            "Requests that the executor has in hand",
            registry=registry,
        )
        self._claims = Counter(
            "token_bot_executor_claims", "Requests that the executor has taken", registry=registry
        )
        self._taken_over = Counter(
            "token_bot_executor_takeovers",
            "Requests among them whose lease had run out: this process's own, or another's",
            ["lease"],
            registry=registry,
        )
        self._turns = Counter(
            "token_bot_executor_turns",
            "How the work on each of them ended",
            ["end"],
            registry=registry,
        )
        # From the start on, so that the first is seen as an increase.
        for whose in ("own", "other"):
            self._taken_over.labels(whose)
        for end in TurnEnd:
            self._turns.labels(end.value)

    def at_work(self, requests: int) -> None:
        """Note how many requests are in hand."""
        self._at_work.set(requests)

    def claimed(self, requests: int) -> None:
        """Count requests that were taken."""
        self._claims.inc(requests)

    def taken_over(self, *, own: bool) -> None:
        """Count a request whose lease had run out."""
        self._taken_over.labels("own" if own else "other").inc()

    def turn_ended(self, end: TurnEnd) -> None:
        """Count how the work on one request ended."""
        self._turns.labels(end.value).inc()
