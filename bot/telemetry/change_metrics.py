from prometheus_client import CollectorRegistry, Counter, Histogram

# From a token or two at once to hundreds behind an InfluxDB that was away for two hours.
_SECONDS = (0.25, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0, 30.0, 60.0, 300.0, 1800.0, 7200.0)


class ChangeMetrics:
    """What is counted of decisions and changes.

    Args:
        registry: Holds the metrics.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self._decisions = Counter(
            "token_bot_decisions",
            "Decisions about somebody who wants something, by the rule that decided",
            ["action", "outcome", "rule"],
            registry=registry,
        )
        self._changes = Counter(
            "token_bot_changes",
            "Tokens that a change has come to an end with, by what became of them",
            ["kind", "outcome"],
            registry=registry,
        )
        self._seconds = Histogram(
            "token_bot_change_seconds",
            "From when nobody had to agree any more to a change's last outcome, if it took effect",
            ["kind"],
            buckets=_SECONDS,
            registry=registry,
        )
        self._break_glass = Counter(
            "token_bot_break_glass", "Changes accepted by break-glass", registry=registry
        )
        self._drifts = Counter(
            "token_bot_drift_found",
            "Tokens found active again after a disable, and not by this bot",
            ["instance"],
            registry=registry,
        )

    def decision(self, action: str, outcome: str, rule: str) -> None:
        """Count a decision about somebody."""
        self._decisions.labels(action, outcome, rule).inc()

    def change(self, kind: str, outcome: str) -> None:
        """Count a token that a change has come to an end with."""
        self._changes.labels(kind, outcome).inc()

    def carried_out(self, kind: str, seconds: float) -> None:
        """Count a change that took effect."""
        self._seconds.labels(kind).observe(seconds)

    def drift(self, instance: str) -> None:
        """Count a token that was found active again."""
        self._drifts.labels(instance).inc()

    def break_glass(self) -> None:
        """Count a change that is accepted by break-glass."""
        self._break_glass.inc()
