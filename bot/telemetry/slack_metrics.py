from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from bot.telemetry.labels import Bounded

_SECONDS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0)
_WAIT_SECONDS = (1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0)
# Slack documents some dozens of codes for the methods that the bot calls.
_CODES = 100
_REASONS = 20


class SlackMetrics:
    """What is measured of calls of Slack, and of connections in Socket Mode.

    Args:
        registry: Holds the metrics.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self._codes, self._reasons = Bounded(_CODES), Bounded(_REASONS)
        self._seconds = Histogram(
            "token_bot_slack_seconds",
            "Calls of Slack's Web API and response URLs, by what they came to",
            ["method", "outcome"],
            buckets=_SECONDS,
            registry=registry,
        )
        self._waits = Histogram(
            "token_bot_slack_wait_seconds",
            "For how long a call of Slack was put off: Slack asked to wait, or it was not its turn",
            ["reason"],
            buckets=_WAIT_SECONDS,
            registry=registry,
        )
        self._connections = Gauge(
            "token_bot_socket_connections", "Connections in Socket Mode", registry=registry
        )
        self._ended = Counter(
            "token_bot_socket_ended",
            "Connections in Socket Mode that ended, and tries that failed, by why",
            ["reason"],
            registry=registry,
        )

    def call(self, method: str, outcome: str, seconds: float) -> None:
        """Measure one call.

        Args:
            method: Its method; ``response_url`` for an answer through one.
            outcome: ``ok``, Slack's word for what went wrong, ``http_`` and a status, ``timeout``,
                ``connection``, or ``broken_off`` where nobody waits any more, or what came is no
                answer.
            seconds: How long it took.
        """
        self._seconds.labels(method, self._codes(outcome)).observe(seconds)

    def put_off(self, reason: str, seconds: float) -> None:
        """Note that a call is put off: ``rate_limited`` by Slack, or for its ``turn``."""
        self._waits.labels(reason).observe(seconds)

    def connected(self, connections: int) -> None:
        """Note how many connections there are."""
        self._connections.set(connections)

    def connection_ended(self, reason: str) -> None:
        """Count a connection that ended, or that did not come about."""
        self._ended.labels(self._reasons(reason)).inc()
