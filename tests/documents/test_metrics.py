"""docs/operations.md names the metrics that there are."""

import re
from typing import Any

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from bot.changes.errors import ErrorCode
from bot.telemetry.metrics import Metrics
from tests.documents.pages import anchors, text_of

DOCUMENT = text_of("docs/operations.md")
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


RULES = [
    rule
    for group in yaml.safe_load(text_of("docs/alerts.yaml"))["groups"]
    for rule in group["rules"]
]


@pytest.mark.parametrize("rule", RULES, ids=[rule["alert"] for rule in RULES])
def test_an_alert_is_about_what_exists(rule: dict[str, Any]) -> None:
    """One of a mistyped metric or code would never fire; where to go on is a heading."""
    named = set(re.findall(r"token_bot_\w+", rule["expr"]))
    plain = {re.sub(r"_seconds_(count|bucket|sum)$", "_seconds", name) for name in named}
    codes = re.findall(r'outcome=~?"([^"]+)"', rule["expr"])
    page, _, anchor = rule["annotations"]["runbook"].partition("#")

    assert plain <= {name for name, _ in exposed()}
    assert {code for each in codes for code in each.split("|")} <= {*ErrorCode, "bad signature"}
    assert anchor in anchors(page)
    assert set(rule) <= {"alert", "expr", "for", "labels", "annotations"}
    assert rule["expr"].count("(") == rule["expr"].count(")")


def test_every_alert_is_told_of() -> None:
    """The page says of each what it is about, a clause each."""
    told = DOCUMENT.partition("has rules for Prometheus: ")[2].partition(". ")[0]

    assert len(told.split(", ")) == len(RULES)
