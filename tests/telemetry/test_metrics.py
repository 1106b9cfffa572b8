"""What Prometheus is told."""

from prometheus_client.parser import text_string_to_metric_families

from bot.telemetry.metrics import Metrics


def exposed(metrics: Metrics) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    """Give all samples but times of creation and buckets."""
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(metrics.exposition(0).decode())
        for sample in family.samples
        if not sample.name.endswith(("_created", "_bucket"))
    }


def test_every_metric_has_its_name_its_help_and_its_kind() -> None:
    """Names are what dashboards rely on."""
    families = text_string_to_metric_families(Metrics().exposition(0).decode())

    assert {
        family.name: (family.type, bool(family.documentation))
        for family in families
        if not family.name.endswith("_created")
    } == {
        "token_bot_front_requests": ("counter", True),
        "token_bot_asked": ("counter", True),
        "token_bot_ack_seconds": ("histogram", True),
        "token_bot_influxdb_seconds": ("histogram", True),
        "token_bot_changes": ("counter", True),
        "token_bot_drift_found": ("counter", True),
        "token_bot_leaks_received": ("counter", True),
        "token_bot_leaks_identified": ("counter", True),
        "token_bot_leaks_disabled": ("counter", True),
        "token_bot_leaks_proven_dead_seconds": ("histogram", True),
        "token_bot_leaks_not_proven": ("counter", True),
        "token_bot_break_glass": ("counter", True),
        "token_bot_break_glass_unreviewed": ("gauge", True),
    }


def test_what_is_counted_and_measured() -> None:
    """Each call counts once, under its labels."""
    metrics = Metrics()

    metrics.front("accepted")
    metrics.asked("command", "disable", "ok", 0.25)
    metrics.asked("command", "list", "reading", 0.5)
    metrics.influxdb("default", "update", "ok", 2.0)
    metrics.change("disable", "done")
    metrics.change("disable", "done")
    metrics.drift("prod")
    metrics.leaks.received()
    metrics.leaks.identified("owner")
    metrics.leaks.disabled()
    metrics.leaks.proven_dead(4.5)
    metrics.leaks.not_proven("alive")
    metrics.break_glass()

    asked = (("asked", "disable"), ("kind", "command"), ("outcome", "ok"))
    listed = (("asked", "list"), ("kind", "command"), ("outcome", "reading"))
    called = (("instance", "default"), ("operation", "update"), ("outcome", "ok"))
    assert exposed(metrics) == {
        ("token_bot_front_requests_total", (("outcome", "accepted"),)): 1.0,
        ("token_bot_asked_total", asked): 1.0,
        ("token_bot_asked_total", listed): 1.0,
        ("token_bot_ack_seconds_count", (("kind", "command"),)): 2.0,
        ("token_bot_ack_seconds_sum", (("kind", "command"),)): 0.75,
        ("token_bot_influxdb_seconds_count", called): 1.0,
        ("token_bot_influxdb_seconds_sum", called): 2.0,
        ("token_bot_drift_found_total", (("instance", "prod"),)): 1.0,
        ("token_bot_break_glass_total", ()): 1.0,
        ("token_bot_break_glass_unreviewed", ()): 0.0,
        ("token_bot_changes_total", (("kind", "disable"), ("outcome", "done"))): 2.0,
        ("token_bot_leaks_received_total", ()): 1.0,
        ("token_bot_leaks_identified_total", (("how", "owner"),)): 1.0,
        ("token_bot_leaks_disabled_total", ()): 1.0,
        ("token_bot_leaks_proven_dead_seconds_count", ()): 1.0,
        ("token_bot_leaks_proven_dead_seconds_sum", ()): 4.5,
        ("token_bot_leaks_not_proven_total", (("reason", "alive"),)): 1.0,
    }


def test_acks_are_measured_around_slacks_limit() -> None:
    """Slack waits 3 seconds; what came later is told from what came in time."""
    metrics = Metrics()

    for seconds in (0.001, 2.9, 3.1):
        metrics.asked("click", "undo_change", "ok", seconds)

    within = {
        sample.labels["le"]: sample.value
        for family in text_string_to_metric_families(metrics.exposition(0).decode())
        for sample in family.samples
        if sample.name == "token_bot_ack_seconds_bucket"
    }
    assert (within["0.005"], within["3.0"], within["5.0"], within["+Inf"]) == (1, 2, 3, 3)


def test_each_has_a_registry_of_its_own() -> None:
    """Two bots in one process, as in tests, count apart."""
    one, other = Metrics(), Metrics()

    one.change("disable", "done")

    assert exposed(one).keys() - exposed(other).keys() == {
        ("token_bot_changes_total", (("kind", "disable"), ("outcome", "done")))
    }


def test_what_the_database_does_not_tell_is_no_number() -> None:
    """How many are not reviewed is not known then; none would be a lie."""
    text = Metrics().exposition(None).decode()

    assert "token_bot_break_glass_unreviewed NaN" in text
