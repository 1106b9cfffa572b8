from prometheus_client import CollectorRegistry, Counter, Histogram

from bot.telemetry.buckets import OF_AN_ACK


class InfluxDBMetrics:
    """What is measured of requests to InfluxDB.

    Args:
        registry: Holds the metrics.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self._seconds = Histogram(
            "token_bot_influxdb_seconds",
            "Requests to InfluxDB, each attempt of a call, by what they came to",
            ["instance", "operation", "outcome", "status"],
            buckets=OF_AN_ACK,
            registry=registry,
        )
        self._retries = Counter(
            "token_bot_influxdb_retries",
            "Calls of InfluxDB that were tried once more",
            ["instance", "operation"],
            registry=registry,
        )
        self._held_back = Counter(
            "token_bot_influxdb_held_back",
            "Calls that were not sent, since the instance had asked to wait",
            ["instance", "operation"],
            registry=registry,
        )

    def of(self, instance: str) -> "InstanceMetrics":
        """Give what is told of the requests to one instance."""
        return InstanceMetrics(instance, self._seconds, self._retries, self._held_back)


class InstanceMetrics:
    """What is measured of requests to one InfluxDB instance.

    Args:
        instance: Its name in the configuration.
        seconds: Of each request.
        retries: Counts calls that were tried once more.
        held_back: Counts calls that were not sent.
    """

    def __init__(
        self, instance: str, seconds: Histogram, retries: Counter, held_back: Counter
    ) -> None:
        self._instance = instance
        self._seconds = seconds
        self._retries = retries
        self._held_back = held_back

    def request(self, operation: str, outcome: str, status: str, seconds: float) -> None:
        """Measure one request."""
        self._seconds.labels(self._instance, operation, outcome, status).observe(seconds)

    def retry(self, operation: str) -> None:
        """Count a call that is tried once more."""
        self._retries.labels(self._instance, operation).inc()

    def held_back(self, operation: str) -> None:
        """Count a call that is not sent."""
        self._held_back.labels(self._instance, operation).inc()
