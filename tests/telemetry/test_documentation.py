"""docs/operations.md names the metrics that there are."""

import re
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from bot.telemetry.metrics import Metrics

DOCUMENT = (Path(__file__).parents[2] / "docs" / "operations.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| `(token_bot_\w+)` \| (counter|gauge|histogram) \|(.*?)\|", re.MULTILINE)


def exposed() -> set[tuple[str, str]]:
    """Give name and type of each metric, as they are scraped."""
    families = text_string_to_metric_families(Metrics().exposition(0).decode())
    return {
        (f"{each.name}_total" if each.type == "counter" else each.name, each.type)
        for each in families
        # When each began is told beside it.
        if not each.name.endswith("_created")
    }


def test_every_metric_is_documented() -> None:
    """Each has its row with its type, and there is no other."""
    assert {(name, kind) for name, kind, _ in ROW.findall(DOCUMENT)} == exposed()


def test_every_label_is_documented() -> None:
    """Each metric is counted once with as many labels as its row names, by their names."""
    metrics = Metrics()
    metrics.front("a")
    metrics.asked("a", "b", "c", 1)
    metrics.influxdb("a", "b", "c", 1)
    metrics.change("a", "b")
    metrics.drift("a")
    metrics.break_glass()
    metrics.leaks.received()
    metrics.leaks.identified("a")
    metrics.leaks.disabled()
    metrics.leaks.proven_dead(1)
    metrics.leaks.not_proven("a")
    samples = {
        name: set(labels)
        for family in text_string_to_metric_families(metrics.exposition(0).decode())
        for name, labels, *_ in family.samples
    }

    documented = {
        name: set(re.findall(r"`(\w+)`", labels)) for name, _, labels in ROW.findall(DOCUMENT)
    }

    assert documented == {
        name: samples.get(name, samples.get(f"{name}_count")) for name in documented
    }


def test_the_alert_is_about_a_metric_that_exists() -> None:
    """A mistyped one would never fire."""
    alert = DOCUMENT.partition("```yaml")[2].partition("```")[0]
    named = {name.removesuffix("_count") for name in re.findall(r"token_bot_\w+", alert)}

    assert len(named) == 2
    assert named <= {name for name, _ in exposed()}
