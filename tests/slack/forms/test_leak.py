"""The form into which a leaked secret goes: what it takes, what it refuses, and when."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.sandbox import cast
from bot.sandbox.influxdb.organisation import TELEGRAF_EDGE_42
from tests.let_out import contents as files
from tests.reporting import PLACE, PLACE_FIELD, SECRET_FIELD, opened, report, secret_of
from tests.world import World

SECRET = secret_of(TELEGRAF_EDGE_42)
SETUP = "my-own-secret"
GITHUB = f"ghp_{'aB3d' * 9}"


def contents(folder: Path) -> str:
    """Read the database, its log, and whatever else the bot has written."""
    return "\n".join(files(folder))


def view_of(here: World, user: str = cast.ALICE) -> str:
    """Give what stands in the form that somebody has open."""
    view = here.slack.open_view(user)
    assert view is not None
    return view.plain


async def test_it_opens_before_influxdb_is_asked(here: World) -> None:
    """Slack waits three seconds for a form, and InfluxDB may be down."""
    asked = len(here.influxdb.journal)

    await opened(here)

    assert len(here.influxdb.journal) == asked
    assert "held in the bot's memory for this case alone" in view_of(here)


async def test_whoever_may_not_disable_gets_no_form(here: World) -> None:
    """It says why, as of every other command."""
    await here.say("leak", user=cast.MALLORY)

    assert here.slack.open_view(cast.MALLORY) is None
    assert "Not allowed" in here.last(cast.MALLORY)


@pytest.mark.parametrize("cold", [False, True])
@pytest.mark.parametrize("text", [f"leak {SETUP}", f"LEAK “{SETUP}”", f'"leak" {SETUP}'])
async def test_text_behind_the_command_is_refused(here: World, text: str, *, cold: bool) -> None:
    """It may be the secret: it is neither stored nor said again, and the answer says what to do."""
    if cold:
        here.now.advance(timedelta(minutes=20))

    await here.say(text)

    assert here.slack.open_view(cast.ALICE) is None
    assert "This takes no text" in here.last()
    assert SETUP not in here.last()
    assert SETUP not in contents(here.folder)
    assert await here.tags() == []


@pytest.mark.parametrize(
    ("secret", "place", "more", "field", "expected"),
    [
        ("  ", PLACE, {}, SECRET_FIELD, "There is no secret in this."),
        ("“”", PLACE, {}, SECRET_FIELD, "There is no secret in this."),
        ("x" * 513, PLACE, {}, SECRET_FIELD, "longer than 512 characters"),
        (SECRET, f"see {SECRET}", {}, PLACE_FIELD, "The place holds what looks like a secret."),
        (SETUP, f"it says {SETUP}", {}, PLACE_FIELD, "The place holds the secret."),
        (f"Token {SETUP}", f"?t={SETUP}", {}, PLACE_FIELD, "The place holds the secret."),
        ("a b", "?t=a%20b", {}, PLACE_FIELD, "The place holds the secret."),
        (
            SETUP,
            f"{SETUP[:5]}\u200b\ufe0f{SETUP[5:]}",
            {},
            PLACE_FIELD,
            "The place holds the secret.",
        ),
        (SECRET, PLACE, {"Reason": SECRET}, "Reason", "The reason holds what looks like a secret."),
        (SECRET, " ", {}, PLACE_FIELD, "This says nothing."),
        (SECRET, "\u200b", {}, PLACE_FIELD, "This says nothing."),
    ],
)
@pytest.mark.parametrize("cold", [False, True])
async def test_what_is_wrong_stands_at_its_field(
    here: World,
    secret: str,
    place: str,
    more: dict[str, str],
    field: str,
    expected: str,
    *,
    cold: bool,
) -> None:
    """The form stays open, whether it is known who fills it in or not; nothing is stored."""
    await opened(here)
    if cold:
        here.now.advance(timedelta(minutes=20))

    await here.slack.submit(cast.ALICE, {SECRET_FIELD: secret, PLACE_FIELD: place, **more})
    await here.settled()

    view = here.slack.open_view(cast.ALICE)
    assert view is not None
    (told,) = view.errors.values()
    assert expected in told
    (block,) = view.errors
    assert next(each.label for each in view.inputs if each.block_id == block) == field
    assert await here.tags() == []
    assert here.patches() == []


async def test_a_form_that_was_open_over_a_restart_still_works(here: World) -> None:
    """All that it needs comes back with it."""
    await opened(here)
    await here.stop()
    await here.start()

    await here.slack.submit(cast.ALICE, {SECRET_FIELD: SECRET, PLACE_FIELD: PLACE})
    await here.settled()

    assert here.slack.open_view(cast.ALICE) is None
    assert here.channel()[0].plain.startswith("Leaked token disabled and proven dead")


async def test_where_slack_has_to_be_asked_who_that_is_the_secret_waits_in_memory(
    here: World,
) -> None:
    """The form closes with the ack; what is stored meanwhile does not hold the secret."""
    await opened(here)
    here.now.advance(timedelta(minutes=20))

    delivery = await here.slack.submit(cast.ALICE, {SECRET_FIELD: SECRET, PLACE_FIELD: PLACE})
    await here.settled()

    assert delivery.body == ""
    assert here.slack.open_view(cast.ALICE) is None
    assert here.channel()[0].plain.startswith("Leaked token disabled and proven dead")


async def test_whoever_may_not_report_learns_it_in_the_form(here: World) -> None:
    """They may have lost their role while it was open."""
    await opened(here)
    await here.stop()
    await here.start(allowed_users=cast.BOB)

    await here.slack.submit(cast.ALICE, {SECRET_FIELD: SECRET, PLACE_FIELD: PLACE})
    await here.settled()

    assert here.patches() == []
    told = [view_of(here)] if here.slack.open_view(cast.ALICE) else [here.last()]
    assert "Not allowed" in told[0]


async def test_what_is_pasted_around_it_is_taken_off(here: World) -> None:
    """As the hint says."""
    await report(here, f"Authorization: Token “{SECRET}”  ")

    assert here.channel()[0].plain.startswith("Leaked token disabled and proven dead")


async def test_words_stay_as_they_are_typed(here: World) -> None:
    """Slack escapes nothing in forms: what looks like its markup is what somebody has written."""
    place = "<https://wiki.example.com|the wiki> &amp; <!channel>"

    await report(here, SECRET, place=place)

    (message, *_) = here.channel()
    assert f"found in “{place}”" in message.plain
    assert "&lt;!channel&gt;" in message.text


async def test_an_unusual_form_is_only_remarked_on(here: World) -> None:
    """A token that was given at the setup can be anything."""
    await report(here, SETUP)

    assert (
        "It has not the form of a token that InfluxDB makes up itself." in here.channel()[0].plain
    )


@pytest.mark.parametrize("cold", [False, True])
async def test_the_global_shortcut_opens_it_too(here: World, *, cold: bool) -> None:
    """Used nowhere, so that its reporter is told, and the feed if there is one."""
    if cold:
        here.now.advance(timedelta(minutes=20))
    await here.slack.use_shortcut(cast.ALICE, cast.REPORT_LEAK)
    await here.settled()

    await here.slack.submit(cast.ALICE, {SECRET_FIELD: SECRET, PLACE_FIELD: PLACE})
    await here.settled()

    assert here.channel() == []
    told = [each.plain for each in here.channel(here.slack.workspace.direct_channel(cast.ALICE).id)]
    assert any(each.startswith("Leaked token disabled and proven dead") for each in told)


async def test_whoever_may_not_gets_none_from_the_shortcut(here: World) -> None:
    """They are told why."""
    await here.say("whoami", user=cast.MALLORY)

    await here.slack.use_shortcut(cast.MALLORY, cast.REPORT_LEAK)
    await here.settled()

    assert here.slack.open_view(cast.MALLORY) is None
    direct = here.channel(here.slack.workspace.direct_channel(cast.MALLORY).id)
    assert "Not allowed" in direct[-1].plain


@pytest.mark.parametrize(
    ("secret", "said"),
    [
        (GITHUB, "This is a GitHub token, not one of InfluxDB's."),
        (f"GITHUB_TOKEN={GITHUB}", "This is a GitHub token, not one of InfluxDB's."),
        (f"xoxb-{'1' * 12}-{'a' * 24}", "This is a Slack token, not one of InfluxDB's."),
        (f"AKIA{'A1' * 8}", "This is an AWS access key, not one of InfluxDB's."),
    ],
)
async def test_another_products_secret_is_not_sent(here: World, secret: str, said: str) -> None:
    """InfluxDB must not see it; the answer says what it is, and that nothing was done."""
    asked = len(here.influxdb.journal)
    await opened(here)

    await here.slack.submit(cast.ALICE, {SECRET_FIELD: secret, PLACE_FIELD: PLACE})
    await here.settled()

    view = here.slack.open_view(cast.ALICE)
    assert view is not None
    (told,) = view.errors.values()
    assert told.startswith(f"{said} Nothing of it was sent. Nothing was changed. Revoke it ")
    assert len(here.influxdb.journal) == asked
    assert secret not in contents(here.folder)
