from prometheus_client import CollectorRegistry, Counter, Histogram

# A person who chooses what to try first takes their time.
_SECONDS = (0.5, 1.0, 2.0, 3.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0)


class LeakMetrics:
    """What is counted of reports of leaked secrets.

    Args:
        registry: Holds the metrics.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self._received = Counter(
            "token_bot_leaks_received", "Reports of leaked secrets", registry=registry
        )
        self._identified = Counter(
            "token_bot_leaks_identified",
            "Reports whose token was found: named by the server, or by its owner alone",
            ["how"],
            registry=registry,
        )
        self._disabled = Counter(
            "token_bot_leaks_disabled", "Reports that disabled a token", registry=registry
        )
        self._proven = Histogram(
            "token_bot_leaks_proven_dead_seconds",
            "From a report to the moment at which InfluxDB was seen to refuse the secret",
            buckets=_SECONDS,
            registry=registry,
        )
        self._not_proven = Counter(
            "token_bot_leaks_not_proven",
            "Reports that ended without such a proof, by reason",
            ["reason"],
            registry=registry,
        )

    def received(self) -> None:
        """Count a report that was stored."""
        self._received.inc()

    def identified(self, how: str) -> None:
        """Count a report whose token, or its owner, was found."""
        self._identified.labels(how).inc()

    def disabled(self) -> None:
        """Count a report that has disabled a token."""
        self._disabled.inc()

    def proven_dead(self, seconds: float) -> None:
        """Count a report whose secret InfluxDB refuses now."""
        self._proven.observe(seconds)

    def not_proven(self, reason: str) -> None:
        """Count a report that has ended in another way."""
        self._not_proven.labels(reason).inc()
