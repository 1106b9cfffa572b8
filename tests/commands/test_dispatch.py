"""From a command's text to its answer, with the real parts."""

from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.changes.authorization import Status
from bot.changes.decision import Allowed
from bot.changes.errors import BotError, ErrorCode, RepeatedDeliveryError, UserError
from bot.changes.lists import TokenPage
from bot.changes.locating import Whereabouts
from bot.changes.people import Person
from bot.changes.policy import Role
from bot.changes.queries import Preview
from bot.changes.record_queries import History, Pending
from bot.changes.request import Timer
from bot.changes.states import TargetState
from bot.changes.target import Selection, Target
from bot.changes.token_queries import TokenDetails
from bot.changes.update import AuthorizationUpdate
from bot.commands.answers import Accepted, Answer, FormName, FormWanted, Help, Later, Notice
from bot.commands.registry import discover
from bot.commands.subcommand import Call, Group, Subcommand
from tests.changes.minted import MINTED
from tests.changes.samples import BOB
from tests.changes.workshop import DOWN
from tests.commands.desk import BACKUP, EDGE_42, KNOWN, Desk, desk
from tests.commands.greeting import GREET

VISITOR = Person("U0ALICE", "T0OTHER")


@pytest.mark.parametrize("text", ["", "  ", "\u200b", "-h", "--help", "—help", "--HELP", "help"])
async def test_help(here: Desk, text: str) -> None:
    """No text at all, a flag or the word list every subcommand."""
    answer = await here.say(text)

    assert isinstance(answer, Help)
    usages = [line.usage for _, lines in answer.groups for line in lines]
    assert len(usages) == len([*discover(), GREET])
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
    ("text", "update"),
    [
        (f"disable {EDGE_42} --dry-run", AuthorizationUpdate(Status.INACTIVE)),
        (
            f"disable {EDGE_42} --dry-run --describe new",
            AuthorizationUpdate(Status.INACTIVE, "new"),
        ),
        (f"enable {EDGE_42} --dry-run --describe new", AuthorizationUpdate(Status.ACTIVE, "new")),
    ],
)
async def test_a_dry_run_stores_nothing(here: Desk, text: str, update: AuthorizationUpdate) -> None:
    """It says what would happen: what was read, what would be set, and that it is allowed."""
    preview = await here.read(text)

    assert isinstance(preview, Preview)
    assert preview.request.targets == (Target("default", EDGE_42, update, before=KNOWN[0]),)
    assert preview.ruling.decision == Allowed("you are in ALLOWED_USERS")
    assert preview.ruling.stopped is None
    assert await here.events() == []
    assert here.behind.default.sent == []


@pytest.mark.parametrize(
    ("text", "state", "code"),
    [
        (f"enable {EDGE_42} --dry-run", TargetState.UNCHANGED, None),
        (
            "disable 0d0d0d0d0d0d0009 --dry-run",
            TargetState.REFUSED,
            ErrorCode.AUTHORIZATION_NOT_FOUND,
        ),
    ],
)
async def test_a_dry_run_says_what_would_not_be_sent(
    here: Desk, text: str, state: TargetState, code: ErrorCode | None
) -> None:
    """What is so already, and what is not there; each with its reason."""
    preview = await here.read(text)

    assert isinstance(preview, Preview)
    (target,) = preview.request.targets
    assert (target.state, target.problem and target.problem.code) == (state, code)


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
    assert preview.ruling.stopped is not None
    assert preview.ruling.stopped.rule == "changes are stopped: READ_ONLY is set"
    assert tags == ["request.denied"]


@pytest.mark.parametrize(
    "ids", [f"{BACKUP.upper()} `{EDGE_42}` <{BACKUP}>", f"{BACKUP},{EDGE_42}, {BACKUP} ,"]
)
async def test_several_ids_are_one_request(here: Desk, ids: str) -> None:
    """Each once, in the order of typing, however they were pasted."""
    change = await here.accepted(f"disable {ids} --reason leaked")

    update = AuthorizationUpdate(Status.INACTIVE)
    assert change.request.several
    assert change.request.targets == (
        Target("default", BACKUP, update),
        Target("default", EDGE_42, update),
    )
    (event,) = await here.events()
    assert (event.authorization_id, event.detail["tokens"], event.detail["ids"]) == (
        None,
        2,
        [BACKUP, EDGE_42],
    )


async def test_the_same_id_twice_is_one_token(here: Desk) -> None:
    """It needs no Confirm."""
    change = await here.accepted(f"disable {EDGE_42} {EDGE_42.upper()}")

    assert not change.request.several


@pytest.mark.parametrize(("count", "fits"), [(100, True), (101, False)])
async def test_a_hundred_ids_are_the_most(here: Desk, *, count: int, fits: bool) -> None:
    """More do not fit into what Slack sends, nor into what people read."""
    ask = here.ask()
    ids = [f"{n:016x}" for n in range(1, count + 1)]

    if fits:
        answer = await here.dispatcher.pressed(ask, "disable", ids, "default")
        assert isinstance(answer, Accepted)
        assert len(answer.request.targets) == count
    else:
        with pytest.raises(UserError) as raised:
            await here.dispatcher.pressed(ask, "disable", ids, "default")
        assert raised.value.problem.message == (
            "That names 101 tokens, and 100 are the most at once. Nothing was changed."
        )


async def test_a_users_tokens_are_looked_up_later(here: Desk) -> None:
    """No look-up stands between the command and its answer."""
    change = await here.accepted("disable --user ci --reason left --describe gone")

    update = AuthorizationUpdate(Status.INACTIVE, "gone")
    assert change.request.selection == Selection("default", "ci", update)
    assert (change.request.targets, change.request.several) == ((), True)
    assert here.behind.default.lists == []


@pytest.mark.parametrize(
    ("written", "lasts"),
    [
        ("30m", timedelta(minutes=30)),
        ("2h", timedelta(hours=2)),
        ("1d", timedelta(days=1)),
        ("1h30m", timedelta(minutes=90)),
        ("1m", timedelta(minutes=1)),
        ("30d", timedelta(days=30)),
    ],
)
async def test_a_disable_that_ends_by_itself(here: Desk, written: str, lasts: timedelta) -> None:
    """From a minute to thirty days; the timer runs once something was disabled."""
    change = await here.accepted(f"disable {EDGE_42} --for {written}")

    assert change.request.timer == Timer(lasts)


async def test_the_instance_is_named(two: Desk) -> None:
    """With --on, or by the button; else it is left open until the token is found."""
    named = await two.accepted(f"disable {EDGE_42} --on lab")
    described = await two.accepted(f"describe --on default {EDGE_42} new")
    left_open = await two.accepted(f"disable {EDGE_42}")
    pressed = await two.dispatcher.pressed(two.ask(), "enable", [EDGE_42], "lab")
    of_user = await two.accepted("disable --user ci --on lab")

    assert isinstance(pressed, Accepted)
    assert [
        answer.request.targets[0].instance for answer in (named, described, left_open, pressed)
    ] == ["lab", "default", "", "lab"]
    assert of_user.request.selection is not None
    assert of_user.request.selection.instance == "lab"


async def test_a_denied_button_is_found_in_the_history_of_its_token(two: Desk) -> None:
    """The record has the instance that the button named, and the token."""
    with pytest.raises(UserError):
        await two.dispatcher.pressed(two.ask(BOB), "disable", [EDGE_42], "lab")

    (event,) = await two.events()
    assert (event.tag.value, event.instance, event.authorization_id) == (
        "request.denied",
        "lab",
        EDGE_42,
    )


async def test_reading_from_several_instances(two: Desk) -> None:
    """A list is of all or of one; a token that both have is not shown as the first that answers."""
    both = await two.read("list edge")
    one = await two.read("list edge --on lab")
    shown = await two.read(f"show {EDGE_42} --on lab")
    unclear = await two.read(f"show {EDGE_42}")
    clear = await two.read(f"show {BACKUP}")

    assert isinstance(both, TokenPage)
    assert [each.instance for each in both.tokens] == ["default", "lab"]
    assert isinstance(one, TokenPage)
    assert [each.instance for each in one.tokens] == ["lab"]
    assert isinstance(shown, TokenDetails)
    assert shown.instance == "lab"
    assert isinstance(unclear, Whereabouts)
    assert [place.instance for place in unclear.having] == ["default", "lab"]
    assert isinstance(clear, TokenDetails)
    assert clear.instance == "default"


async def test_an_instance_that_is_silent_is_named_in_the_list(two: Desk) -> None:
    """What the others have is shown nevertheless; with all silent, the error is."""
    two.behind.instances["lab"].silent = DOWN
    some = await two.read("list")
    two.behind.instances["default"].silent = DOWN
    answer = await two.say("list")
    assert isinstance(answer, Later)
    with pytest.raises(BotError) as raised:
        await answer.read()

    assert isinstance(some, TokenPage)
    assert (len(some.tokens), some.silent) == (2, (DOWN.problem,))
    assert raised.value.problem == DOWN.problem


async def test_the_history_of_a_change(here: Desk) -> None:
    """By its id, in any case, as its message shows it."""
    change = await here.accepted(f"disable {EDGE_42}")
    await here.accepted(f"describe {EDGE_42} new")

    history = await here.say(f"history {change.request.id.lower()}")

    assert isinstance(history, History)
    assert history.change_id == change.request.id
    assert [link.event.tag.value for link in history.events] == ["request.accepted"]


async def test_what_waits(here: Desk) -> None:
    """Whatever is not over, the oldest first; it asks nobody but the database."""
    first = await here.accepted(f"disable {EDGE_42}")
    second = await here.accepted(f"describe {EDGE_42} new")

    pending = await here.say("pending")

    assert isinstance(pending, Pending)
    assert [each.id for each in pending.requests] == [first.request.id, second.request.id]
    assert not pending.more


async def test_no_more_than_fits_is_pending(here: Desk) -> None:
    """Beyond a dozen, it says that there are more."""
    for _ in range(13):
        await here.accepted(f"disable {EDGE_42}")

    pending = await here.say("pending")

    assert isinstance(pending, Pending)
    assert (len(pending.requests), pending.more) == (12, True)


async def test_a_further_subcommand_is_like_the_others(here: Desk) -> None:
    """Handing one in is enough: it is dispatched, by its alias too, with its own grammar."""
    answers = [await here.say(text) for text in ("greet", "HELLO “the world” --loud")]
    error = await here.refused("greet --lout")

    assert answers == [Notice("Hello you, says U0ALICE"), Notice("HELLO THE WORLD, SAYS U0ALICE")]
    assert error.message == "There is no option --lout. Did you mean --loud? Nothing was changed."
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
    | st.sampled_from(["help", "whoami", "greet", "RENAME", "—help", '"list"', EDGE_42])
    | st.sampled_from(["pending", "describe --on", "disable --user", f"disable {BACKUP}"]),
    st.sampled_from(["", EDGE_42, f"`{EDGE_42}`", "<@U0ALICE|alice>", "7F3K2Q", "edge", "“"]),
    st.sampled_from(["", "--reason", "--dry-run", "--describe=", "--status", "--user", "-x", "--"])
    | st.sampled_from(["--for", "--for 2h", "--on", "--on default", "--for=99999999w"]),
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
    except BotError as error:
        answer = Notice(error.problem.message)

    assert answer not in (None, Notice(""))


async def test_a_command_that_opens_a_form_says_so_before_anybody_is_decided(
    tmp_path: Path,
) -> None:
    """Typed alone; with more behind it, or asked for help, it is decided like any other."""

    async def asks(*, call: Call) -> FormWanted:
        del call
        return FormWanted(FormName.DENY_CHANGE)

    subcommand = Subcommand(
        name="ask",
        usage="ask",
        summary="Ask.",
        group=Group.CHANGE,
        role=Role.OPERATOR,
        run=asks,
        form=FormName.DENY_CHANGE,
    )
    async with desk(tmp_path, subcommand) as here:
        wanted = {
            text: here.dispatcher.form_wanted(text)
            for text in (" ASK ", "ask -h", "ask me", "list", "nonsense", "")
        }

        assert wanted.pop(" ASK ") == FormWanted(FormName.DENY_CHANGE)
        assert set(wanted.values()) == {None}
        assert await here.say("ask") == FormWanted(FormName.DENY_CHANGE)
        denied = await here.refused("ask", VISITOR)
        assert denied.code is ErrorCode.NOT_ALLOWED
