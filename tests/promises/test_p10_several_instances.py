"""P10 on several InfluxDBs: the same secret, and even the same id, may be on two of them."""

import re
from pathlib import Path

from bot.changes.authorization import Status
from bot.sandbox import cast
from bot.sandbox.influxdb import Mode
from bot.sandbox.influxdb.organisation import TELEGRAF_EDGE_43
from tests.attacks import SIMPLE
from tests.reporting import ORDER_FIELD, START, in_order, report, secret_of
from tests.two_instances import ON_BOTH, two_instances

SECRET = secret_of(ON_BOTH)
OTHERS = {"Other tokens of its owner": "Also disable every other active one"}


async def test_one_id_on_two_instances_is_two_tokens(tmp_path: Path) -> None:
    """The question names each with its instance, and what is chosen is tried there alone."""
    async with two_instances(tmp_path, Mode.HASHED) as both:
        here = await both.start(SIMPLE)
        await report(here, SECRET, **OTHERS)
        asked = here.channel()[0].plain
        prod = in_order(TELEGRAF_EDGE_43, ON_BOTH, instance="prod")[ORDER_FIELD]
        lab = in_order(ON_BOTH, instance="lab")[ORDER_FIELD]

        await here.press(here.channel()[0], START, chosen={ORDER_FIELD: f"{prod}\n{lab}"})

        assert asked.startswith("Which of 2 tokens on prod and of 1 token on lab is the leaked one")
        assert f"{ON_BOTH} · prod · telegraf on edge-42" in asked
        assert f"{ON_BOTH} · lab · telegraf in the lab" in asked
        # The wrong pick is active again before the other instance's token is touched.
        assert here.influxdb.authorization(TELEGRAF_EDGE_43).status == Status.ACTIVE
        assert here.influxdb.authorization(ON_BOTH).status == Status.INACTIVE
        assert both.lab.authorization(ON_BOTH).status == Status.INACTIVE
        told = here.channel()[0].plain
        assert told.startswith("Leaked token disabled and proven dead\n")
        assert f"Not it, and put back: {TELEGRAF_EDGE_43} on prod (telegraf on edge-43)." in told
        evidence = re.findall(r"(?:On|Before:|After:) (?:prod|lab) \w+", told)
        assert evidence == [
            *("On prod InfluxDB", "Before: prod accepted", "After: prod refused"),
            *("On lab InfluxDB", "Before: lab accepted", "After: lab refused"),
        ]
        timeline = "\n".join(each.plain for each in here.channel() if each.thread_ts is not None)
        order = f"{TELEGRAF_EDGE_43} on prod, {ON_BOTH} on prod, {ON_BOTH} on lab"
        assert f"to be tried in the order {order}" in timeline
        # Each instance has an owner, and each of them other tokens.
        others = re.findall(r"Other active tokens of telegraf on (\w+): change (\w{6})\.", told)
        assert [name for name, _ in others] == ["prod", "lab"]
        for _, change in others:
            assert any(f"change {change}" in e.plain for e in here.channel(cast.INCIDENTS)[1:])


async def test_only_the_instance_that_was_chosen_from_is_gone_through(tmp_path: Path) -> None:
    """The same id on the other one is not tried, and that is said."""
    async with two_instances(tmp_path, Mode.HASHED) as both:
        here = await both.start(SIMPLE)
        await report(here, SECRET)

        await here.press(here.channel()[0], START, chosen=in_order(ON_BOTH, instance="lab"))

        assert here.influxdb.authorization(ON_BOTH).status == Status.ACTIVE
        assert both.lab.authorization(ON_BOTH).status == Status.INACTIVE
        told = here.channel()[0].plain
        assert told.startswith("Leaked token still usable")
        assert f"{ON_BOTH} on prod (telegraf on edge-42)" in told.partition("Not tried: ")[2]


async def test_one_names_it_and_the_other_hides_it(tmp_path: Path) -> None:
    """What is named is disabled in any case; of the other instance an order is asked for."""
    async with two_instances(tmp_path, Mode.HASHED, lab_mode=Mode.PLAIN) as both:
        here = await both.start(SIMPLE)
        await report(here, SECRET)
        asked = here.channel()[0].plain
        await here.say("pending")
        listed = here.last()

        await here.press(here.channel()[0], START, chosen=in_order(ON_BOTH, instance="prod"))

        assert asked.startswith("Which of 2 tokens is the leaked one")
        assert f"Disabled in any case, since it is named: telegraf in the lab ({ON_BOTH})" in asked
        assert f"In this order: {TELEGRAF_EDGE_43}, {ON_BOTH}." in listed or (
            f"In this order: {ON_BOTH}, {TELEGRAF_EDGE_43}." in listed
        )
        assert [each.authorization(ON_BOTH).status for each in (here.influxdb, both.lab)] == [
            Status.INACTIVE,
            Status.INACTIVE,
        ]
        assert here.influxdb.authorization(TELEGRAF_EDGE_43).status == Status.ACTIVE
        told = here.channel()[0].plain
        assert told.startswith("Leaked token disabled and proven dead")
        evidence = re.findall(r"(?:Before:|After:) (?:prod|lab) \w+", told)
        assert evidence == [
            *("Before: prod accepted", "After: prod refused"),
            *("Before: lab accepted", "After: lab refused"),
        ]
