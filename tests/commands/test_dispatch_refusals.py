"""What is refused: what cannot be read, what is secret, and what strangers ask for."""

import pytest

from bot.changes.errors import ErrorCode, UserError
from bot.changes.people import Person
from bot.commands.answers import Help, Later, Notice
from tests.changes.minted import DASHED, MINTED
from tests.changes.samples import BOB
from tests.commands.desk import BACKUP, EDGE_42, Desk

VISITOR = Person("U0ALICE", "T0OTHER")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("disabel", "/token has no “disabel”. Nothing was changed."),
        ('"disable', 'The quote " is not closed. Nothing was changed.'),
        ("disable", "ID or --user NAME is missing. Nothing was changed."),
        ("disable edge-42", "such as 0d0d0d0d0d0d0003. Nothing was changed."),
        ("enable", "ID or --user NAME is missing. Nothing was changed."),
        ("disable --reason leaked", "ID or --user NAME is missing. Nothing was changed."),
        (f"disable {EDGE_42} --user ci", "or a user with --user, not both. Nothing was changed."),
        ("disable --user ci --on prod", "no InfluxDB instance prod here. Nothing was changed."),
        (
            f"disable {EDGE_42} --for soon",
            "1m to 30d, such as 30m, 2h or 1d, not “soon”. Nothing was changed.",
        ),
        (f"disable {EDGE_42} --for 9999999h", "2h or 1d, not “9999999h”. Nothing was changed."),
        (f"disable {EDGE_42} --for 59s", "1m to 30d, not “59s”. Nothing was changed."),
        (f"disable {EDGE_42} --for 31d", "1m to 30d, not “31d”. Nothing was changed."),
        (f"describe --on prod {EDGE_42} x", "instance prod here. Nothing was changed."),
        (
            f"show {EDGE_42} --on prod",
            "There is no InfluxDB instance prod here. Nothing was changed.",
        ),
        (f"describe {EDGE_42}", "TEXT is missing. Nothing was changed."),
        (f"describe {EDGE_42} \x00\u200b", "holds nothing that can be shown. Nothing was changed."),
        (f"describe {EDGE_42} \x00", "holds nothing that can be shown. Nothing was changed."),
        ("describe edge-42 x", "such as 0d0d0d0d0d0d0003. Nothing was changed."),
        ("undo nonsense!", "such as 7F3K2Q. Nothing was changed."),
        ("undo 7F3K2Q", "There is no change 7F3K2Q. Nothing was changed."),
        ("show", "ID is missing. Nothing was changed."),
        ("show edge-42", "such as 0d0d0d0d0d0d0003. Nothing was changed."),
        ("whoami --foo", "There is no option --foo. Nothing was changed."),
        ("list --status foo", "--status takes active or inactive, not “foo”. Nothing was changed."),
        ('list "edge', 'The quote " is not closed. Nothing was changed.'),
        ("history ZZZZZZ", "There is no change ZZZZZZ. Nothing was changed."),
        ("history edge-42", "such as 0d0d0d0d0d0d0003. Nothing was changed."),
        ("history @bob", "Slack did not say who “@bob” is. Nothing was changed."),
        ("help nonsense", "/token has no “nonsense”. Nothing was changed."),
    ],
)
async def test_what_cannot_be_read_says_whether_anything_was_changed(
    here: Desk, text: str, message: str
) -> None:
    """Each of them says that nothing was changed, whether a change was meant or not."""
    error = await here.refused(text)

    assert error.message.endswith(message)


NO_ID = "is not an authorization's id: that has 16 hexadecimal digits, such as 0d0d0d0d0d0d0003."


@pytest.mark.parametrize(
    ("text", "extra"),
    [
        (f"enable {EDGE_42} please", "please"),
        (f"disable {EDGE_42} pasted in a gist", "pasted"),
        (f"disable {EDGE_42} {BACKUP} pasted in a gist", "pasted"),
        (f"disable {EDGE_42} pasted in {BACKUP}", "pasted"),
        (f"disable {EDGE_42} {'x' * 100}", f"{'x' * 39}…"),
        (f'disable {EDGE_42} "--dry-run"', "--dry-run"),
        (f'disable {EDGE_42} --reason "stop" he said', "he"),
        (f"disable {EDGE_42} {BACKUP[:-1]}", BACKUP[:-1]),
    ],
)
async def test_words_after_an_id_are_no_ids(here: Desk, text: str, extra: str) -> None:
    """Nothing is disabled by half of what was typed; and how a reason is written is said."""
    error = await here.refused(text)

    assert (error.code, error.message, error.hint) == (
        ErrorCode.USAGE,
        f"“{extra}” {NO_ID} Nothing was changed.",
        "Find the id with list and a word of the description. For a reason write --reason TEXT.",
    )
    assert await here.events() == []


@pytest.mark.parametrize("command", ["show", "disable", "enable", "history"])
@pytest.mark.parametrize("part", [EDGE_42[:13], EDGE_42[:7], f"{EDGE_42}0"])
async def test_a_part_of_an_id_suggests_the_whole_one(here: Desk, command: str, part: str) -> None:
    """Nothing is done by it; which tokens it may be is looked up, as for an id of full length."""
    answer = await here.say(f"{command} {part}")
    assert isinstance(answer, Later)

    with pytest.raises(UserError) as raised:
        await answer.read()

    assert raised.value.problem.message == f"“{part}” {NO_ID} Nothing was changed."
    assert raised.value.problem.hint == f"Did you mean {EDGE_42} (telegraf on edge-42)?"
    assert await here.events() == []


@pytest.mark.parametrize("text", ["disable", "enable --reason x", "disable --for soon"])
async def test_how_it_is_written_is_said_where_the_error_says_nothing_else(
    here: Desk, text: str
) -> None:
    """The hint is the usage of what was asked for."""
    error = await here.refused(text)

    assert error.hint.startswith(f"Usage: /token {text.split(maxsplit=1)[0]} ID…")


async def test_a_users_tokens_are_of_one_instance(two: Desk) -> None:
    """Names are given out by each instance for itself, so it has to be said which one is meant."""
    error = await two.refused("disable --user ci")

    assert error.message == (
        "--user needs --on INSTANCE, since there are several instances. Nothing was changed."
    )


@pytest.mark.parametrize(("length", "fits"), [(2_000, True), (2_001, False), (20_000, False)])
async def test_too_long_a_text_is_refused(here: Desk, *, length: int, fits: bool) -> None:
    """2,000 characters are the most; the error says how many there were."""
    text = f"describe {EDGE_42} "
    text += ("long text " * length)[: length - len(text) - 1] + "."

    if fits:
        await here.accepted(text)
    else:
        error = await here.refused(text)
        assert error.message == (
            f"That is too long: {length:,} characters, and 2,000 are the most. Nothing was changed."
        )


@pytest.mark.parametrize("secret", [MINTED, DASHED, "xoxb-" + "123456789012-AbCdEfGhIjKl"])
@pytest.mark.parametrize(
    "text",
    [
        "{}",
        "disable {}",
        "list {}",
        "show {}",
        "history {}",
        "undo {}",
        "help {}",
        "{} disable",
        f"disable {EDGE_42} --reason {{}}",
        f"disable {EDGE_42} --reason “leaked: {{}}”",
        f"enable {EDGE_42} --describe {{}}",
        f"describe {EDGE_42} `{{}}` of edge",
        "frobnicate <https://example.com/?t={}>",
        "list %2D{}%3D",
    ],
)
async def test_a_secret_is_refused_and_not_kept(here: Desk, text: str, secret: str) -> None:
    """Wherever it stands: refused and recorded as such, and no part of it is in the database."""
    error = await here.refused(text.format(secret))

    assert error.code is ErrorCode.LOOKS_LIKE_SECRET
    assert "Nothing was stored, and nothing was changed." in error.message
    (event,) = await here.events()
    assert (event.tag.value, dict(event.detail)) == (
        "request.refused",
        {"asked": "command text", "code": "looks_like_secret"},
    )
    kept = b"".join(file.read_bytes() for file in here.file.parent.glob("desk.db*"))
    pieces = [secret[i : i + 12].encode() for i in range(0, len(secret) - 11, 4)]
    assert [piece for piece in pieces if piece in kept] == []
    assert [piece for piece in pieces if piece.decode() in str(error)] == []


@pytest.mark.parametrize(
    "text",
    [
        "list",
        f"show {EDGE_42}",
        f"disable {EDGE_42}",
        f"disable {EDGE_42} --dry-run",
        f"enable {EDGE_42}",
        f"describe {EDGE_42} x",
        "undo",
        "history",
        "disable",
        "disable --help",
    ],
)
@pytest.mark.parametrize(
    ("person", "rule"),
    [
        (BOB, "you are not in ALLOWED_USERS"),
        (VISITOR, "you belong to another Slack workspace than this bot"),
    ],
)
async def test_strangers_are_denied_and_recorded(
    here: Desk, text: str, person: Person, rule: str
) -> None:
    """Whatever takes a role is denied before it is read any further, with the rule."""
    error = await here.refused(text, person)

    assert error.code is ErrorCode.NOT_ALLOWED
    assert error.message == f"Not allowed: {rule}. Nothing was changed."
    (event,) = await here.events()
    assert (event.tag.value, event.actor, event.detail["rule"]) == (
        "request.denied",
        person.user_id,
        rule,
    )


async def test_anyone_may_ask_who_they_are(here: Desk) -> None:
    """Whoami and help take no role, but the workspace."""
    answer = await here.say("whoami", BOB)
    helped = await here.say("help", BOB)
    error = await here.refused("whoami", VISITOR)

    assert isinstance(answer, Notice)
    assert (answer.title, answer.lines[0]) == (
        "Your roles: none",
        "Rule: you are not listed, nor in a user group that is.",
    )
    assert isinstance(helped, Help)
    assert error.code is ErrorCode.NOT_ALLOWED
