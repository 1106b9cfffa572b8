"""What Prometheus is told."""

import math

import pytest

from bot.changes.backlog import Stretch
from bot.telemetry.labels import Bounded
from bot.telemetry.metrics import Metrics
from tests.telemetry.counting_all import NOON, Samples, all_counted, families, samples, waiting


def of(found: Samples, name: str) -> dict[tuple[str, ...], float]:
    """Give one metric's samples that are not 0, by the values of its labels in their order."""
    return {
        tuple(value for _, value in labels): count
        for (each, labels), count in found.items()
        if each == name and count
    }


def test_what_is_counted_and_measured() -> None:
    """Each call counts once, under its labels, in alphabetical order here."""
    found = samples(all_counted(), waiting())

    counted = {name: of(found, name) for name in {name for name, _ in found}}
    assert {name: values for name, values in counted.items() if "build" not in name} == {
        "token_bot_front_requests_total": {("accepted",): 1},
        "token_bot_asked_total": {("disable", "command", "ok"): 1},
        "token_bot_ack_seconds_count": {("command",): 1},
        "token_bot_ack_seconds_sum": {("command",): 0.25},
        "token_bot_decisions_total": {("disable", "allowed", "role"): 1},
        "token_bot_changes_total": {("disable", "done"): 1},
        "token_bot_change_seconds_count": {("disable",): 1},
        "token_bot_change_seconds_sum": {("disable",): 1.5},
        "token_bot_drift_found_total": {("prod",): 1},
        "token_bot_break_glass_total": {(): 1},
        "token_bot_break_glass_unreviewed": {(): 1},
        "token_bot_leaks_received_total": {(): 1},
        "token_bot_leaks_identified_total": {("owner",): 1},
        "token_bot_leaks_disabled_total": {(): 1},
        "token_bot_leaks_proven_dead_seconds_count": {(): 1},
        "token_bot_leaks_proven_dead_seconds_sum": {(): 4.5},
        "token_bot_leaks_not_proven_total": {("alive",): 1},
        "token_bot_executor_at_work": {(): 2},
        "token_bot_executor_claims_total": {(): 2},
        "token_bot_executor_takeovers_total": {("other",): 1},
        "token_bot_executor_turns_total": {("done",): 1},
        "token_bot_queue": {("carry_out",): 3},
        "token_bot_queue_due": {("carry_out",): 2},
        "token_bot_queue_oldest_due_seconds": {("carry_out",): 60},
        "token_bot_changes_stopped": {},
        "token_bot_influxdb_seconds_count": {("prod", "update", "instance_unavailable", "503"): 1},
        "token_bot_influxdb_seconds_sum": {("prod", "update", "instance_unavailable", "503"): 2},
        "token_bot_influxdb_retries_total": {("prod", "update"): 1},
        "token_bot_influxdb_held_back_total": {("prod", "list"): 1},
        "token_bot_slack_seconds_count": {("chat.postMessage", "ratelimited"): 1},
        "token_bot_slack_seconds_sum": {("chat.postMessage", "ratelimited"): 0.5},
        "token_bot_slack_wait_seconds_count": {("rate_limited",): 1},
        "token_bot_slack_wait_seconds_sum": {("rate_limited",): 30},
        "token_bot_socket_connections": {(): 1},
        "token_bot_socket_ended_total": {("dropped",): 1},
        "token_bot_database_seconds_count": {("commit",): 1},
        "token_bot_database_seconds_sum": {("commit",): 0.004},
        "token_bot_database_failures_total": {("sqlite_busy",): 1},
        "token_bot_policy_read_timestamp_seconds": {(): NOON.timestamp()},
        "token_bot_policy_reload_refused": {},
    }


def test_every_metric_has_its_help() -> None:
    """Whoever looks at one for the first time reads what it is."""
    assert [each.name for each in families(Metrics(), None) if not each.documentation] == []


def test_acks_are_measured_around_slacks_limit() -> None:
    """Slack waits 3 seconds; what came later is told from what came in time."""
    metrics = Metrics()

    for seconds in (0.001, 2.9, 3.1):
        metrics.acked("click", seconds)

    within = {
        sample.labels["le"]: sample.value
        for family in families(metrics, None)
        for sample in family.samples
        if sample.name == "token_bot_ack_seconds_bucket"
    }
    assert (within["0.005"], within["3.0"], within["5.0"], within["+Inf"]) == (1, 2, 3, 3)


def test_each_has_a_registry_of_its_own() -> None:
    """Two bots in one process, as in tests, count apart."""
    one, other = Metrics(), Metrics()

    one.changes.change("disable", "done")

    assert samples(one, None).keys() - samples(other, None).keys() == {
        ("token_bot_changes_total", (("kind", "disable"), ("outcome", "done")))
    }


def test_what_the_database_does_not_tell_is_no_number() -> None:
    """What waits is not known then; none would be a lie, and so would what was known before."""
    metrics = Metrics()
    metrics.exposition(waiting())

    found = samples(metrics, None)

    known = {name for (name, _), value in found.items() if math.isnan(value)}
    assert known == {
        "token_bot_queue",
        "token_bot_queue_due",
        "token_bot_queue_oldest_due_seconds",
        "token_bot_changes_stopped",
        "token_bot_break_glass_unreviewed",
    }
    steps = [labels for (name, labels), _ in found.items() if name == "token_bot_queue"]
    assert steps == [(("step", each.value),) for each in Stretch]


@pytest.mark.parametrize("said", ["", "U0ALICE", "a b", "x" * 65, "café", 'a"} 1\nb', "1st"])
def test_what_is_no_word_is_no_label(said: str) -> None:
    """A name, an id or a text of somebody's never becomes one."""
    assert Bounded(9)(said) == "other"


def test_labels_have_an_end() -> None:
    """After so many different words all others are one; those known by then stay."""
    bounded = Bounded(2)

    assert [bounded(each) for each in ("a", "b", "c", "a", "b")] == ["a", "b", "other", "a", "b"]


def test_a_policy_that_was_refused_leaves_the_moment_of_the_one_in_force() -> None:
    """What counts is since when it is decided as it is."""
    metrics = Metrics()
    metrics.process.policy_read(NOON, taken=True)

    metrics.process.policy_read(NOON.replace(hour=13), taken=False)

    found = samples(metrics, None)
    assert found["token_bot_policy_read_timestamp_seconds", ()] == NOON.timestamp()
    assert found["token_bot_policy_reload_refused", ()] == 1
