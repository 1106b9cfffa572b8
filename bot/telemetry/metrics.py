from importlib.metadata import PackageNotFoundError, version

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest

from bot.changes.backlog import Backlog
from bot.telemetry.backlog_metrics import BacklogMetrics
from bot.telemetry.buckets import OF_AN_ACK
from bot.telemetry.change_metrics import ChangeMetrics
from bot.telemetry.database_metrics import DatabaseMetrics
from bot.telemetry.executor_metrics import ExecutorMetrics
from bot.telemetry.influxdb_metrics import InfluxDBMetrics
from bot.telemetry.leak_metrics import LeakMetrics
from bot.telemetry.process_metrics import ProcessMetrics
from bot.telemetry.slack_metrics import SlackMetrics

_DISTRIBUTION = "influxdb-token-bot"


class Metrics:
    """What the bot counts and measures; each instance has a registry of its own.

    A label is never a name, a text or an id, and has few values: what others may choose is bounded.

    Attributes:
        changes: Of decisions and changes.
        leaks: Of reports of leaked secrets.
        executor: Of the executor of this process.
        influxdb: Of requests to InfluxDB.
        slack: Of calls of Slack, and connections to it.
        database: Of transactions.
        process: Of the process itself.
    """

    def __init__(self) -> None:
        self._registry = registry = CollectorRegistry()
        self.changes = ChangeMetrics(registry)
        self.leaks = LeakMetrics(registry)
        self.executor = ExecutorMetrics(registry)
        self.influxdb = InfluxDBMetrics(registry)
        self.slack = SlackMetrics(registry)
        self.database = DatabaseMetrics(registry)
        self.process = ProcessMetrics(registry, _version())
        self._backlog = BacklogMetrics(registry)
        self._front = Counter(
            "token_bot_front_requests",
            "Requests and envelopes from Slack, by how they ended",
            ["outcome"],
            registry=registry,
        )
        self._asked = Counter(
            "token_bot_asked",
            "What people asked, by its kind, by what it was and how it was answered",
            ["kind", "asked", "outcome"],
            registry=registry,
        )
        self._ack_seconds = Histogram(
            "token_bot_ack_seconds",
            "From a request's arrival at its listener to its ack",
            ["kind"],
            buckets=OF_AN_ACK,
            registry=registry,
        )

    def front(self, outcome: str) -> None:
        """Count one request or envelope from Slack."""
        self._front.labels(outcome).inc()

    def asked(self, kind: str, asked: str, outcome: str) -> None:
        """Count one thing that somebody asked for, such as a command or a click."""
        self._asked.labels(kind, asked, outcome).inc()

    def acked(self, kind: str, seconds: float) -> None:
        """Measure the seconds from something's arrival to its ack."""
        self._ack_seconds.labels(kind).observe(seconds)

    def exposition(self, backlog: Backlog | None) -> bytes:
        """Give all metrics in Prometheus's text format.

        Args:
            backlog: What waits in the database; None if it does not tell.
        """
        self._backlog.show(backlog)
        return generate_latest(self._registry)


def _version() -> str:
    """Give the version of the package; a host that only unpacks the source has none installed."""
    try:
        return version(_DISTRIBUTION)
    except PackageNotFoundError:
        return "unknown"
