"""Targets are judged one after the other, so that a request never takes the last ones together."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.changes.authorization import Authorization, Status
from bot.changes.errors import ErrorCode, UpstreamError
from bot.changes.judgement import Judgement, NothingToDo, Proceed, Refuse
from bot.changes.lockout import OwnToken
from bot.changes.reading import Readings, read
from bot.changes.request import ChangeRequest
from bot.changes.stages import not_by_itself
from bot.changes.states import RequestState, TargetState
from bot.changes.target import Target
from bot.changes.update import AuthorizationUpdate
from bot.changes.weighing import Weighing
from bot.storage.store import SqlStore
from tests.changes.samples import BOB, DISABLE, OPERATOR, authorization, change, done
from tests.changes.workshop import DOWN, InMemoryAuthorizations, Workshop

ENABLE = AuthorizationUpdate(Status.ACTIVE)


def operator(number: int, **fields: Any) -> Authorization:
    """Make an operator token with an owner of its own."""
    usual = authorization(id=f"{number:016x}", user_id=f"{number + 100:016x}", permissions=OPERATOR)
    return replace(usual, **fields)


def plain(number: int, **fields: Any) -> Authorization:
    """Make a token of somebody that can do little."""
    return authorization(id=f"{number:016x}", **fields)


def request_for(
    tokens: Sequence[Authorization], update: AuthorizationUpdate = DISABLE, **fields: Any
) -> ChangeRequest:
    """Make a request about tokens, in this order."""
    targets = tuple(Target("default", each.id, update) for each in tokens)
    return change(targets=targets, **fields)


async def weigh(
    store: SqlStore, where: InMemoryAuthorizations, request: ChangeRequest, **more: Any
) -> Mapping[str, Judgement]:
    """Read a request's targets and judge them."""
    readings = await read(where, [target.authorization_id for target in request.targets])
    return await Weighing(store).verdicts(request, request.targets, where, readings, **more)


def codes(verdicts: Mapping[str, Judgement]) -> list[ErrorCode | str]:
    """Name the verdicts, in their order."""
    return [
        verdict.problem.code if isinstance(verdict, Refuse) else type(verdict).__name__
        for verdict in verdicts.values()
    ]


async def test_two_operator_tokens_are_never_both_disabled(here: Workshop) -> None:
    """The last one stays, whichever it is."""
    one, other = operator(1), operator(2)
    where = InMemoryAuthorizations([one, other])

    verdicts = await weigh(here.store, where, request_for([one, other]))
    turned = await weigh(here.store, where, request_for([other, one]))

    assert codes(verdicts) == ["Proceed", ErrorCode.LAST_OPERATOR]
    assert list(turned) == [other.id, one.id]
    assert codes(turned) == ["Proceed", ErrorCode.LAST_OPERATOR]


async def test_a_third_one_lets_both_go(here: Workshop) -> None:
    """What is left is enough."""
    tokens = [operator(1), operator(2)]

    verdicts = await weigh(
        here.store, InMemoryAuthorizations([*tokens, operator(3)]), request_for(tokens)
    )

    assert codes(verdicts) == ["Proceed", "Proceed"]


async def test_one_that_is_refused_still_counts_for_the_others(here: Workshop) -> None:
    """The bot's own operator token stays, so the other one may go."""
    own, other = operator(1, own=True), operator(2)

    verdicts = await weigh(
        here.store, InMemoryAuthorizations([own, other]), request_for([own, other])
    )

    assert codes(verdicts) == [ErrorCode.OWN_TOKEN, "Proceed"]


async def test_one_whose_owner_is_shut_out_does_not_count(here: Workshop) -> None:
    """It works for nobody."""
    one, other = operator(1), operator(2)
    where = InMemoryAuthorizations([one, other])
    where.shut_out = {other.user_id}

    verdicts = await weigh(here.store, where, request_for([one, other]))

    assert codes(verdicts) == [ErrorCode.LAST_OPERATOR, "Proceed"]


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],  # nothing is stored
    deadline=None,
    max_examples=60,
)
@given(
    tokens=st.lists(st.tuples(st.booleans(), st.booleans(), st.booleans()), max_size=5),
    chosen=st.permutations(range(5)),
    asked=st.integers(0, 5),
)
async def test_one_operator_token_is_always_left(
    here: Workshop, tokens: list[tuple[bool, bool, bool]], chosen: list[int], asked: int
) -> None:
    """Whatever tokens there are and whichever are to be disabled, in whatever order."""
    known = [
        (operator if is_operator else plain)(
            n, status=Status.ACTIVE if active else Status.INACTIVE, user_id=f"{n + 100:016x}"
        )
        for n, (is_operator, active, _) in enumerate(tokens)
    ]
    where = InMemoryAuthorizations(known)
    where.shut_out = {known[n].user_id for n, (_, _, shut) in enumerate(tokens) if shut}
    wanted = [known[n] for n in chosen[:asked] if n < len(known)]

    verdicts = await weigh(here.store, where, request_for(wanted))

    def working(each: Authorization) -> bool:
        return each.operator and each.active and each.user_id not in where.shut_out

    disabled = {key for key, verdict in verdicts.items() if isinstance(verdict, Proceed)}
    before = [each for each in known if working(each)]
    assert not before or [each for each in before if each.id not in disabled]


async def test_what_could_not_be_read_is_not_judged(here: Workshop) -> None:
    """It has no verdict; the others have theirs."""
    one, other = plain(1), plain(2)
    where = InMemoryAuthorizations([one, other])
    where.troubles[one.id] = DOWN

    assert list(await weigh(here.store, where, request_for([one, other]))) == [other.id]


async def test_nothing_more_is_read_than_is_needed(here: Workshop) -> None:
    """Whoever disables no operator token does not ask who owns them."""
    token = plain(1)
    where = InMemoryAuthorizations([token, operator(2)])
    await read(where, [token.id])
    asked = len(where.lists)

    await weigh(here.store, where, request_for([token]))

    assert len(where.lists) == asked


async def test_an_instance_that_does_not_tell_is_said(here: Workshop) -> None:
    """No guess is made about operator tokens that cannot be listed."""
    token = operator(1)
    where = InMemoryAuthorizations([token])
    where.silent = DOWN

    with pytest.raises(UpstreamError):
        await Weighing(here.store).verdicts(
            request_for([token]),
            request_for([token]).targets,
            where,
            Readings({token.id: token}),
        )


async def test_a_server_that_hides_tokens_tells_whose_the_bots_own_is(here: Workshop) -> None:
    """It is asked once for all targets; those of its user are refused."""
    own, other = plain(1, own=None, user_id="0c"), plain(2, own=None)
    where = InMemoryAuthorizations([own, other])
    where.own = OwnToken(user_id="0c", siblings=1)

    verdicts = await weigh(here.store, where, request_for([own, other]))

    assert codes(verdicts) == [ErrorCode.OWN_TOKEN, "Proceed"]


async def test_what_the_policy_bars_is_barred_for_all(here: Workshop) -> None:
    """Whatever else there is to say."""
    tokens = [plain(1), plain(2, status=Status.INACTIVE)]

    verdicts = await weigh(
        here.store, InMemoryAuthorizations(tokens), request_for(tokens), barred=not_by_itself()
    )

    assert verdicts == {each.id: Refuse(not_by_itself()) for each in tokens}


@pytest.mark.parametrize("agreed", [False, True])
async def test_what_was_shown_counts_once_somebody_has_agreed(
    here: Workshop, *, agreed: bool
) -> None:
    """Each target by itself: the others are as they were."""
    tokens = [plain(1), plain(2)]
    request = request_for(tokens, confirmed_at=done().created_at if agreed else None)
    shown = replace(request.targets[0], before=plain(1, description="as it was shown"))
    where = InMemoryAuthorizations(tokens)

    verdicts = await weigh(here.store, where, request.with_targets(shown))

    assert codes(verdicts) == [ErrorCode.CHANGED_SINCE if agreed else "Proceed", "Proceed"]


async def test_an_undo_of_several_minds_each_tokens_record(here: Workshop) -> None:
    """One was touched by somebody else, one has changed, two are as they were."""
    tokens = [plain(n) for n in range(1, 5)]
    after = [replace(each, status=Status.INACTIVE, revision=2) for each in tokens]
    original = change(
        targets=tuple(
            Target("default", b.id, DISABLE, TargetState.DONE, b, a, finished_at=done().created_at)
            for b, a in zip(tokens, after, strict=True)
        ),
        state=RequestState.FINISHED,
    )
    touching = replace(
        request_for(after[:1]), id="0000BB", requester=BOB, state=RequestState.EXECUTING
    )
    undo = request_for(after, ENABLE, id="0000AB", undo_of=original.id)
    await here.put(original, touching, undo)
    found = [after[0], replace(after[1], description="new", revision=3), after[2], after[3]]

    verdicts = await weigh(here.store, InMemoryAuthorizations(found), undo)

    assert codes(verdicts) == [
        ErrorCode.CHANGED_SINCE,
        ErrorCode.CHANGED_SINCE,
        "Proceed",
        "Proceed",
    ]
    first = verdicts[after[0].id]
    assert isinstance(first, Refuse)
    assert first.problem.by == "U0BOB"


async def test_what_ends_by_itself_minds_its_requester_too(here: Workshop) -> None:
    """Nobody asks at that moment, so a later word of their own counts as well."""
    token = plain(1)
    after = replace(token, status=Status.INACTIVE, revision=2)
    target = Target("default", token.id, DISABLE, TargetState.DONE, token, after)
    original = change(replace(target, finished_at=done().created_at), state=RequestState.FINISHED)
    later = replace(request_for([after]), id="0000BB", state=RequestState.EXECUTING)
    undo = request_for([after], ENABLE, id="0000AB", undo_of=original.id)
    end = replace(undo, id="0000AE", automatic=True)
    await here.put(original, later, undo, end)
    where = InMemoryAuthorizations([after])

    by_hand = await weigh(here.store, where, undo)
    by_itself = await weigh(here.store, where, end)

    assert codes(by_hand) == ["Proceed"]
    assert codes(by_itself) == [ErrorCode.CHANGED_SINCE]


async def test_what_is_so_already_takes_no_operator_token_away(here: Workshop) -> None:
    """One that is disabled already counts for nothing, before and after."""
    inactive, active = operator(1, status=Status.INACTIVE), operator(2)
    where = InMemoryAuthorizations([inactive, active])

    verdicts = await weigh(here.store, where, request_for([inactive, active]))

    assert next(iter(verdicts.values())) == NothingToDo()
    assert codes(verdicts)[1] is ErrorCode.LAST_OPERATOR


@pytest.mark.parametrize(
    ("update", "state", "verdict"),
    [
        (DISABLE, TargetState.DONE, ErrorCode.CHANGED_SINCE),
        (DISABLE, TargetState.PENDING, ErrorCode.CHANGED_SINCE),
        (AuthorizationUpdate(description="x"), TargetState.DONE, ErrorCode.CHANGED_SINCE),
        (ENABLE, TargetState.DONE, ErrorCode.ALREADY_RETRIED),
        (ENABLE, TargetState.UNCHANGED, ErrorCode.ALREADY_RETRIED),
        (ENABLE, TargetState.INTENDED, "Proceed"),
        (ENABLE, TargetState.FAILED, "Proceed"),
        (DISABLE, TargetState.FAILED, "Proceed"),
        (DISABLE, TargetState.REFUSED, "Proceed"),
    ],
)
async def test_a_retry_tramples_on_nothing_that_was_asked_for_since(
    here: Workshop, update: AuthorizationUpdate, state: TargetState, verdict: ErrorCode | str
) -> None:
    """Not on something else, be it one's own word; nor again on the same. Failed tries are none."""
    token = plain(1, status=Status.INACTIVE)
    failed = change(targets=(Target("default", token.id, ENABLE, TargetState.FAILED),))
    since = change(
        targets=(Target("default", token.id, update, state),),
        id="0000BB",
        state=RequestState.EXECUTING,
    )
    retry = request_for([token], ENABLE, id="0000AR", retry_of=failed.id)
    await here.put(failed, since, retry)

    verdicts = await weigh(here.store, InMemoryAuthorizations([token]), retry)

    assert codes(verdicts) == [verdict]
    if isinstance(verdict, ErrorCode):
        (refused,) = verdicts.values()
        assert isinstance(refused, Refuse)
        assert (refused.problem.by, "0000BB" in refused.problem.message) == ("U0ALICE", True)


async def test_a_retry_minds_the_newest_word(here: Workshop) -> None:
    """Carried out meanwhile, and then taken back by somebody else: that somebody is named."""
    token, other = plain(1, status=Status.INACTIVE), plain(2, status=Status.INACTIVE)
    failed = request_for([token, other], ENABLE)
    ended = change(
        targets=(Target("default", token.id, ENABLE, TargetState.DONE),),
        id="0000BA",
        state=RequestState.FINISHED,
    )
    leaked = change(
        targets=(Target("default", token.id, DISABLE, TargetState.DONE),),
        id="0000BB",
        state=RequestState.FINISHED,
        requester=BOB,
    )
    retry = request_for([token, other], ENABLE, id="0000AR", retry_of=failed.id)
    await here.put(failed, ended, leaked, retry)

    verdicts = await weigh(here.store, InMemoryAuthorizations([token, other]), retry)

    assert codes(verdicts) == [ErrorCode.CHANGED_SINCE, "Proceed"]
    refused = verdicts[token.id]
    assert isinstance(refused, Refuse)
    assert refused.problem.by == "U0BOB"
