"""P9: its own token and the last operator token are refused on every path."""

import asyncio
import copy
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.sandbox import cast
from bot.sandbox.influxdb import Fault
from bot.sandbox.influxdb.organisation import (
    BOT_AUTHORIZATION,
    OPERATOR,
    SETUP_TOKEN,
    TELEGRAF_EDGE_42,
)
from bot.sandbox.slack import Message
from tests.attacks import SIMPLE, forge_press, path, reload, shows
from tests.promises.modest_bot import with_a_modest_bot
from tests.world import World, world

SECOND = "0e8d52d854803fff"
THIRD = "0e8d52d854803ffe"
DISABLING_NEEDS_APPROVAL = f"""{SIMPLE}
[approval]
needed_for = ["disable"]
"""


def with_operators(*further: str) -> dict[str, Any]:
    """Give the organisation with a bot that is no operator, and further operator tokens."""
    fixture = with_a_modest_bot()
    first = next(a for a in fixture["authorizations"] if a["id"] == SETUP_TOKEN)
    fixture["authorizations"] += [
        {
            **copy.deepcopy(first),
            "id": each,
            "token": each.ljust(86, "y") + "==",
            "userID": OPERATOR,
        }
        for each in further
    ]
    return fixture


@pytest.fixture
async def modest(tmp_path: Path) -> AsyncIterator[World]:
    """The bot where three operator tokens are left, none of them its own."""
    async with world(tmp_path, fixture=with_operators(SECOND, THIRD)) as here:
        await here.start(policy=SIMPLE)
        yield here


def operators(here: World) -> list[str]:
    """List the operator tokens that are active."""
    ids = (SETUP_TOKEN, SECOND, THIRD)
    return [each for each in ids if here.influxdb.authorization(each).status == "active"]


def sawn_off(here: World) -> list[tuple[str, str | None]]:
    """List the PATCHes that would have disabled the bot's own token."""
    return [
        (where, body)
        for where, body in here.patches()
        if BOT_AUTHORIZATION in where and "inactive" in str(body)
    ]


async def confirmed(here: World, text: str) -> Message:
    """Ask for a change of several, confirm it, and give its message."""
    await here.say(text)
    message = here.channel()[-1]
    await here.press(message, "Confirm")
    return message


@pytest.mark.parametrize(
    "text",
    [
        f"disable {BOT_AUTHORIZATION}",
        f"revoke {BOT_AUTHORIZATION.upper()}",
        f"disable {BOT_AUTHORIZATION} --describe x",
        f"disable {BOT_AUTHORIZATION} --for 1h",
        "disable --user token-bot",
        f"disable {BOT_AUTHORIZATION} {BOT_AUTHORIZATION}",
    ],
)
async def test_its_own_token_typed(here: World, text: str) -> None:
    """Typed in any way: no PATCH, and the reason."""
    await here.say(text)

    assert here.patches() == []
    told = [m.plain for m in (*here.channel(), *here.slack.ephemerals(cast.ALICE))]
    assert any("this bot itself uses" in words for words in told)


async def test_its_own_token_among_several(here: World) -> None:
    """Among several it is left out; the others go."""
    message = await confirmed(here, f"disable {BOT_AUTHORIZATION} {TELEGRAF_EDGE_42} {SETUP_TOKEN}")

    assert sawn_off(here) == []
    assert here.influxdb.authorization(TELEGRAF_EDGE_42).status == "inactive"
    assert "this bot itself uses" in message.plain


async def test_its_own_token_in_a_lists_row(here: World) -> None:
    """The row's Disable is refused as the typed one is."""
    await here.say("list token-bot")

    await here.press(here.slack.ephemerals(cast.ALICE)[-1], "Disable")

    assert here.patches() == []
    assert "this bot itself uses" in here.last()


async def test_its_own_token_by_a_forged_button(here: World) -> None:
    """Whatever instance or case a button's value names, its own token is its own."""
    for value in (
        f"default:{BOT_AUTHORIZATION}",
        f"default:{BOT_AUTHORIZATION.upper()}",
        f":{BOT_AUTHORIZATION}",
        f"other:{BOT_AUTHORIZATION}",
        f"default:default:{BOT_AUTHORIZATION}",
    ):
        await forge_press(here, cast.ALICE, "disable_token", value)

    assert here.patches() == []


async def test_its_own_token_with_an_approval(idle_world: World) -> None:
    """Nobody is asked to approve what is refused in any case; nothing is sent."""
    await idle_world.start(policy=DISABLING_NEEDS_APPROVAL)

    await idle_world.say(f"disable {BOT_AUTHORIZATION}")

    assert idle_world.patches() == []
    assert idle_world.channel() == []
    assert "this bot itself uses" in idle_world.last()


async def test_the_undo_of_an_enable_of_its_own_token(tmp_path: Path) -> None:
    """Its own token was described, not enabled: an undo never disables it."""
    async with world(tmp_path) as here:
        await here.start(policy=SIMPLE)
        await here.say(f"enable {BOT_AUTHORIZATION} --describe renamed")

        await here.say("undo")

        assert sawn_off(here) == []
        assert here.influxdb.authorization(BOT_AUTHORIZATION).description == "token-bot (Slack)"


async def test_the_last_operator_among_several(modest: World) -> None:
    """All three at once: each alone might go; one stays, and is named."""
    message = await confirmed(modest, f"disable {SETUP_TOKEN} {SECOND} {THIRD}")

    assert len(operators(modest)) == 1
    assert "last active operator token" in message.plain


async def test_the_last_operator_of_a_user(modest: World) -> None:
    """All tokens of their owner: one stays."""
    message = await confirmed(modest, "disable --user operator")

    assert len(operators(modest)) == 1
    assert "last active operator token" in message.plain


async def test_the_last_operator_after_the_preview(modest: World) -> None:
    """Two were shown while a third worked; it was disabled meanwhile: one stays."""
    await modest.say(f"disable {SETUP_TOKEN} {SECOND}")
    message = modest.channel()[-1]
    modest.influxdb.edit(THIRD, status="inactive")

    await modest.press(message, "Confirm")

    assert len(operators(modest)) == 1
    assert "last active operator token" in message.plain


async def test_the_last_operator_in_a_lists_row(modest: World) -> None:
    """Row by row, the last one's Disable is refused."""
    for each in (SETUP_TOKEN, SECOND, THIRD):
        await modest.say(f"list {each}")
        await modest.press(modest.slack.ephemerals(cast.ALICE)[-1], "Disable")

    assert operators(modest) == [THIRD]
    assert "last active operator token" in modest.last()


async def test_the_undo_of_an_enable(modest: World) -> None:
    """Enabled from here, the others disabled since: to undo it would take the last one."""
    modest.influxdb.edit(SECOND, status="inactive")
    modest.influxdb.edit(THIRD, status="inactive")
    await modest.say(f"enable {SECOND}")
    message = modest.channel()[-1]
    modest.influxdb.edit(SETUP_TOKEN, status="inactive")

    await modest.press(message, "Undo")

    assert operators(modest) == [SECOND]
    assert "last active operator token" in modest.last()


async def test_the_undo_of_several_enables(modest: World) -> None:
    """Undoing the enable of two takes one of them at most, if no other works."""
    modest.influxdb.edit(SECOND, status="inactive")
    modest.influxdb.edit(THIRD, status="inactive")
    message = await confirmed(modest, f"enable {SECOND} {THIRD}")
    modest.influxdb.edit(SETUP_TOKEN, status="inactive")

    await modest.press(message, "Undo 2")
    await modest.press(modest.channel()[-1], "Confirm")

    assert len(operators(modest)) == 1


async def test_the_retry(modest: World) -> None:
    """Failed when others worked, tried again when it is the last: refused."""
    modest.influxdb.faults.add(Fault.INTERNAL_ERROR, method="PATCH", path=path(SECOND), times=1)
    await modest.say(f"disable {SECOND}")
    message = modest.channel()[-1]
    modest.influxdb.edit(SETUP_TOKEN, status="inactive")
    modest.influxdb.edit(THIRD, status="inactive")
    sent = len(modest.patches())

    await modest.press(message, "Retry")

    assert len(modest.patches()) == sent
    assert operators(modest) == [SECOND]


async def active_again(here: World, authorization_id: str) -> Message:
    """Disable a token, have somebody else enable it, and give what tells of that."""
    await here.say(f"disable {authorization_id}")
    here.influxdb.edit(authorization_id, status="active")
    here.now.advance(timedelta(minutes=1, seconds=1))
    return await shows(here, "that was loaded before")


async def test_disable_again_of_the_last_operator(modest: World) -> None:
    """Disabled when others worked, active again as the last one: refused, and still offered."""
    message = await active_again(modest, SECOND)
    modest.influxdb.edit(SETUP_TOKEN, status="inactive")
    modest.influxdb.edit(THIRD, status="inactive")
    sent = len(modest.patches())

    await modest.press(message, "Disable again", user=cast.BOB)

    assert len(modest.patches()) == sent
    assert operators(modest) == [SECOND]
    assert "last active operator token" in modest.last(cast.BOB)
    assert "Disable again" in [button.text for button in message.buttons]


async def test_disable_again_of_its_own_token(modest: World) -> None:
    """Somebody else's when it was disabled, the bot's own since: refused."""
    message = await active_again(modest, SECOND)
    await modest.stop()
    await modest.start(policy=SIMPLE, influxdb_token=SECOND.ljust(86, "y") + "==")
    sent = len(modest.patches())

    await modest.press(message, "Disable again", user=cast.BOB)

    assert len(modest.patches()) == sent
    assert "this bot itself uses" in modest.last(cast.BOB)


async def test_the_approval(modest: World) -> None:
    """Approved when others worked, carried out when it is the last: refused."""
    reload(modest, DISABLING_NEEDS_APPROVAL)
    await modest.say(f"disable {SECOND}")
    message = modest.channel()[-1]
    modest.influxdb.edit(SETUP_TOKEN, status="inactive")
    modest.influxdb.edit(THIRD, status="inactive")

    await modest.press(message, "Approve", user=cast.BOB)

    assert modest.patches() == []
    assert operators(modest) == [SECOND]
    assert "last active operator token" in message.plain


async def test_two_bulk_requests_at_once(modest: World) -> None:
    """Two requests of two tokens each, confirmed at the same moment: one token stays."""
    await modest.say(f"disable {SETUP_TOKEN} {SECOND}")
    first = modest.channel()[-1]
    await modest.say(f"disable {THIRD} {TELEGRAF_EDGE_42}", user=cast.BOB)
    second = modest.channel()[-1]

    await asyncio.gather(
        modest.slack.press(cast.ALICE, first, "Confirm"),
        modest.slack.press(cast.BOB, second, "Confirm"),
    )
    await modest.settled()

    assert len(operators(modest)) == 1
    assert modest.influxdb.authorization(TELEGRAF_EDGE_42).status == "inactive"


async def test_a_bulk_request_beside_single_ones(modest: World) -> None:
    """So it is with a bulk request whose PATCHes hang while single ones are asked for."""
    await modest.say(f"disable {SETUP_TOKEN} {SECOND}")
    message = modest.channel()[-1]
    gate = modest.influxdb.gate("PATCH", ".*")
    await modest.slack.press(cast.ALICE, message, "Confirm")
    await modest.reached(gate)

    await modest.slack.command(cast.BOB, cast.INCIDENTS, "/token", f"disable {THIRD}")
    await modest.influxdb_quiet(seconds=0.3)
    gate.release()
    await modest.settled()

    assert operators(modest) == [THIRD]
    assert "last active operator token" in modest.last(cast.BOB)
