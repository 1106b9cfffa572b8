from datetime import datetime

from prometheus_client import CollectorRegistry, Gauge, Info, PlatformCollector, ProcessCollector


class ProcessMetrics:
    """Which version runs, on what, since when, with which policy, and what it takes.

    Args:
        registry: Holds the metrics; memory, files and CPU are read from ``/proc`` at each look.
        version: The version of the bot.
    """

    def __init__(self, registry: CollectorRegistry, version: str) -> None:
        ProcessCollector(registry=registry)
        PlatformCollector(registry=registry)
        Info("token_bot_build", "The version that runs", registry=registry).info(
            {"version": version}
        )
        self._read_at = Gauge(
            "token_bot_policy_read_timestamp_seconds",
            "When the policy in force was read, as a Unix time",
            registry=registry,
        )
        self._refused = Gauge(
            "token_bot_policy_reload_refused",
            "1 if the policy was wrong when it was read last, so that the one before is in force",
            registry=registry,
        )

    def policy_read(self, at: datetime, *, taken: bool) -> None:
        """Note that the policy was read, and whether it is in force now."""
        self._refused.set(not taken)
        if taken:
            self._read_at.set(at.timestamp())
