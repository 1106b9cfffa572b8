"""What is noted of a leaked secret, and what follows from it for other changes."""

from dataclasses import replace
from datetime import timedelta

import pytest
from pydantic import SecretStr
from syrupy.assertion import SnapshotAssertion

from bot.changes.coming_back import (
    coming_back,
    inactive_and_leaked,
    nothing_else_comes_back,
    unnamed_and_inactive,
)
from bot.changes.leak_report import ComingBack, Lapse, LeakReport, LeakTold
from bot.changes.leaked import disabled, leaked, may_have_leaked
from bot.changes.order_of_tries import keys_of, short_word_for, word_for
from bot.changes.probe import ProbeVerdict
from bot.changes.request import ChangeRequest, Timer
from bot.changes.secret_in_words import secret_in_words, treat_as_leaked
from bot.changes.states import TargetState
from bot.changes.target import Target
from bot.changes.vault import Vault
from tests.changes.leak_samples import candidate, case, looked, said, tried
from tests.changes.samples import NOON, active_again, authorization, change, done

S, V = TargetState, ProbeVerdict
HOUR = timedelta(hours=1)
HIDDEN = LeakReport(looked=(looked(),))
NAMED = LeakReport(looked=(looked(matched=1),))
PENDING = candidate(2)
DISABLED = candidate(1, S.DONE)


@pytest.mark.parametrize(
    ("report", "target", "is_it", "may_be"),
    [
        pytest.param(None, DISABLED, False, False, id="nothing was reported"),
        pytest.param(NAMED, DISABLED, True, True, id="the instance has named it"),
        pytest.param(
            replace(NAMED, attempts=(tried(DISABLED, V.LIVE),)),
            DISABLED,
            True,
            True,
            id="the instance has named it though the secret lives",
        ),
        pytest.param(HIDDEN, DISABLED, False, True, id="the secret is not tried yet"),
        pytest.param(
            replace(HIDDEN, attempts=(tried(DISABLED, V.INACTIVE),)),
            DISABLED,
            True,
            True,
            id="the secret was refused after it",
        ),
        pytest.param(
            replace(HIDDEN, attempts=(tried(DISABLED, V.NOT_PROVEN),)),
            DISABLED,
            False,
            True,
            id="nobody could tell",
        ),
        pytest.param(
            replace(HIDDEN, attempts=(tried(DISABLED, V.LIVE),)),
            DISABLED,
            False,
            False,
            id="the secret outlived it",
        ),
    ],
)
def test_which_token_has_leaked(
    report: LeakReport | None, target: Target, *, is_it: bool, may_be: bool
) -> None:
    """What the server names, or the secret proves; what neither clears may have leaked."""
    request = change(target, leak=report)

    assert leaked(request) == ((target,) if is_it else ())
    assert may_have_leaked(request, target) is may_be


def test_what_a_report_has_disabled() -> None:
    """What was so already was not disabled by it, though it is the leaked one."""
    targets = [candidate(n, state) for n, state in enumerate((S.DONE, S.APPLIED, S.UNCHANGED))]

    assert disabled(case(*targets, report=NAMED)) == tuple(targets[:2])


def test_the_leaked_tokens_that_are_inactive() -> None:
    """By instance: what was disabled, and what was found so."""
    targets = [
        candidate(1, S.DONE),
        candidate(2, S.UNCHANGED),
        candidate(3, S.FAILED),
        candidate(4, S.APPLIED, "lab"),
    ]
    report = LeakReport(looked=(looked(matched=1), looked("lab", matched=1)))

    assert inactive_and_leaked(case(*targets, report=report)) == {
        "default": [targets[0].authorization_id, targets[1].authorization_id],
        "lab": [targets[3].authorization_id],
    }


def test_where_an_inactive_token_is_not_named() -> None:
    """Such an instance refuses the secret as inactive, from the first or later, and proves none."""
    inactive = said(V.INACTIVE, user_id="0c0c0c0c0c0c0002")
    report = LeakReport(
        looked=(
            looked("from the first", before=inactive),
            looked("named", matched=1, before=inactive),
            looked("later"),
            looked("live"),
            looked("proven", before=inactive),
            looked("gone since"),
        ),
        lapses=(Lapse("later", said(V.INACTIVE)), Lapse("gone since", said(V.UNKNOWN_TOKEN))),
        attempts=(tried(candidate(1, instance="proven"), V.INACTIVE),),
    )

    assert unnamed_and_inactive(report) == {"from the first": "0c0c0c0c0c0c0002", "later": None}


def timed(number: int, **fields: object) -> ChangeRequest:
    """Make a disable of one token that ends by itself in an hour, but for what is given."""
    usual = change(candidate(number, S.DONE), id=f"TIMER{number}", timer=Timer(HOUR, NOON + HOUR))
    return replace(usual, **fields)  # type: ignore[arg-type]


def test_what_is_to_be_enabled_again_by_itself() -> None:
    """By the timers that run on one instance; of some tokens or of one owner, where asked."""
    bobs = replace(candidate(3, S.DONE), before=None, after=authorization(user_id="bob's"))
    unread = replace(candidate(4, S.DONE), before=None, after=None)
    timers = [
        timed(1),
        timed(2),
        timed(3, targets=(bobs,)),
        timed(4, targets=(unread,)),
        timed(5, timer=Timer(HOUR)),
        timed(6, timer=None),
        timed(7, targets=(candidate(7, S.DONE, "lab"),)),
        timed(8, targets=(candidate(8, S.FAILED),)),
    ]

    def comes(**of: object) -> list[str]:
        return [e.change_id for e in coming_back(timers, "default", **of)]  # type: ignore[arg-type]

    assert comes() == ["TIMER1", "TIMER2", "TIMER3", "TIMER4"]
    assert comes(ids=[candidate(2).authorization_id]) == ["TIMER2"]
    assert comes(ids=[]) == []
    assert comes(owner="bob's") == ["TIMER3", "TIMER4"]
    assert coming_back(timers, "lab") == (
        ComingBack("lab", candidate(7).authorization_id, "telegraf 7", "TIMER7", NOON + HOUR),
    )
    assert [each.description for each in coming_back(timers[3:4], "default")] == [""]


def test_a_timer_of_which_nothing_is_left() -> None:
    """What others have set active, and what stays disabled, is not enabled by it."""
    kept = coming_back([timed(1)], "default")
    both = timed(1, targets=(candidate(1, S.DONE), candidate(2, S.DONE)))

    assert nothing_else_comes_back(timed(1), kept)
    assert not nothing_else_comes_back(both, kept)
    assert not nothing_else_comes_back(timed(1), [])
    assert nothing_else_comes_back(active_again(), [])
    assert not nothing_else_comes_back(done(), [])


FIRST, SECOND, TWIN = candidate(1), candidate(2), candidate(1, instance="lab")


def test_tokens_are_named_with_their_instance_where_there_are_several() -> None:
    """An id alone will do as long as nothing else can be meant."""
    assert word_for(FIRST) == "default:0d0d0d0d0d0d0001"
    assert short_word_for(FIRST, [FIRST, SECOND]) == "0d0d0d0d0d0d0001"
    assert short_word_for(SECOND, [FIRST, SECOND, TWIN]) == "default:0d0d0d0d0d0d0002"


@pytest.mark.parametrize(
    ("words", "keys"),
    [
        (("0d0d0d0d0d0d0002", "lab:0d0d0d0d0d0d0001"), (SECOND.key, TWIN.key)),
        (("0d0d0d0d0d0d0002", "default:0d0d0d0d0d0d0002"), (SECOND.key,)),
        (("0d0d0d0d0d0d0002", "0d0d0d0d0d0d0001"), None),
        (("0d0d0d0d0d0d0009",), None),
        ((), ()),
    ],
)
def test_words_name_tokens(
    words: tuple[str, ...], keys: tuple[tuple[str, str], ...] | None
) -> None:
    """In their order, each once; where a word names none, or two, nothing is named."""
    assert keys_of(words, [FIRST, SECOND, TWIN]) == keys


def test_a_later_answer_takes_the_place_of_an_earlier_one() -> None:
    """Of the same token on the same instance; whatever else was tried stays."""
    first, other = tried(FIRST, V.NOT_PROVEN), tried(SECOND, V.LIVE)
    again, twin = tried(FIRST, V.INACTIVE), tried(TWIN, V.LIVE)
    report = LeakReport(found_in="a gist").with_attempt(first).with_attempt(other)

    assert report.attempts == (first, other)
    assert report.with_attempt(again).attempts == (other, again)
    assert report.with_attempt(twin).attempts == (first, other, twin)
    assert report.with_attempt(twin).found_in == "a gist"


def test_two_who_tell_at_the_same_time_have_told_it_all() -> None:
    """The thread is as far as the further of them, and nobody counts twice."""
    one = LeakTold(3, ("U0ALICE", "U0BOB"), (("U0CAROL", "cannot_dm_bot"),), ("U0ALICE",))
    other = LeakTold(
        7,
        ("U0BOB", "U0DAVE"),
        (("U0CAROL", "cannot_dm_bot"), ("U0EVE", "gone")),
        ("U0ALICE", "U0DAVE"),
    )

    assert one.joined_with(other) == LeakTold(
        7,
        ("U0ALICE", "U0BOB", "U0DAVE"),
        (("U0CAROL", "cannot_dm_bot"), ("U0EVE", "gone")),
        ("U0ALICE", "U0DAVE"),
    )
    assert other.joined_with(one).up_to == 7


MINTED = "xJ4n0_1n7XqWl0Zb2o5eDq8TyJm3vRcK9sUaP6hGfYtLwBdQkEiMzNxVj1C2r3S4u5A6p7H8g9F0yOeWbXcZ=="


@pytest.mark.parametrize(
    ("words", "secret"),
    [
        ("found in a gist", None),
        ("found in a gist", "hunter2"),
        (f"it is {MINTED}", None),
        ("it was hunter2 all along", "hunter2"),
        ("https://example.com/?q=hunter%212", "hunter!2"),
    ],
)
def test_words_that_hold_a_secret_are_not_stored(
    words: str, secret: str | None, snapshot: SnapshotAssertion
) -> None:
    """What looks like one, and the reported one itself, however short it is."""
    given = None if secret is None else SecretStr(secret)

    assert secret_in_words("reason", words, given) == snapshot


def test_what_to_do_about_a_secret_that_was_typed() -> None:
    """Whatever the surface calls the way to it."""
    assert treat_as_leaked("/token leak") == (
        "Slack has seen it, so treat it as leaked: /token leak finds its token, disables it, and "
        "proves it dead."
    )


def test_a_vault_holds_secrets_as_long_as_their_cases_last() -> None:
    """Others wait for a process that has ever held one."""
    vault = Vault("keeper 1")
    assert (vault.keeper, vault.used, bool(vault), vault.held) == ("keeper 1", False, False, ())

    vault.put("7F3K2Q", SecretStr("hunter2"))
    vault.put("8G4L3R", SecretStr("hunter3"))
    vault.forget("7F3K2Q")
    vault.forget("7F3K2Q")

    assert (vault.used, bool(vault), vault.held) == (True, True, ("8G4L3R",))
    assert vault.get("8G4L3R") == SecretStr("hunter3")
    assert vault.get("7F3K2Q") is None
