"""What is found, read and left out before anybody confirms or agrees."""

from dataclasses import replace

import pytest

from bot.changes.authorization import Authorization, Status
from bot.changes.errors import (
    BotError,
    ErrorCode,
    OrphanError,
    Problem,
    UpstreamError,
)
from bot.changes.lockout import OwnToken
from bot.changes.ports import Filter
from bot.changes.preparation import Preparation
from bot.changes.request import ChangeRequest
from bot.changes.states import TargetState
from bot.changes.target import Choice, Selection, Target
from bot.changes.update import AuthorizationUpdate
from bot.changes.weighing import Weighing
from tests.changes.conftest import TOKENS
from tests.changes.samples import DISABLE, NOON, OPERATOR, authorization, change
from tests.changes.workshop import DOWN, InMemoryAuthorizations, Workshop

MISSING = "0d0d0d0d0d0d0009"
ORPHAN = OrphanError(Problem(ErrorCode.ORPHAN, "Its owner is gone."))


def preparation(here: Workshop) -> Preparation:
    """Put the part together that is tested here."""
    return Preparation(here.instances, Weighing(here.store), lambda: NOON)


def named(*ids: str, instance: str = "default") -> ChangeRequest:
    """Make a request that names tokens."""
    return change(targets=tuple(Target(instance, each, DISABLE) for each in ids))


def selecting(user: str, instance: str = "default") -> ChangeRequest:
    """Make a request for all active tokens of a user."""
    return change(targets=(), selection=Selection(instance, user, DISABLE))


def outcomes(request: ChangeRequest) -> list[tuple[str, str, str | None]]:
    """Give each target's instance, state and what is wrong with it."""
    return [
        (t.instance, t.state.value, None if t.problem is None else t.problem.code.value)
        for t in request.targets
    ]


async def test_what_is_there_is_read(here: Workshop) -> None:
    """Each as it is now; nothing is sent."""
    prepared = await preparation(here).prepare(named(TOKENS[0].id, TOKENS[1].id), last_try=True)

    assert prepared.prepared
    assert prepared.targets == tuple(
        Target("default", each.id, DISABLE, before=each) for each in TOKENS[:2]
    )
    assert here.default.sent == []


async def test_what_cannot_be_changed_anyway_is_left_out(here: Workshop) -> None:
    """Each with its reason, and with what was read of it; the others stay."""
    own = authorization(id="0d0d0d0d0d0d00aa", own=True)
    operator = authorization(id="0d0d0d0d0d0d00bb", permissions=OPERATOR)
    inactive = authorization(id="0d0d0d0d0d0d00cc", status=Status.INACTIVE)
    here.default.tokens |= {each.id: each for each in (own, operator, inactive)}
    here.default.troubles = {"0d0d0d0d0d0d00dd": ORPHAN, "0d0d0d0d0d0d00ee": DOWN}
    ids = [own.id, operator.id, inactive.id, "0d0d0d0d0d0d00dd", "0d0d0d0d0d0d00ee", MISSING]

    prepared = await preparation(here).prepare(named(*ids, TOKENS[0].id), last_try=True)

    assert outcomes(prepared) == [
        ("default", "refused", "own_token"),
        ("default", "refused", "last_operator"),
        ("default", "unchanged", None),
        ("default", "refused", "orphan"),
        ("default", "failed", "instance_unavailable"),
        ("default", "refused", "authorization_not_found"),
        ("default", "pending", None),
    ]
    assert {
        t.problem.message.endswith("Nothing was changed.")
        for t in prepared.targets
        if t.problem is not None
    } == {True}
    assert [t.before for t in prepared.targets] == [
        own,
        operator,
        inactive,
        None,
        None,
        None,
        TOKENS[0],
    ]
    assert prepared.targets[2].after == inactive
    assert {t.finished_at for t in prepared.targets if t.state.final} == {NOON}


async def test_a_users_tokens_are_looked_up(here: Workshop) -> None:
    """Their active ones, by the exact name, each to be set the same."""
    here.default.tokens |= {
        "0d0d0d0d0d0d00aa": authorization(id="0d0d0d0d0d0d00aa", user="bob"),
        TOKENS[1].id: replace(TOKENS[1], status=Status.INACTIVE),
    }

    prepared = await preparation(here).prepare(selecting("alice"), last_try=True)

    assert [t.authorization_id for t in prepared.targets] == [TOKENS[n].id for n in (0, 2, 3, 4)]
    assert {t.update for t in prepared.targets} == {DISABLE}
    assert outcomes(prepared) == [("default", "pending", None)] * 4
    assert here.default.lists[0] == Filter(user="alice")


class Overgenerous(InMemoryAuthorizations):
    """An instance that ignores what a list is filtered by, as InfluxDB does with some filters."""

    async def list(self, wanted: Filter) -> list[Authorization]:
        """Give everything."""
        del wanted
        return await super().list(Filter())


async def test_a_list_is_filtered_again_on_our_side(here: Workshop) -> None:
    """By the user and by the status; never is acted on what was not asked for."""
    others = (
        authorization(id="0d0d0d0d0d0d00aa", user="Alice"),
        authorization(id="0d0d0d0d0d0d00bb", user="bob"),
        authorization(id="0d0d0d0d0d0d00cc", status=Status.INACTIVE),
    )
    generous = Overgenerous([*others, TOKENS[0]])
    part = Preparation({"default": generous}, Weighing(here.store), lambda: NOON)

    prepared = await part.prepare(selecting("alice"), last_try=True)

    assert [t.authorization_id for t in prepared.targets] == [TOKENS[0].id]


async def test_a_user_without_an_active_token_is_said(here: Workshop) -> None:
    """Nothing is left to confirm."""
    with pytest.raises(BotError) as raised:
        await preparation(here).prepare(selecting("nobody"), last_try=True)

    assert (raised.value.problem.code, raised.value.problem.message) == (
        ErrorCode.NOTHING_SELECTED,
        "nobody has no active token on default that this bot can see. Nothing was changed.",
    )


@pytest.mark.parametrize("instance", ["default", "gone"])
async def test_where_a_user_cannot_be_looked_up_that_is_said(here: Workshop, instance: str) -> None:
    """The instance does not answer, or is not configured any more."""
    here.default.silent = DOWN

    with pytest.raises(BotError) as raised:
        await preparation(here).prepare(selecting("alice", instance), last_try=True)

    assert raised.value.problem.code in {
        ErrorCode.INSTANCE_UNAVAILABLE,
        ErrorCode.INSTANCE_UNKNOWN,
    }


async def test_what_was_looked_up_is_not_looked_up_again(here: Workshop) -> None:
    """A user's new token does not slip in after the preview."""
    first = await preparation(here).prepare(selecting("alice"), last_try=True)
    here.default.tokens["0d0d0d0d0d0d00aa"] = authorization(id="0d0d0d0d0d0d00aa")

    again = await preparation(here).prepare(first, last_try=True)

    assert [t.authorization_id for t in again.targets] == [each.id for each in TOKENS]


@pytest.mark.parametrize(
    ("trouble", "state", "code"),
    [
        (DOWN, "failed", "instance_unavailable"),
        (ORPHAN, "refused", "orphan"),
    ],
)
async def test_one_that_cannot_be_read_is_not_asked_about(
    here: Workshop, trouble: UpstreamError, state: str, code: str
) -> None:
    """A second person would have nothing to look at."""
    here.default.troubles[TOKENS[0].id] = trouble

    prepared = await preparation(here).prepare(named(TOKENS[0].id), last_try=True)

    assert outcomes(prepared) == [("default", state, code)]


async def test_the_id_most_like_a_single_one_is_suggested(here: Workshop) -> None:
    """Of several mistyped ones it would be a page."""
    one = await preparation(here).prepare(named(MISSING), last_try=True)
    several = await preparation(here).prepare(named(MISSING, "0d0d0d0d0d0d0008"), last_try=True)

    hints = [t.problem.hint for r in (one, several) for t in r.targets if t.problem is not None]
    assert hints[0].startswith("Did you mean 0d0d0d0d0d0d0001 (telegraf 1)")
    assert hints[1:] == ["", ""]


async def test_where_operator_tokens_cannot_be_weighed_nothing_is_shown(here: Workshop) -> None:
    """All fail alike, with what the instance said."""
    hidden = authorization(id="0d0d0d0d0d0d00aa", own=None)

    class Mute(InMemoryAuthorizations):
        """An instance that shows tokens' owners and says nothing more."""

        async def own_token(self) -> OwnToken:
            """Say nothing."""
            raise DOWN

    part = Preparation({"default": Mute([hidden, TOKENS[0]])}, Weighing(here.store), lambda: NOON)

    prepared = await part.prepare(named(hidden.id, TOKENS[0].id), last_try=True)

    assert outcomes(prepared) == [("default", "failed", "instance_unavailable")] * 2


async def test_one_instance_needs_no_looking_for(here: Workshop) -> None:
    """What was not named is there, or nowhere."""
    prepared = await preparation(here).prepare(named(TOKENS[0].id, instance=""), last_try=True)

    assert outcomes(prepared) == [("default", "pending", None)]


async def test_each_is_found_on_its_instance(two: Workshop) -> None:
    """And read there; what is on no instance is left out."""
    prepared = await preparation(two).prepare(
        named(TOKENS[2].id, TOKENS[1].id, MISSING, instance=""), last_try=True
    )

    assert outcomes(prepared) == [
        ("lab", "pending", None),
        ("default", "pending", None),
        ("", "refused", "authorization_not_found"),
    ]
    assert [t.before for t in prepared.targets] == [TOKENS[2], TOKENS[1], None]


async def test_one_that_two_instances_have_is_to_be_chosen(two: Workshop) -> None:
    """With what is there on each; nothing is judged before it is known which is meant."""
    prepared = await preparation(two).prepare(named(TOKENS[0].id, instance=""), last_try=True)

    assert prepared.choices == (Choice("default", TOKENS[0]), Choice("lab", TOKENS[0]))
    assert outcomes(prepared) == [("", "pending", None)]


async def test_one_is_to_be_chosen_while_another_instance_is_silent(two: Workshop) -> None:
    """That one may have it as well, and the person is asked."""
    two.instances["lab"].silent = DOWN

    prepared = await preparation(two).prepare(named(TOKENS[1].id, instance=""), last_try=True)

    assert prepared.choices == (Choice("default", TOKENS[1]),)
    assert outcomes(prepared) == [("", "pending", None)]


async def test_of_several_what_is_not_clear_is_left_out(two: Workshop) -> None:
    """No buttons could name what is meant for each."""
    prepared = await preparation(two).prepare(
        named(TOKENS[0].id, TOKENS[1].id, instance=""), last_try=True
    )
    two.instances["lab"].silent = DOWN
    silent = await preparation(two).prepare(
        named(MISSING, TOKENS[1].id, instance=""), last_try=True
    )

    assert outcomes(prepared) == [("", "refused", "ambiguous"), ("default", "pending", None)]
    assert (prepared.choices, silent.choices) == ((), ())
    assert outcomes(silent) == [
        ("", "failed", "instance_unavailable"),
        ("", "failed", "ambiguous"),
    ]


async def test_nothing_is_found_where_nobody_answers(two: Workshop) -> None:
    """It may be tried again."""
    for each in two.instances.values():
        each.silent = DOWN

    prepared = await preparation(two).prepare(named(TOKENS[0].id, instance=""), last_try=True)

    assert outcomes(prepared) == [("", "failed", "instance_unavailable")]


async def test_an_instance_that_is_not_configured_any_more_is_said(two: Workshop) -> None:
    """As for an undo of what was done on it."""
    prepared = await preparation(two).prepare(named(TOKENS[0].id, instance="gone"), last_try=True)

    assert outcomes(prepared) == [("gone", "failed", "instance_unknown")]


async def test_an_undo_is_judged_by_the_record_when_it_is_shown(here: Workshop) -> None:
    """What somebody has changed since is left out of it."""
    after = [replace(each, status=Status.INACTIVE, revision=2) for each in TOKENS[:2]]
    done = tuple(
        Target("default", b.id, DISABLE, TargetState.DONE, b, a, finished_at=NOON)
        for b, a in zip(TOKENS, after, strict=False)
    )
    enable = AuthorizationUpdate(Status.ACTIVE)
    undo = change(
        id="0000AB",
        targets=tuple(Target("default", each.id, enable) for each in after),
        undo_of="7F3K2Q",
    )
    await here.put(change(targets=done), undo)
    here.default.tokens |= {
        after[0].id: after[0],
        after[1].id: replace(after[1], description="new", revision=3),
    }

    prepared = await preparation(here).prepare(undo, last_try=True)

    assert outcomes(prepared) == [
        ("default", "pending", None),
        ("default", "refused", "changed_since"),
    ]
