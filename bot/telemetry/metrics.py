import math

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from bot.telemetry.leak_metrics import LeakMetrics

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0, 30.0)


class Metrics:
    """What the bot counts and measures; each instance has a registry of its own.

    Attributes:
        leaks: What is counted of reports of leaked secrets.
    """

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self.leaks = LeakMetrics(self._registry)
        self._front = Counter(
            "token_bot_front_requests",
            "Requests and envelopes from Slack, by how they ended",
            ["outcome"],
            registry=self._registry,
        )
        self._asked = Counter(
            "token_bot_asked",
            "Commands and clicks, by what was asked and how it was answered",
            ["kind", "asked", "outcome"],
            registry=self._registry,
        )
        self._ack_seconds = Histogram(
            "token_bot_ack_seconds",
            "From a request's arrival at its listener to its ack",
            ["kind"],
            buckets=_SECONDS,
            registry=self._registry,
        )
        self._influxdb_seconds = Histogram(
            "token_bot_influxdb_seconds",
            "Calls of InfluxDB, retries included, by operation and outcome",
            ["instance", "operation", "outcome"],
            buckets=_SECONDS,
            registry=self._registry,
        )
        self._changes = Counter(
            "token_bot_changes",
            "Changes, by kind and by what became of them",
            ["kind", "outcome"],
            registry=self._registry,
        )

        self._break_glass = Counter(
            "token_bot_break_glass",
            "Changes accepted by break-glass",
            registry=self._registry,
        )
        self._unreviewed = Gauge(
            "token_bot_break_glass_unreviewed",
            "Changes by break-glass that no approver has reviewed yet, on all replicas; NaN where "
            "the database does not tell",
            registry=self._registry,
        )
        self._drifts = Counter(
            "token_bot_drift_found",
            "Tokens found active again after a disable, and not by this bot",
            ["instance"],
            registry=self._registry,
        )

    def front(self, outcome: str) -> None:
        """Count one request or envelope from Slack."""
        self._front.labels(outcome).inc()

    def asked(self, kind: str, asked: str, outcome: str, seconds: float) -> None:
        """Count one command or click, and the seconds to its ack."""
        self._asked.labels(kind, asked, outcome).inc()
        self._ack_seconds.labels(kind).observe(seconds)

    def influxdb(self, instance: str, operation: str, outcome: str, seconds: float) -> None:
        """Measure one call of InfluxDB."""
        self._influxdb_seconds.labels(instance, operation, outcome).observe(seconds)

    def change(self, kind: str, outcome: str) -> None:
        """Count what became of one change."""
        self._changes.labels(kind, outcome).inc()

    def drift(self, instance: str) -> None:
        """Count one token that was found active again."""
        self._drifts.labels(instance).inc()

    def break_glass(self) -> None:
        """Count one change that is accepted by break-glass."""
        self._break_glass.inc()

    def exposition(self, unreviewed: int | None) -> bytes:
        """Give all metrics in Prometheus's text format.

        Args:
            unreviewed: How many changes by break-glass are not reviewed; None if it is not known.
        """
        self._unreviewed.set(math.nan if unreviewed is None else unreviewed)
        return generate_latest(self._registry)
