"""A message is checked for tokens by whoever may look at them, and nothing of it is kept."""

import sqlite3
from contextlib import closing
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from bot.sandbox import cast
from bot.sandbox.influxdb import Fault, Mode
from bot.sandbox.influxdb.organisation import (
    ALICE_ALL_ACCESS,
    HOME_AUTOMATION,
    INACTIVE_LOAD_TEST,
    ORPHAN,
    TELEGRAF_EDGE_42,
)
from bot.sandbox.influxdb.state import api_token
from bot.sandbox.slack import Message, Shortcut
from tests.let_out import contents, everything
from tests.slack.fit_for_people import assert_fit_for_people
from tests.two_instances import LAB_ONLY, ON_BOTH, two_instances
from tests.world import World, world

NOBODYS = api_token("nobody has this one")


def token_of(here: World, authorization_id: str) -> str:
    """Give the API token of an authorization."""
    return here.influxdb.authorization(authorization_id).token


async def check(
    here: World, text: str = "", *, user: str = cast.ALICE, **written: Any
) -> Message | None:
    """Have somebody write a message and somebody check it; give what that person alone is told."""
    message = here.slack.write(cast.CAROL, cast.INCIDENTS, text, **written)
    before = len(here.slack.ephemerals(user))
    delivery = await here.slack.use_message_shortcut(user, message, cast.CHECK_MESSAGE)
    assert (delivery.status, delivery.body, delivery.error) == (200, "", None)
    await here.settled()
    told = here.slack.ephemerals(user)[before:]
    assert len(told) <= 1
    return told[0] if told else None


async def checked(here: World, text: str = "", **more: Any) -> Message:
    """Check a message, of which something is told."""
    told = await check(here, text, **more)
    assert told is not None
    return told


def offers(message: Message) -> list[tuple[str, str | None]]:
    """Give the texts and values of a message's buttons."""
    return [(button.text, button.value) for button in message.buttons]


@pytest.mark.parametrize("mode", [Mode.PLAIN, Mode.CLOUD])
@pytest.mark.parametrize("socket_mode", [False, True])
async def test_a_live_token_is_disabled_from_where_it_leaked(
    tmp_path: Path, mode: Mode, *, socket_mode: bool
) -> None:
    """Whoever asked is told which it is, and disables it; everybody else sees that alone."""
    async with world(tmp_path, mode=mode, socket_mode=socket_mode) as here:
        await here.start()
        secret = token_of(here, TELEGRAF_EDGE_42)
        told = await checked(here, f"INFLUX_TOKEN={secret} is what edge-42 uses")

        assert "A live API token\ntelegraf on edge-42\n" in told.plain
        assert "Have the message deleted" in told.plain
        value = f"default:{TELEGRAF_EDGE_42}"
        assert offers(told) == [("Show", value), ("Disable now", value)]
        assert [m.user for m in here.channel()] == [cast.CAROL]
        assert here.patches() == []

        await here.press(told, "Disable now")

        assert here.influxdb.authorization(TELEGRAF_EDGE_42).status == "inactive"
        assert "Token disabled" in here.channel()[-1].plain
        assert secret not in "".join(
            [told.plain, told.text, here.channel()[-1].plain, repr(here.slack.journal)]
        )
        assert_fit_for_people(here)


async def test_a_hidden_token_is_told_by_its_owner(tmp_path: Path) -> None:
    """Where the server shows no token it is live all the same; how to go on is said."""
    async with world(tmp_path, mode=Mode.HASHED) as here:
        await here.start()
        told = await checked(here, f"`Token {token_of(here, TELEGRAF_EDGE_42)}`")

        assert (
            "It belongs to telegraf on default, which does not tell which of their tokens it is. "
            "Report it with /token leak" in told.plain
        )
        assert "Have the message deleted" in told.plain
        assert told.buttons == []


@pytest.mark.parametrize(
    ("mode", "said"),
    [
        (Mode.PLAIN, "An API token that InfluxDB does not accept\nload test"),
        (Mode.HASHED, "default knows it, and it is disabled already. This server does not say"),
    ],
)
async def test_a_disabled_token_is_said_to_be_that(tmp_path: Path, mode: Mode, said: str) -> None:
    """There is nothing to disable, and no hurry."""
    async with world(tmp_path, mode=mode) as here:
        await here.start()
        told = await checked(here, token_of(here, INACTIVE_LOAD_TEST))

        assert said in told.plain
        assert "Have the message deleted" not in told.plain
        assert "Disable now" not in [button.text for button in told.buttons]


async def test_a_token_whose_owner_is_gone(here: World) -> None:
    """InfluxDB refuses it already, and lists it no more."""
    told = await checked(here, token_of(here, ORPHAN))

    assert "its owner is inactive or deleted, so InfluxDB refuses it" in told.plain
    assert told.buttons == []


async def test_what_nobody_knows_is_said_to_be_that(here: World) -> None:
    """It looked like a token; each instance says that it is none."""
    told = await checked(here, NOBODYS)

    assert "Looks like an API token, and is none\ndefault does not know it." in told.plain
    assert "Have the message deleted" not in told.plain


async def test_a_live_token_in_parts_is_not_said_to_be_none(here: World) -> None:
    """A terminal has broken its line, or half of it is bold: it is live all the same."""
    secret = token_of(here, TELEGRAF_EDGE_42)
    styled = [
        {"type": "text", "text": secret[:50], "style": {"bold": True}},
        {"type": "text", "text": secret[50:]},
    ]
    section = {"type": "rich_text_section", "elements": styled}
    rich = [{"type": "rich_text", "elements": [section]}]

    told = await checked(here, f"```{secret[:43]}\n{secret[43:]}```")
    bold = await checked(here, blocks=rich)

    for each in (told, bold):
        assert each.plain.startswith(
            "Checked this message\nA live API token\ntelegraf on edge-42\n"
        )
        assert "and is none" not in each.plain
        assert [text for text, _ in offers(each)] == ["Show", "Disable now"]
    half = await checked(here, secret[:60])
    assert "If it is a part of one, report the whole with /token leak." in half.plain


async def test_an_instance_that_does_not_answer_proves_nothing(here: World) -> None:
    """Nobody is told that a token is none because InfluxDB is down."""
    here.influxdb.faults.add(Fault.BAD_GATEWAY_HTML, times=99)
    told = await checked(here, f"{token_of(here, TELEGRAF_EDGE_42)} and {TELEGRAF_EDGE_42}")

    assert "Looks like an API token, and may be one\ndefault does not say whether" in told.plain
    assert "is not available (HTTP 502)" in told.plain
    assert f"The id {TELEGRAF_EDGE_42}\ndefault does not say whether it has it." in told.plain


@pytest.mark.parametrize(
    "written",
    [
        {"text": f"disable {TELEGRAF_EDGE_42.upper()}?"},
        {"text": "", "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "{}"}}]},
        {
            "text": "alert",
            "attachments": [{"fallback": "", "fields": [{"title": "token", "value": "({})"}]}],
        },
    ],
)
async def test_an_alerts_ids_are_offered(here: World, written: dict[str, Any]) -> None:
    """Wherever in the message the id stands: Show, and Disable, which is a row's."""
    filled = _filled(written)
    told = await checked(here, **filled)

    value = f"default:{TELEGRAF_EDGE_42}"
    assert f"The id {TELEGRAF_EDGE_42}\ntelegraf on edge-42" in told.plain
    assert offers(told) == [("Show", value), ("Disable", value)]

    await here.press(told, "Disable")
    assert here.influxdb.authorization(TELEGRAF_EDGE_42).status == "inactive"


def _filled(written: Any) -> Any:
    if isinstance(written, dict):
        return {key: _filled(value) for key, value in written.items()}
    if isinstance(written, list):
        return [_filled(each) for each in written]
    return written.replace("{}", TELEGRAF_EDGE_42)


async def test_ids_that_are_of_no_use(here: World) -> None:
    """Inactive, without owner, and of something else: each is said to be that."""
    told = await checked(here, f"{INACTIVE_LOAD_TEST} {ORPHAN} 0123456789abcdef {'0' * 16}")

    assert offers(told) == [("Show", f"default:{INACTIVE_LOAD_TEST}")]
    assert f"The id {ORPHAN}\ndefault has it, but its owner no longer exists." in told.plain
    assert "The id 0123456789abcdef\nNo API token on default has it." in told.plain
    assert "The id 0000" not in told.plain


async def test_a_token_is_no_row_of_ids(here: World) -> None:
    """Hexadecimal digits within a token are not taken for an id."""
    told = await checked(here, f"{NOBODYS[:20]}-{TELEGRAF_EDGE_42}-{NOBODYS[20:]}")

    assert "The id" not in told.plain


async def test_nothing_is_said_to_be_nothing(here: World) -> None:
    """What was looked for is said, so that nobody takes it for a proof."""
    told = await checked(here, "the token is my-super-secret-auth-token")

    assert told.plain == (
        "Checked this message\nNothing in it looks like an API token that InfluxDB makes up, or "
        "like the id of one (16 hexadecimal digits). A token that was chosen by hand looks like "
        "any word. Report one with /token leak."
    )


async def test_only_so_many_are_looked_up(here: World) -> None:
    """A message full of them does not set off hundreds of requests; what is left out is said."""
    secrets = [api_token(f"number {number}") for number in range(7)]
    ids = [f"{number:016x}" for number in range(1, 7)]
    told = await checked(here, " ".join([*secrets, *ids, *secrets, *ids]))

    probes = [e for e in here.influxdb.journal if e.path == "/api/v2/me"]
    assert len([e for e in probes if e.status == 401]) == 5
    assert told.plain.count("The id ") == 5
    assert "2 more look like tokens; only the first 5 were looked up." in told.plain
    assert "1 more looks like an id; only the first 5 were looked up." in told.plain


async def test_other_products_secrets_stay_here(here: World) -> None:
    """What is plainly somebody else's is sent to no InfluxDB."""
    before = len(here.influxdb.journal)
    told = await checked(here, f"ghp_{'aB3dE5' * 6} xoxb-1234567890-aB3dE5fG7hJ9kL1mN3pQ5rS7tU9v")

    assert "Nothing in it looks like an API token" in told.plain
    assert len(here.influxdb.journal) == before


async def test_viewers_may_check_and_not_disable(idle_world: World) -> None:
    """Dave is told what he may see, without a button that he could not use."""
    here = idle_world
    await here.start(policy=cast.SECOND_PERSON)
    told = await checked(here, token_of(here, TELEGRAF_EDGE_42), user=cast.DAVE)

    assert offers(told) == [("Show", f"default:{TELEGRAF_EDGE_42}")]
    assert "You may look at tokens, but not disable them: ask an operator." in told.plain


async def test_strangers_learn_nothing(idle_world: World) -> None:
    """Mallory holds no role: nothing is looked up for her, and that she tried is recorded."""
    here = idle_world
    await here.start(policy=cast.SECOND_PERSON)
    asked = len(here.influxdb.journal)
    told = await checked(here, token_of(here, TELEGRAF_EDGE_42), user=cast.MALLORY)

    assert "you hold no role, and this takes a viewer" in told.plain
    assert told.buttons == []
    assert len(here.influxdb.journal) == asked
    (event,) = [e for e in await here.events() if e.tag.value.endswith("denied")]
    assert "check message" in repr(event)


async def test_other_workspaces_are_refused(here: World) -> None:
    """Slack offers them no shortcut; one that comes all the same changes nothing."""
    message = here.slack.write(cast.CAROL, cast.SHARED, token_of(here, TELEGRAF_EDGE_42))
    await here.slack.use_message_shortcut(
        cast.VISITOR, message, cast.CHECK_MESSAGE, team_id="T0VISITOR"
    )
    await here.settled()

    told = here.slack.ephemerals(cast.VISITOR)[-1].plain
    assert "you belong to another Slack workspace than this bot" in told


async def test_a_shortcut_of_another_version_is_answered(here: World) -> None:
    """After an update Slack may still offer what the bot no longer knows, or not yet."""
    here.slack.add_shortcut(Shortcut("Old", "open_sesame", "global"))
    delivery = await here.slack.use_shortcut(cast.ALICE, "Old")
    await here.settled()

    assert (delivery.status, delivery.error) == (200, None)
    (told,) = here.slack.direct_messages(cast.ALICE)
    assert "This shortcut is of another version of this bot. Nothing was changed." in told.plain


async def test_on_a_cold_cache_nothing_is_stored(idle_world: World, tmp_path: Path) -> None:
    """Slack is asked beside the ack, and the text waits in memory alone."""
    here = idle_world
    await here.start(policy=cast.SECOND_PERSON)
    here.now.advance(timedelta(hours=1))
    here.slack.faults.add("usergroups.users.list", delay=0.5, times=20)
    secret = token_of(here, TELEGRAF_EDGE_42)
    message = here.slack.write(cast.CAROL, cast.INCIDENTS, secret)

    delivery = await here.slack.use_message_shortcut(cast.ALICE, message, cast.CHECK_MESSAGE)
    with closing(sqlite3.connect(tmp_path / "token-bot.db")) as database:
        received = database.execute("SELECT * FROM received").fetchall()
    await here.settled()

    assert (delivery.status, delivery.seconds < 0.4) == (200, True)
    assert received == []
    assert "A live API token" in here.last()
    assert secret not in "".join(contents(tmp_path))


async def test_each_instance_is_asked(tmp_path: Path) -> None:
    """A token that both know under ids of their own, and an id that both have: each its buttons."""
    async with two_instances(tmp_path) as two:
        here = await two.start(f'[roles]\noperator = ["{cast.ALICE}"]\n')
        told = await checked(here, f"{token_of(here, HOME_AUTOMATION)} {ON_BOTH}")
        places = [f"prod:{HOME_AUTOMATION}", f"lab:{LAB_ONLY}", f"prod:{ON_BOTH}", f"lab:{ON_BOTH}"]
        assert [value for text, value in offers(told) if text == "Show"] == places
        assert [value for text, value in offers(told) if text.startswith("Dis")] == places

        await here.press(told, "Disable now", nth=1)

        assert two.patched() == ([], ['{"status":"inactive"}'])
        assert two.lab.authorization(LAB_ONLY).status == "inactive"


@pytest.mark.parametrize("mode", list(Mode))
async def test_no_secret_of_a_message_gets_out(
    tmp_path: Path, logs_at_debug: StringIO, mode: Mode
) -> None:
    """In no log line, database file, Slack call or metric, whatever goes wrong."""
    async with world(tmp_path, mode=mode) as here:
        await here.start()
        canary = token_of(here, ALICE_ALL_ACCESS)
        await check(here, canary)
        await check(here, f"{canary} {token_of(here, HOME_AUTOMATION)}", user=cast.MALLORY)
        for fault in (Fault.NOT_JSON, Fault.RESET_AFTER, Fault.TIMEOUT_AFTER, Fault.INTERNAL_ERROR):
            here.influxdb.faults.add(fault, times=4)
            await check(here, canary)
            here.influxdb.faults.clear()
        out = await everything(here, tmp_path, logs_at_debug.getvalue())

    assert "check_message" in out
    assert canary not in out
    assert canary[:40] not in out
