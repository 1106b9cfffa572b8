"""Count everything once, for tests of what is exposed."""

from datetime import UTC, datetime

from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families

from bot.changes.backlog import Backlog, Stretch, Waiting
from bot.changes.ports import TurnEnd
from bot.telemetry.metrics import Metrics

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def all_counted() -> Metrics:
    """Give metrics of which each has been counted once."""
    metrics = Metrics()
    metrics.front("accepted")
    metrics.asked("command", "disable", "ok")
    metrics.acked("command", 0.25)
    metrics.changes.decision("disable", "allowed", "role")
    metrics.changes.change("disable", "done")
    metrics.changes.carried_out("disable", 1.5)
    metrics.changes.drift("prod")
    metrics.changes.break_glass()
    metrics.leaks.received()
    metrics.leaks.identified("owner")
    metrics.leaks.disabled()
    metrics.leaks.proven_dead(4.5)
    metrics.leaks.not_proven("alive")
    metrics.executor.claimed(2)
    metrics.executor.at_work(2)
    metrics.executor.taken_over(own=False)
    metrics.executor.turn_ended(TurnEnd.DONE)
    instance = metrics.influxdb.of("prod")
    instance.request("update", "instance_unavailable", "503", 2.0)
    instance.retry("update")
    instance.held_back("list")
    metrics.slack.call("chat.postMessage", "ratelimited", 0.5)
    metrics.slack.put_off("rate_limited", 30.0)
    metrics.slack.connected(1)
    metrics.slack.connection_ended("dropped")
    metrics.database.took("commit", 0.004)
    metrics.database.failed("sqlite_busy")
    metrics.process.policy_read(NOON, taken=True)
    return metrics


def waiting() -> Backlog:
    """Give what waits: one change for a minute, and a break-glass for its review."""
    since = datetime(2026, 11, 24, 11, 59, tzinfo=UTC)
    return Backlog(NOON, {Stretch.CARRY_OUT: Waiting(3, 2, since)}, unreviewed=1)


def families(metrics: Metrics, backlog: Backlog | None) -> list[Metric]:
    """Read what is exposed as Prometheus does, without when each began, which is told beside it."""
    text = metrics.exposition(backlog).decode()
    return [
        each for each in text_string_to_metric_families(text) if not each.name.endswith("_created")
    ]


Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def samples(metrics: Metrics, backlog: Backlog | None) -> Samples:
    """Give all samples of our own but buckets."""
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in families(metrics, backlog)
        for sample in family.samples
        if sample.name.startswith("token_bot_") and not sample.name.endswith("_bucket")
    }
