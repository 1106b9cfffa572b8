"""What the command line decides by itself, of commands, their outcomes and their age."""

import sys
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.changes.people import Account, KnownGroup, KnownPerson, Person, Standing
from bot.changes.remembered import by_account, by_groups
from bot.changes.request import ChangeRequest
from bot.changes.states import RequestState, TargetState
from bot.changes.target import Choice
from bot.cli.app import main
from bot.cli.do import escaped, exit_code, without_name
from bot.cli.exit_codes import ExitCode
from bot.cli.starting import Confirming, Go, Stop
from bot.cli.without_slack import what_counts
from bot.commands.grammar import verbatim
from tests.changes.samples import NOON, authorization, change, done

HOURS = timedelta(hours=1)
GROUPS = frozenset({"S0A", "S0B"})
ANNA = Person("U0ANNA", "T0HOME")


def ended(*states: TargetState) -> ChangeRequest:
    """Make a change that is over, with tokens in these states."""
    one = done()
    return replace(one, targets=tuple(replace(one.targets[0], state=each) for each in states))


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        (ended(TargetState.DONE, TargetState.UNCHANGED), ExitCode.DONE),
        (ended(TargetState.DONE, TargetState.FAILED), ExitCode.FAILED),
        (ended(TargetState.REFUSED), ExitCode.FAILED),
        (ended(TargetState.DONE, TargetState.APPLIED), ExitCode.UNKNOWN),
        (ended(TargetState.LOST, TargetState.FAILED), ExitCode.UNKNOWN),
        (change(state=RequestState.DENIED), ExitCode.FAILED),
        (change(state=RequestState.FINISHED, targets=()), ExitCode.FAILED),
        (change(state=RequestState.AWAITING_APPROVAL), ExitCode.UNKNOWN),
    ],
)
def test_exit_codes(request_: ChangeRequest, code: ExitCode) -> None:
    """Done is every token as it was wanted; what nobody can say is neither done nor failed."""
    assert exit_code(request_) is code


@pytest.mark.parametrize(
    ("command", "text"),
    [
        ("/token list", "list"),
        ("  /token  list a ", "list a"),
        ("list /token", "list /token"),
        ("/tokens list", "/tokens list"),
        ("/token", ""),
    ],
)
def test_the_slash_command_may_be_left_out(command: str, text: str) -> None:
    """Its own name alone is taken off, and only in front."""
    assert without_name(command, "/token") == text


@pytest.mark.parametrize("text", ["a & b", "&amp;", "<@U0BOB>", "<https://a.example|b>", "it's"])
def test_a_shell_s_text_is_meant_as_it_stands(text: str) -> None:
    """It has none of Slack's markup, however much it looks like some."""
    assert verbatim(escaped(text)) == text


@pytest.mark.parametrize(
    ("yes", "typed", "decided"),
    [
        (True, None, Go()),
        (False, "Y ", Go()),
        (False, "", Stop("Cancelling.")),
        (False, "no", Stop("Cancelling.")),
    ],
)
def test_what_starts_several(*, yes: bool, typed: str | None, decided: Go | Stop) -> None:
    """A yes, beforehand or typed, and nothing else."""
    confirming = Confirming(lambda _: "", yes=yes)
    asked = change(state=RequestState.PREVIEWED)

    assert (confirming.beforehand(asked) or confirming.answered(asked, typed)) == decided


def test_nobody_says_which_instance_is_meant_by_a_yes() -> None:
    """Where a token was found on two, --yes chooses neither."""
    choices = (Choice("prod", authorization()), Choice("test", authorization()))
    asked = change(state=RequestState.PREVIEWED, choices=choices)

    decided = Confirming(lambda _: "", yes=True).beforehand(asked)

    assert isinstance(decided, Stop)
    assert "--on" in decided.why


def test_the_oldest_word_of_slack_is_its_age() -> None:
    """What Slack tells now has none; what it does not tell is as it told last, never guessed."""
    told = {"S0A": None, "S0B": None, "S0C": frozenset({"U0ANNA"})}
    groups = [KnownGroup("S0A", frozenset({"U0ANNA"}), NOON - 2 * HOURS)]
    standing = by_groups("U0ANNA", told, groups)
    old = Account.GUEST, NOON - 3 * HOURS
    late = Account.MEMBER, NOON - HOURS

    assert standing == Standing(
        groups=frozenset({"S0A", "S0C"}), unreadable=frozenset({"S0B"}), as_of=NOON - 2 * HOURS
    )
    assert by_account(standing, KnownPerson(ANNA, *late)) == replace(
        standing, account=Account.MEMBER
    )
    assert by_account(standing, KnownPerson(ANNA, *old)) == replace(
        standing, account=Account.GUEST, as_of=NOON - 3 * HOURS
    )
    assert by_account(standing, None) == standing
    assert by_groups("U0ANNA", {"S0C": frozenset()}, []) == Standing()


@pytest.mark.parametrize(
    ("ago", "said"),
    [
        (timedelta(seconds=1), "1 second ago"),
        (timedelta(seconds=-5), "0 seconds ago"),
        (timedelta(minutes=119), "119 minutes ago"),
        (timedelta(hours=47), "47 hours ago"),
        (timedelta(days=9), "9 days ago"),
    ],
)
def test_how_old_it_is(ago: timedelta, said: str) -> None:
    """It is said in a unit of which there are several."""
    assert said in what_counts(Standing(as_of=NOON - ago), NOON, slack_answers=False)


@pytest.mark.parametrize("slack_answers", [True, False])
def test_what_was_never_told(*, slack_answers: bool) -> None:
    """Groups of which nothing is stored are named."""
    standing = Standing(as_of=NOON, unreadable=frozenset({"S0B"}))

    told = what_counts(standing, NOON, slack_answers=slack_answers)

    assert told.endswith("It never told who is in S0B, so nobody has a role by that.")


def test_where_nothing_is_stored() -> None:
    """A silent Slack is told of; where it answers, nothing is as it told last."""
    standing = Standing(unreadable=GROUPS)

    assert what_counts(standing, NOON, slack_answers=False).endswith(
        "Only people who are listed by their own ids are known."
    )
    assert what_counts(standing, NOON, slack_answers=True) == ""


def test_a_command_without_quotes(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Who forgets the quotes is told of them, and that nothing was changed."""
    monkeypatch.setattr(
        sys, "argv", ["token-bot", "do", *["/token", "disable", "X", "--as", "U0ALICE"]]
    )

    assert main() == ExitCode.USAGE
    told = capsys.readouterr().err
    assert 'in quotes: token-bot do "/token disable ID" --as U0ALICE. Nothing was changed.' in told
    assert "disable X" not in told


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["/token list"], "--as is missing, the Slack user in whose name it is done: "),
        (["/token list", "--as", "alice"], "--as is no id of a Slack user. Nothing was changed."),
    ],
)
def test_in_whose_name(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    said: str,
) -> None:
    """Nobody, or no id: which of both is said, once, and that nothing was changed."""
    monkeypatch.setattr(sys, "argv", ["token-bot", "do", *arguments])

    assert main() == ExitCode.USAGE
    told = capsys.readouterr().err
    assert told.startswith(said)
    assert told.count("Slack user") == 1
    assert "Nothing was changed." in told
