from prometheus_client import CollectorRegistry, Counter, Histogram

from bot.telemetry.labels import Bounded

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0)
_CODES = 50


class DatabaseMetrics:
    """What is measured of transactions that write, and of what failed.

    Args:
        registry: Holds the metrics.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self._codes = Bounded(_CODES)
        self._seconds = Histogram(
            "token_bot_database_seconds",
            "How long transactions that write take to begin, and to commit",
            ["phase"],
            buckets=_SECONDS,
            registry=registry,
        )
        self._failures = Counter(
            "token_bot_database_failures",
            "Transactions that failed, by the database's own code",
            ["code"],
            registry=registry,
        )

    def took(self, phase: str, seconds: float) -> None:
        """Measure how long a transaction took to ``begin``, or to ``commit``."""
        self._seconds.labels(phase).observe(seconds)

    def failed(self, code: str) -> None:
        """Count a transaction that failed."""
        self._failures.labels(self._codes(code)).inc()
