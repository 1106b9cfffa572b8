"""Payloads that hold less than they should, or something else, are answered and change nothing."""

import itertools
import json
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs, urlencode

import pytest
import pytest_asyncio
from structlog.testing import capture_logs

from bot.sandbox.influxdb.organisation import TELEGRAF_EDGE_42
from bot.sandbox.slack import Delivery
from tests.world import World

pytestmark = pytest.mark.asyncio(loop_scope="module")

UNREADABLE = "Slack sent something that this bot cannot read. Nothing was changed."
OTHER_VERSION = "This button is of another version of this bot. Nothing was changed."
Payload = dict[str, Any]
_NUMBERS = itertools.count()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def here(lasting_world: World) -> AsyncIterator[World]:
    """One bot with one change, which none of these payloads may touch again."""
    await lasting_world.say(f"disable {TELEGRAF_EDGE_42}")
    yield lasting_world
    assert len(lasting_world.patches()) == 1


async def _payload(here: World) -> Payload:
    """Give what Slack sends for Bob's press on Details."""
    delivery = await here.press(here.channel()[0], "Details", user="U0BOB")
    (raw,) = parse_qs(delivery.request.body.decode())["payload"]
    payload: Payload = json.loads(raw)
    return payload


async def _pressed(here: World, payload: Payload) -> tuple[Delivery, list[str]]:
    """Send a payload, and give what Bob alone is told of it."""
    before = len(here.slack.ephemerals("U0BOB"))
    # Slack's own differ from each other as well; the same bytes again would be a repeat.
    body = urlencode({"payload": json.dumps({**payload, "number": next(_NUMBERS)})}).encode()
    delivery = await here.slack.deliver_raw(body, here.slack.sign(body))
    await here.settled()
    return delivery, [told.plain for told in here.slack.ephemerals("U0BOB")[before:]]


async def test_each_part_of_a_press_may_be_missing(here: World) -> None:
    """Without any one key, and with rubbish in its place: 200, and an answer where one can go."""
    rubbish: list[object] = [None, 7, "x", [], {}]
    for key in await _payload(here):
        for instead in [*rubbish, ...]:
            payload = await _payload(here) | {key: instead}
            if instead is ...:
                del payload[key]

            delivery, told = await _pressed(here, payload)

            assert (delivery.status, delivery.error) == (200, None)
            assert len(told) == (key not in {"type", "actions"}), f"{key} {instead}: {told}"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (("user", "id"), UNREADABLE),
        (("user", "team_id"), UNREADABLE),
        (("user", "name"), "telegraf on edge-42"),
        (("channel", "id"), "telegraf on edge-42"),
        (("container", "message_ts"), "telegraf on edge-42"),
        (("container", "channel_id"), "telegraf on edge-42"),
    ],
)
async def test_parts_of_parts_may_be_missing(
    here: World, path: tuple[str, str], expected: str
) -> None:
    """Who pressed it must be known; where it stood can be told from elsewhere."""
    payload = await _payload(here)
    del payload[path[0]][path[1]]

    delivery, (told,) = await _pressed(here, payload)

    assert delivery.status == 200
    assert told.startswith(expected)


@pytest.mark.parametrize("of", ["id", "team_id"])
@pytest.mark.parametrize(
    "instead", ["<!channel>", "U0BOB> <!here", "C0INCIDENTS", "u0bob", "U0BOB\n", "U0BOB\ud800"]
)
async def test_what_is_no_id_is_nobodys(here: World, of: str, instead: str) -> None:
    """Messages name people by their ids, so that no other text may pass for one."""
    payload = await _payload(here)
    payload["user"][of] = instead

    delivery, (told,) = await _pressed(here, payload)

    assert delivery.status == 200
    assert told.startswith(UNREADABLE)


async def test_a_form_is_not_asked_for_without_a_trigger(here: World) -> None:
    """Slack opens none then, and whoever pressed is told so."""
    payload = await _payload(here)
    del payload["trigger_id"]
    payload["actions"][0] |= {
        "action_id": "describe_token",
        "value": f"default:{TELEGRAF_EDGE_42}",
    }

    delivery, (told,) = await _pressed(here, payload)

    assert delivery.status == 200
    assert told.startswith("Slack did not open the form.")
    assert "views.open" not in {call.method for call in here.slack.journal}


async def test_nobody_is_told_where_nobody_is_named(here: World) -> None:
    """Slack is not asked to show something to nobody."""
    payload = await _payload(here)
    del payload["user"], payload["response_url"]
    before = len(here.slack.journal)

    with capture_logs() as logs:
        delivery, told = await _pressed(here, payload)

    assert (delivery.status, told) == (200, [])
    assert len(here.slack.journal) == before
    assert "an answer reached nobody" in [line["event"] for line in logs]


@pytest.mark.parametrize(
    ("action_id", "value", "expected"),
    [
        ("rotate_token", "7F3K2Q", OTHER_VERSION),
        ("", "7F3K2Q", OTHER_VERSION),
        ("show_token", None, OTHER_VERSION),
        ("show_token", "", OTHER_VERSION),
        ("show_token", TELEGRAF_EDGE_42, OTHER_VERSION),
        ("show_token", 7, UNREADABLE),
        ("show_token", "default:nonsense", "“nonsense” is not an authorization's id"),
        ("show_token:3", f"default:{TELEGRAF_EDGE_42}", "telegraf on edge-42"),
        ("show_token", f"gone:{TELEGRAF_EDGE_42}", "There is no InfluxDB instance gone here."),
        ("disable_token", f"gone:{TELEGRAF_EDGE_42}", "There is no InfluxDB instance gone here."),
        ("disable_token", "default:x", "“x” is not an authorization's id"),
        ("disable_token", "default:--reason", ""),
        ("enable_token", f"{'x' * 2_000}:y", f"There is no InfluxDB instance {'x' * 40} here."),
        ("undo_change", "ZZZZZZ", "There is no change ZZZZZZ. Nothing was changed."),
        ("approve_change", "ZZZZZZ", "There is no change ZZZZZZ. Nothing was changed."),
        ("confirm_change", "ZZZZZZ", "There is no change ZZZZZZ. Nothing was changed."),
        ("cancel_change", "ZZZZZZ", "There is no change ZZZZZZ. Nothing was changed."),
        ("retry_change", "ZZZZZZ", "There is no change ZZZZZZ. Nothing was changed."),
        ("disable_again", "ZZZZZZ", "There is no change ZZZZZZ. Nothing was changed."),
        ("disable_again:x", "ZZZZZZ", "There is no change ZZZZZZ. Nothing was changed."),
        ("deny_change", "ZZZZZZ", "There is no change ZZZZZZ. Nothing was changed."),
        ("confirm_change:0", "ZZZZZZ:prod", "There is no change ZZZZZZ. Nothing was changed."),
        ("undo_change", "", "“” is not a change's id"),
        ("undo_change", "nonsense", "“nonsense” is not a change's id"),
        ("page_list:0", "forgotten", "This list is too old to turn its pages."),
        ("page_list", "", "This list is too old to turn its pages."),
    ],
)
async def test_buttons_that_name_nothing_are_answered(
    here: World, action_id: str, value: object, expected: str
) -> None:
    """Another version's button, an unknown instance, a change that does not exist."""
    payload = await _payload(here)
    payload["actions"][0] |= {"action_id": action_id, "value": value}
    if value is None:
        del payload["actions"][0]["value"]

    delivery, (told,) = await _pressed(here, payload)

    assert delivery.status == 200
    assert expected in told


@pytest.mark.parametrize("key", ["user_id", "team_id", "channel_id", "response_url", "text"])
async def test_each_part_of_a_command_may_be_missing(here: World, key: str) -> None:
    """Without who or where it cannot be read, and says so; without the rest it works."""
    form = {
        "command": "/token",
        "text": "whoami",
        "user_id": "U0ALICE",
        "team_id": "T0HOME",
        "channel_id": "C0INCIDENTS",
        "response_url": "https://slack.invalid/x",
    }
    body = urlencode({name: value for name, value in form.items() if name != key}).encode()

    delivery = await here.slack.deliver_raw(body, here.slack.sign(body))

    text = json.loads(delivery.body)["text"]
    needed = key in {"user_id", "team_id", "channel_id"}
    assert delivery.status == 200
    assert text.startswith(UNREADABLE) is needed


async def test_a_press_without_any_way_to_answer_is_in_the_log(here: World) -> None:
    """With neither person nor response URL there is nobody to tell."""
    with capture_logs() as logs:
        delivery, told = await _pressed(
            here, {"type": "block_actions", "actions": [{"action_id": "undo_change"}]}
        )

    assert (delivery.status, told) == (200, [])
    assert logs[-1]["event"] == "an answer reached nobody"
