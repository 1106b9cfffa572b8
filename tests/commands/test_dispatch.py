"""From a command's text to its answer, with the real parts."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.changes.errors import ErrorCode, RepeatedDeliveryError, UserError
from bot.changes.judgement import Proceed, Refuse
from bot.changes.people import Person
from bot.changes.queries import History, Preview, TokenDetails, TokenPage
from bot.commands.answers import Accepted, Answer, Help, Later, Notice
from tests.changes.samples import BOB
from tests.changes.test_secret import MINTED
from tests.commands.desk import BACKUP, EDGE_42, Desk, desk

VISITOR = Person("U0ALICE", "T0OTHER")


@pytest.mark.parametrize("text", ["", "  ", "\u200b", "-h", "--help", "—help", "--HELP", "help"])
async def test_help(here: Desk, text: str) -> None:
    """No text at all, a flag or the word list every subcommand."""
    answer = await here.say(text)

    assert isinstance(answer, Help)
    usages = [line.usage for _, lines in answer.groups for line in lines]
    assert len(usages) == 11
    assert "/token greet [NAME] [--loud]" in usages


@pytest.mark.parametrize(
    "text",
    [
        "help disable",
        "help REVOKE",
        "disable --help",
        "disable -h",
        "revoke —help",
        f"disable {EDGE_42} --reason x -h",
    ],
)
async def test_help_of_one(here: Desk, text: str) -> None:
    """Asked for by name, alias or flag, wherever the flag stands; nothing is stored."""
    answer = await here.say(text)

    assert isinstance(answer, Help)
    ((_, (line,)),) = answer.groups
    assert line.usage.startswith("/token disable ID")
    assert await here.events() == []


async def test_help_of_what_takes_text_verbatim(here: Desk) -> None:
    """A flag in the place of the id asks for help; in the text it is text."""
    answer = await here.say("describe --help")
    change = await here.accepted(f"describe {EDGE_42} --help")

    assert isinstance(answer, Help)
    assert change.request.targets[0].update.description == "--help"


async def test_a_flag_in_quotes_is_text(here: Desk) -> None:
    """Quotes make a word of anything."""
    change = await here.accepted(f'disable {EDGE_42} --reason "-h"')

    assert change.request.reason == "-h"


async def test_reading(here: Desk) -> None:
    """What reads gives what it read, from the instance and from the record."""
    page = await here.read("list EDGE")
    details = await here.read(f"show `{EDGE_42.upper()}`")
    history = await here.say(f"history {EDGE_42}")
    mine = await here.say("history <@U0ALICE|alice>")
    roles = await here.say("whoami")

    assert isinstance(page, TokenPage)
    assert [(each.instance, each.token.id) for each in page.tokens] == [("default", EDGE_42)]
    assert isinstance(details, TokenDetails)
    assert details.token.id == EDGE_42
    assert isinstance(history, History)
    assert history.authorization_id == EDGE_42
    assert isinstance(mine, History)
    assert mine.actor == "U0ALICE"
    assert isinstance(roles, Notice)
    assert roles.title == "Your roles: viewer, operator, approver"


async def test_changes_are_stored_with_what_was_typed(here: Desk) -> None:
    """Target, update and reason arrive as they were meant; the record says accepted."""
    disabled = await here.accepted(f"revoke <{EDGE_42}> —reason “pasted in a gist”")
    enabled = await here.accepted(f"enable {BACKUP} --describe CI")
    described = await here.accepted(f'rename {BACKUP} the "payload" — it\'s fine')

    requests = [disabled.request, enabled.request, described.request]
    assert [
        (t.authorization_id, t.update.status, t.update.description, r.reason)
        for r in requests
        for t in r.targets
    ] == [
        (EDGE_42, "inactive", None, "pasted in a gist"),
        (BACKUP, "active", "CI", ""),
        (BACKUP, None, 'the "payload" — it\'s fine', ""),
    ]
    assert [event.tag.value for event in await here.events()] == ["request.accepted"] * 3
    async with here.store.reading() as reading:
        assert [await reading.request(r.id) for r in requests] == requests


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        (f"disable {EDGE_42} --dry-run", Proceed),
        (f"enable {EDGE_42} --dry-run --describe new", Proceed),
    ],
)
async def test_a_dry_run_stores_nothing(here: Desk, text: str, verdict: type) -> None:
    """It says what would happen."""
    preview = await here.read(text)

    assert isinstance(preview, Preview)
    assert isinstance(preview.verdict, verdict)
    assert await here.events() == []


async def test_read_only_refuses_changes_alone(tmp_path: Path) -> None:
    """Changes are denied and recorded; reading and previews go on, and the preview says it."""
    async with desk(tmp_path, read_only=True) as here:
        error = await here.refused(f"disable {EDGE_42}")
        page = await here.read("list")
        preview = await here.read(f"disable {EDGE_42} --dry-run")
        tags = [event.tag.value for event in await here.events()]

    assert error.message == (
        "Not allowed: changes are stopped: READ_ONLY is set. Nothing was changed."
    )
    assert isinstance(page, TokenPage)
    assert isinstance(preview, Preview)
    assert isinstance(preview.verdict, Refuse)
    assert tags == ["request.denied"]


async def test_a_further_subcommand_is_like_the_others(here: Desk) -> None:
    """Handing one in is enough: it is dispatched, by its alias too, with its own grammar."""
    answers = [await here.say(text) for text in ("greet", "HELLO “the world” --loud")]
    error = await here.refused("greet --lout")

    assert answers == [Notice("Hello you, says U0ALICE"), Notice("HELLO THE WORLD, SAYS U0ALICE")]
    assert error.message == "There is no option --lout. Did you mean --loud?"
    assert error.hint == "Usage: /token greet [NAME] [--loud]"


@pytest.mark.parametrize("text", ["list", "whoami", f"disable {EDGE_42}", f"disable {MINTED}"])
async def test_a_repeated_delivery_has_no_effect(here: Desk, text: str) -> None:
    """The same signed request is taken once, whether it reads, changes or is refused."""
    ask = here.ask()
    with suppress(UserError):
        await here.dispatcher.typed(ask, text)
    before = await here.events()

    with pytest.raises(RepeatedDeliveryError):
        await here.dispatcher.typed(ask, text)

    assert await here.events() == before


async def test_a_button_is_the_same_as_typing(here: Desk) -> None:
    """Names and values of buttons are judged as commands are, and are never options."""
    shown = await here.dispatcher.pressed(here.ask(), "show", [EDGE_42], "default")
    disabled = await here.dispatcher.pressed(here.ask(), "disable", [EDGE_42], "default")
    with pytest.raises(UserError) as denied:
        await here.dispatcher.pressed(here.ask(BOB), "disable", [EDGE_42], "default")
    with pytest.raises(UserError) as odd:
        await here.dispatcher.pressed(here.ask(), "disable", ["--dry-run"], "default")
    with pytest.raises(UserError) as elsewhere:
        await here.dispatcher.pressed(here.ask(), "disable", [EDGE_42], "gone")

    assert isinstance(shown, Later)
    assert isinstance(disabled, Accepted)
    assert denied.value.problem.code is ErrorCode.NOT_ALLOWED
    assert "“--dry-run” is not an authorization's id" in odd.value.problem.message
    assert elsewhere.value.problem.code is ErrorCode.INSTANCE_UNKNOWN


async def test_a_forgotten_list_cannot_be_turned(here: Desk) -> None:
    """The button of an old list says so, and how to ask anew."""
    with pytest.raises(UserError) as raised:
        await here.dispatcher.page(here.ask(), "forgotten")

    assert raised.value.problem.code is ErrorCode.STALE_BUTTON
    assert raised.value.problem.hint == "Ask again: /token list."


COMMANDS = st.builds(
    lambda *parts: " ".join(parts),
    st.sampled_from(["", "disable", "enable", "describe", "list", "show", "undo", "history"])
    | st.sampled_from(["help", "whoami", "greet", "RENAME", "—help", '"list"', EDGE_42]),
    st.sampled_from(["", EDGE_42, f"`{EDGE_42}`", "<@U0ALICE|alice>", "7F3K2Q", "edge", "“"]),
    st.sampled_from(["", "--reason", "--dry-run", "--describe=", "--status", "--user", "-x", "--"]),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],  # every delivery is a new one
    deadline=None,
    max_examples=200,
)
@given(text=COMMANDS | st.text(max_size=80))
@example(text="describe 0e840d0499003003 \x00\x00")
@example(text="list --status= \x00")
async def test_any_text_is_answered(here: Desk, text: str) -> None:
    """Whatever is typed, there is an answer or an error that says what is wrong."""
    try:
        answer: Answer = await here.say(text)
        if isinstance(answer, Later):
            answer = await answer.read()
    except UserError as error:
        answer = Notice(error.problem.message)

    assert answer not in (None, Notice(""))
