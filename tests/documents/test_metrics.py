"""docs/operations.md names the metrics that there are, and docs/alerts.yaml uses them."""

import ast
import re
from collections.abc import Collection, Mapping
from typing import Any

import pytest
import yaml

from bot.changes.backlog import Stretch
from bot.changes.errors import ErrorCode
from bot.changes.ports import TurnEnd
from bot.changes.states import TargetState
from bot.slack.errors import HOPELESS
from bot.slack.listeners.asking import ACKED_WITH_THEIR_ANSWER
from bot.slack.pacing import RATE_LIMITED, TURN
from bot.telemetry.metrics import Metrics
from tests.documents.pages import anchors, text_of
from tests.documents.sayings import template
from tests.telemetry.counting_all import all_counted, families, waiting

DOCUMENT = text_of("docs/operations.md")
ROW = re.compile(
    r"^\| `((?:token_bot|process|python)_\w+)` \| (counter|gauge|histogram) \|(.*?)\|", re.MULTILINE
)
# Each time series of a histogram is one of these.
PARTS = ("_count", "_sum", "_bucket")


def exposed() -> dict[str, tuple[str, set[str]]]:
    """Give type and labels of each metric, as they are scraped once each was counted."""
    return {
        f"{each.name}_total" if each.type == "counter" else each.name: (
            each.type,
            {label for sample in each.samples for label in sample.labels} - {"le"},
        )
        for each in families(all_counted(), waiting())
    }


def test_every_metric_is_documented() -> None:
    """Each has its row with its type and its labels, and there is no other."""
    documented = {
        name: (kind, set(re.findall(r"`(\w+)`", labels)))
        for name, kind, labels in ROW.findall(DOCUMENT)
    }

    assert documented == exposed()


def test_all_are_there_before_anything_is_counted() -> None:
    """What was never counted is told of as well, so that a rule about it is no mistake."""
    told = {each.name for each in families(Metrics(), None)}

    assert told == {name.removesuffix("_total") for name in exposed()}


def outcomes_of_the_front() -> set[str]:
    """Give what the front and the envelopes count, as far as the code words it."""
    found = set()
    for module in ("bot/slack/front.py", "bot/slack/envelopes.py"):
        for node in ast.walk(ast.parse(text_of(module))):
            match node:
                case ast.Call(func=ast.Attribute(attr="_seen"), args=[ast.Constant(value=word)]):
                    found.add(str(word))
                case ast.Call(func=ast.Name(id="_RefusedError"), args=[_, reason]):
                    found.add(template(reason))
                case _:
                    pass
    return found


def outcomes_of_what_is_asked() -> set[str]:
    """Give what a listener's work comes to, but for the codes of problems."""
    return {
        str(word)
        for node in ast.walk(ast.parse(text_of("bot/slack/listeners/answering.py")))
        if isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple)
        for word in [getattr(node.value.elts[-1], "value", None)]
        if isinstance(word, str)
    }


def test_the_outcomes_of_requests_are_listed() -> None:
    """Whoever counts one finds each that there is, and no other."""
    named = told_of("token_bot_front_requests_total")
    headers = {each for each in named if each.startswith(("missing", "…"))}
    kinds = {*ACKED_WITH_THEIR_ANSWER, "home", "form", ", deferred"}

    assert named - headers == outcomes_of_the_front() - {"missing or malformed …"}
    assert len(headers) == 2
    assert told_of("token_bot_asked_total") == kinds | outcomes_of_what_is_asked() - {*ErrorCode}


def told_of(metric: str) -> set[str]:
    """Give what the document sets as code in what it says of a metric."""
    (row,) = [line for line in DOCUMENT.splitlines() if line.startswith(f"| `{metric}`")]
    return set(re.findall(r"`([^`]+)`", row.rpartition(" | ")[2]))


RULES = [
    rule
    for group in yaml.safe_load(text_of("docs/alerts.yaml"))["groups"]
    for rule in group["rules"]
]
# What a label may be compared with, by metric and label; Slack's own words for what went wrong are
# those that the bot knows.
VALUES: Mapping[tuple[str, str], Collection[str]] = {
    ("token_bot_front_requests", "outcome"): {"bad signature"},
    ("token_bot_asked", "outcome"): {*ErrorCode},
    ("token_bot_influxdb_seconds", "outcome"): {*ErrorCode},
    ("token_bot_slack_seconds", "outcome"): {"ok", *HOPELESS},
    ("token_bot_slack_wait_seconds", "reason"): {RATE_LIMITED, TURN},
    ("token_bot_executor_takeovers", "lease"): {"own", "other"},
    ("token_bot_executor_turns", "end"): {*TurnEnd},
    ("token_bot_queue_due", "step"): {*Stretch},
    ("token_bot_queue_oldest_due_seconds", "step"): {*Stretch},
    ("token_bot_queue", "step"): {*Stretch},
    ("token_bot_database_seconds", "phase"): {"begin", "commit"},
    ("token_bot_changes", "outcome"): {*TargetState},
    ("up", "job"): {"token-bot"},
    ("process_open_fds", "job"): {"token-bot"},
    ("process_max_fds", "job"): {"token-bot"},
}
SELECTOR = re.compile(r"([a-z_]\w*)(?:\{([^}]*)\})?(?=[\s)\[{]|$)")
MATCHER = re.compile(r'(\w+)\s*(?:=~?|!~?=?)\s*"([^"]*)"')


def plain(name: str) -> str:
    """Give a metric's name without what is added to it for counters and parts of histograms."""
    for part in (*PARTS, "_total"):
        if name.endswith(part) and name.removesuffix(part) in KNOWN:
            return name.removesuffix(part)
    return name


KNOWN = {name.removesuffix("_total"): labels for name, (_, labels) in exposed().items()}


@pytest.mark.parametrize("rule", RULES, ids=[rule["alert"] for rule in RULES])
def test_an_alert_is_about_what_exists(rule: dict[str, Any]) -> None:
    """One of a mistyped metric, label or value would never fire; where to go on is a heading."""
    named = {plain(name) for name in re.findall(r"\b(?:token_bot|process)_\w+", rule["expr"])}
    page, _, anchor = rule["annotations"]["runbook"].partition("#")

    assert named <= {*KNOWN}
    for name, matchers in SELECTOR.findall(rule["expr"]):
        for label, value in MATCHER.findall(matchers):
            assert label in KNOWN.get(plain(name), set()) | {"job"}
            assert {*value.split("|")} <= {*VALUES[plain(name), label]}
    assert anchor in anchors(page)
    assert set(rule) <= {"alert", "expr", "for", "labels", "annotations"}
    assert set(rule["annotations"]) == {"summary", "action", "runbook"}
    assert rule["labels"]["severity"] in {"page", "ticket"}
    assert rule["expr"].count("(") == rule["expr"].count(")")


@pytest.mark.parametrize("rule", RULES, ids=[rule["alert"] for rule in RULES])
def test_an_alert_says_which_with_labels_that_it_has(rule: dict[str, Any]) -> None:
    """A label that the expression does not keep would be empty in what is read at night."""
    said = " ".join(rule["annotations"].values())
    used = set(re.findall(r"\$labels\.(\w+)", said))
    kept = re.search(r"\bby \(([^)]*)\)", rule["expr"])
    names = {plain(name) for name in re.findall(r"\btoken_bot_\w+", rule["expr"])}
    there = {label for name in names for label in KNOWN[name]} - {"instance"}
    there |= {"exported_instance"} if any("instance" in KNOWN[name] for name in names) else set()

    if kept is not None:
        there = {*re.split(r",\s*", kept[1])}
    assert used <= there | {"instance"}


def test_every_alert_is_told_of() -> None:
    """The page has a row for each, under its name."""
    told = re.findall(r"^\| `([A-Z]\w+)` \| (page|ticket) \|", DOCUMENT, re.MULTILINE)

    assert told == [(rule["alert"], rule["labels"]["severity"]) for rule in RULES]
