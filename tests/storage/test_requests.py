"""Requests, as they are stored and as they are found."""

import asyncio
from dataclasses import replace
from datetime import UTC, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from bot.changes.approval import Approval, Vote
from bot.changes.authorization import Authorization, Status
from bot.changes.change_ids import new_change_id
from bot.changes.errors import LeaseLostError, MovedOnError
from bot.changes.people import Person
from bot.changes.request import ChangeRequest, MessageRef, Origin, Timer
from bot.changes.states import RequestState, TargetState
from bot.changes.target import Selection, Target
from bot.changes.update import AuthorizationUpdate
from bot.storage.store import SqlStore, SqlTransaction
from tests.changes.samples import (
    ALICE,
    BOB,
    DISABLE,
    NOON,
    REQUESTS,
    TOKEN_ID,
    authorization,
    change,
    done,
)
from tests.storage.stored import found, stored

TOKEN = Target("default", TOKEN_ID, DISABLE)
OTHER_ID = "0d0d0d0d0d0d0001"


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],  # every request has a new id
    deadline=None,
    max_examples=50,
)
@given(request_=REQUESTS)
async def test_what_is_stored_is_what_is_read(store: SqlStore, request_: ChangeRequest) -> None:
    """Every field of a request and of its targets, microseconds and the secret URL included."""
    request_ = replace(request_, id=new_change_id())

    await stored(store, request_)

    assert await found(store, request_.id) == request_


async def test_moments_come_back_in_utc(store: SqlStore) -> None:
    """Whatever the zone in which they were given, and to the microsecond."""
    moment = NOON.replace(microsecond=123_456)
    await stored(store, change(created_at=moment))

    read = await found(store, "7F3K2Q")

    assert read is not None
    assert (read.created_at, read.created_at.tzinfo) == (moment, UTC)


async def test_an_unknown_request_is_none(store: SqlStore) -> None:
    """There is no other answer to an id that nobody has."""
    assert await found(store, "ZZZZZZ") is None


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],  # every request has a new id
    deadline=None,
    max_examples=25,
)
@given(request_=REQUESTS, later=REQUESTS)
async def test_progress_is_stored(
    store: SqlStore, request_: ChangeRequest, later: ChangeRequest
) -> None:
    """How far it is and its targets move on; what was asked for, and what others note, stays."""
    request_ = replace(request_, id=new_change_id())
    targets = tuple(
        replace(
            later.targets[0],
            authorization_id=each.authorization_id,
            active_again=each.active_again,
            gone_at=each.gone_at,
        )
        for each in request_.targets
    )
    moved: dict[str, Any] = {
        "state": later.state,
        "prepared": later.prepared,
        "choices": later.choices,
        "confirmed_at": later.confirmed_at,
        "expires_at": later.expires_at,
        "approval": later.approval,
        "closing": later.closing,
        "held_back": later.held_back,
        "interrupted": later.interrupted,
        "targets": targets,
    }
    await stored(store, request_)

    async with store.transaction() as transaction:
        await transaction.save_request(
            replace(later, id=request_.id, version=request_.version, targets=targets), targets
        )

    assert await found(store, request_.id) == replace(request_, **moved)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],  # every request has a new id
    deadline=None,
    max_examples=25,
)
@given(request_=REQUESTS, later=REQUESTS)
async def test_messages_are_stored(
    store: SqlStore, request_: ChangeRequest, later: ChangeRequest
) -> None:
    """Where they are and whether the outcome is told, and nothing else."""
    request_ = replace(request_, id=new_change_id())
    await stored(store, request_)

    async with store.transaction() as transaction:
        await transaction.save_message(replace(later, id=request_.id, version=request_.version))

    assert await found(store, request_.id) == replace(
        request_,
        message=later.message,
        feed_message=later.feed_message,
        announced=later.announced,
    )


async def test_what_somebody_moved_on_while_it_was_told_is_told_again(store: SqlStore) -> None:
    """A timer that was stopped at that moment: its message is known, and is to be drawn anew."""
    await stored(store, done(timer=Timer(timedelta(hours=2), ends_at=NOON)))
    told = done(message=MessageRef("C0", "1.2"), announced=True)
    async with store.transaction() as transaction:
        assert await transaction.stop_timer("7F3K2Q", BOB.user_id, NOON)

    async with store.transaction() as transaction:
        await transaction.save_message(told)

    read = await found(store, "7F3K2Q")
    assert read is not None
    assert (read.message, read.announced) == (MessageRef("C0", "1.2"), False)


async def test_a_timer_is_stored_unless_it_was_stopped(store: SqlStore) -> None:
    """Whoever stopped it a moment ago is not overruled by an executor that did not know."""
    running = Timer(timedelta(hours=2), ends_at=NOON)
    await stored(store, done(timer=running))
    noted = done(timer=replace(running, noted_at=NOON))

    async with store.transaction() as transaction:
        saved = await transaction.save_timer(noted)
    before = await found(store, "7F3K2Q")
    async with store.transaction() as transaction:
        stopped = await transaction.stop_timer("7F3K2Q", BOB.user_id, NOON)
        again = await transaction.stop_timer("7F3K2Q", ALICE.user_id, NOON)
        late = await transaction.save_timer(done(timer=replace(running, ends_at=NOON)))
    after = await found(store, "7F3K2Q")

    assert (saved, stopped, again, late) == (True, True, False, False)
    assert before == noted
    assert after == done(
        timer=replace(running, ends_at=None, noted_at=NOON, stopped_by="U0BOB"), version=1
    )


async def test_a_timer_of_what_was_undone_cannot_be_stopped(store: SqlStore) -> None:
    """Whatever is undone is enabled already, so there is nothing to keep closed."""
    await stored(store, done(timer=Timer(timedelta(hours=2), ends_at=NOON), undone_by="0000AB"))

    async with store.transaction() as transaction:
        assert not await transaction.stop_timer("7F3K2Q", BOB.user_id, NOON)


async def test_only_the_targets_that_changed_are_stored(store: SqlStore) -> None:
    """And those that are new, as when a user's tokens were looked up."""
    targets = tuple(Target("default", f"0d0d0d0d0d0d000{n}", DISABLE) for n in range(3))
    selection = Selection("default", "alice", DISABLE)
    request = change(targets=targets[:2], selection=selection)
    await stored(store, request)
    moved = tuple(replace(target, state=TargetState.REFUSED) for target in targets)

    async with store.transaction() as transaction:
        await transaction.save_request(replace(request, targets=moved), moved[1:2])

    read = await found(store, request.id)
    assert read is not None
    assert read.targets == (targets[0], moved[1], moved[2])
    assert read.selection == selection


async def test_a_person_moves_on_what_is_still_there(store: SqlStore) -> None:
    """Once: the state and the version that were read must still be so."""
    request = change(state=RequestState.PREVIEWED, expires_at=NOON)
    await stored(store, request)
    moved = replace(request, state=RequestState.ACCEPTED, expires_at=None, confirmed_at=NOON)

    async with store.transaction() as transaction:
        elsewhere = await transaction.move_on(moved, RequestState.AWAITING_APPROVAL, NOON)
        first = await transaction.move_on(moved, RequestState.PREVIEWED, NOON)
        second = await transaction.move_on(moved, RequestState.PREVIEWED, NOON)
        # In its state again, but by way of another.
        stale = await transaction.move_on(moved, RequestState.ACCEPTED, NOON)
        anew = await transaction.move_on(replace(moved, version=1), RequestState.ACCEPTED, NOON)

    assert (elsewhere, first, second, stale, anew) == (False, True, False, False, True)
    assert await found(store, request.id) == replace(moved, version=2)


async def test_of_people_at_once_one_moves_it_on(store: SqlStore, replica: SqlStore) -> None:
    """In two processes, one conditional update decides."""
    request = change(state=RequestState.PREVIEWED)
    await stored(store, request)

    async def move(where: SqlStore, state: RequestState) -> bool:
        async with where.transaction() as transaction:
            return await transaction.move_on(
                replace(request, state=state), RequestState.PREVIEWED, NOON
            )

    states = [RequestState.ACCEPTED, RequestState.CANCELLED] * 4
    won = await asyncio.gather(*(move([store, replica][n % 2], s) for n, s in enumerate(states)))

    read = await found(store, request.id)
    assert sum(won) == 1
    assert read is not None
    assert (read.state, read.version) == (states[won.index(True)], 1)


async def test_an_executor_does_not_write_over_what_a_person_did(store: SqlStore) -> None:
    """It is told that somebody moved the request on, and nothing of its own is stored."""
    await stored(store, change())
    async with store.transaction() as transaction:
        (claimed,) = await transaction.claim("a", NOON, timedelta(seconds=6), 1)
    cancelled = replace(claimed, state=RequestState.CANCELLED)
    async with store.transaction() as transaction:
        assert await transaction.move_on(cancelled, RequestState.ACCEPTED, NOON)

    intended = (replace(claimed.targets[0], state=TargetState.INTENDED),)
    with pytest.raises(MovedOnError):
        async with store.transaction() as transaction:
            await transaction.save_request(
                replace(claimed, state=RequestState.EXECUTING, targets=intended), intended
            )

    assert await found(store, "7F3K2Q") == replace(cancelled, version=1)


async def test_whoever_lost_the_lease_is_told_that_first(store: SqlStore) -> None:
    """Though a person moved the request on as well."""
    await stored(store, change())
    async with store.transaction() as transaction:
        (claimed,) = await transaction.claim("a", NOON, timedelta(), 1)
    async with store.transaction() as transaction:
        assert len(await transaction.claim("b", NOON, timedelta(seconds=6), 1)) == 1
        assert await transaction.move_on(claimed, RequestState.ACCEPTED, NOON)

    with pytest.raises(LeaseLostError):
        async with store.transaction() as transaction:
            await transaction.save_request(claimed, claimed.targets)


APPROVAL = Approval("enabling needs an approval", ("U0BOB", "U0CAROL"), 2)
CAROL = Person("U0CAROL", "T0HOME", "E0GRID")


async def test_votes_are_kept_in_their_order(store: SqlStore) -> None:
    """Each with who gave it and when; saving the request leaves them alone."""
    request = change(state=RequestState.AWAITING_APPROVAL, approval=APPROVAL)
    await stored(store, request)
    votes = (Vote(CAROL, NOON), Vote(BOB, NOON + timedelta(seconds=1)))

    async with store.transaction() as transaction:
        read = [await transaction.add_vote(request.id, vote, NOON) for vote in votes]
    async with store.transaction() as transaction:
        await transaction.save_request(replace(request, version=2, interrupted=1), ())

    voted = [replace(APPROVAL, votes=votes[:n]) for n in (1, 2)]
    assert read == [
        replace(request, approval=approval, version=n) for n, approval in enumerate(voted, start=1)
    ]
    assert await found(store, request.id) == replace(
        request, approval=voted[1], version=2, interrupted=1
    )


async def test_votes_of_those_who_may_not_any_more_are_dropped(store: SqlStore) -> None:
    """Theirs alone; they may agree again once they may."""
    request = change(state=RequestState.AWAITING_APPROVAL, approval=APPROVAL)
    await stored(store, request)

    async with store.transaction() as transaction:
        await transaction.add_vote(request.id, Vote(BOB, NOON), NOON)
        await transaction.add_vote(request.id, Vote(CAROL, NOON), NOON)
        await transaction.drop_votes(request.id, [])
        both = await transaction.request(request.id)
        await transaction.drop_votes(request.id, ["U0BOB"])
        one = await transaction.request(request.id)
        again = await transaction.add_vote(request.id, Vote(BOB, NOON), NOON)

    assert [
        [vote.voter.user_id for vote in each.approval.votes]
        for each in (both, one, again)
        if each is not None and each.approval is not None
    ] == [["U0BOB", "U0CAROL"], ["U0CAROL"], ["U0BOB", "U0CAROL"]]


@pytest.mark.parametrize("state", sorted(set(RequestState) - {RequestState.AWAITING_APPROVAL}))
async def test_only_what_awaits_votes_takes_them(store: SqlStore, state: RequestState) -> None:
    """A vote that comes too late is not stored."""
    request = change(state=state, approval=APPROVAL)
    await stored(store, request)

    async with store.transaction() as transaction:
        assert await transaction.add_vote(request.id, Vote(BOB, NOON), NOON) is None

    assert await found(store, request.id) == request


@pytest.mark.parametrize("state", list(RequestState))
async def test_the_rest_is_cancelled_while_it_is_carried_out(
    store: SqlStore, state: RequestState
) -> None:
    """Once, and at no other time; the executor that is at it may go on saving."""
    await stored(store, change(state=state))

    async with store.transaction() as transaction:
        cancelled = [
            await transaction.cancel_the_rest("7F3K2Q", user.user_id, NOON) for user in (BOB, ALICE)
        ]

    executing = state is RequestState.EXECUTING
    assert cancelled == [executing, False]
    assert await found(store, "7F3K2Q") == change(
        state=state, cancelled_by="U0BOB" if executing else ""
    )


async def test_saving_leaves_a_reservation_alone(store: SqlStore) -> None:
    """An executor that read a change before it was reserved does not free it by saving."""
    request = change()
    await stored(store, request, change(id="0000AB", undo_of=request.id))
    async with store.transaction() as transaction:
        assert await transaction.claim_undo(request.id, "0000AB")

    async with store.transaction() as transaction:
        await transaction.save_request(replace(request, interrupted=2), ())
        await transaction.save_message(replace(request, message=MessageRef("C0", "1.2")))

    read = await found(store, request.id)
    assert read is not None
    assert (read.undone_by, read.message, read.interrupted) == (
        "0000AB",
        MessageRef("C0", "1.2"),
        2,
    )


RESERVATIONS = pytest.mark.parametrize("what", ["undo", "retry"])


async def claim(transaction: SqlTransaction, what: str, change_id: str, by: str) -> bool:
    """Reserve a change for an undo or a retry."""
    if what == "undo":
        return await transaction.claim_undo(change_id, by)
    return await transaction.claim_retry(change_id, by)


async def give_back(transaction: SqlTransaction, what: str, change_id: str, by: str) -> None:
    """Give a reservation back."""
    if what == "undo":
        await transaction.release_undo(change_id, by)
    else:
        await transaction.release_retry(change_id, by)


@RESERVATIONS
async def test_one_undo_or_retry_wins(store: SqlStore, replica: SqlStore, what: str) -> None:
    """Of two that reserve a change at once, in two processes, one update decides."""
    await stored(store, change())

    async def claim_at(where: SqlStore, by: str) -> bool:
        async with where.transaction() as transaction:
            return await claim(transaction, what, "7F3K2Q", by)

    won = await asyncio.gather(*(claim_at([store, replica][n % 2], f"00000{n}") for n in range(8)))

    read = await found(store, "7F3K2Q")
    assert sum(won) == 1
    assert read is not None
    winner = f"00000{won.index(True)}"
    assert (read.undone_by, read.retried_by) == (
        (winner, None) if what == "undo" else (None, winner)
    )


@RESERVATIONS
async def test_a_reservation_is_given_back_by_its_holder_alone(store: SqlStore, what: str) -> None:
    """Another undo or retry cannot free it; freed, it can be taken again."""
    await stored(store, change())
    async with store.transaction() as transaction:
        assert await claim(transaction, what, "7F3K2Q", "0000AA")
        await give_back(transaction, what, "7F3K2Q", "0000BB")
        assert not await claim(transaction, what, "7F3K2Q", "0000BB")
        await give_back(transaction, what, "7F3K2Q", "0000AA")
        assert await claim(transaction, what, "7F3K2Q", "0000BB")


@RESERVATIONS
async def test_what_is_not_there_cannot_be_reserved(store: SqlStore, what: str) -> None:
    """No row, no reservation."""
    async with store.transaction() as transaction:
        assert not await claim(transaction, what, "ZZZZZZ", "0000AA")


async def test_a_change_that_had_no_effect_is_not_the_latest(store: SqlStore) -> None:
    """Refused or with nothing to change, it is over; an earlier one that was done is the latest."""
    over = replace(done(), id="000001")
    fruitless = [
        replace(over, id=f"00000{number}", targets=(replace(over.targets[0], state=state),))
        for number, state in enumerate((TargetState.REFUSED, TargetState.UNCHANGED), start=2)
    ]
    await stored(store, over, *fruitless)

    async with store.reading() as reading:
        latest = await reading.latest_change(ALICE.user_id, "C0INCIDENTS")

    assert latest is not None
    assert latest.id == "000001"


async def test_the_latest_change_is_a_persons_in_a_channel(store: SqlStore) -> None:
    """Others' changes, other channels and undos do not count, though they are newer."""
    await stored(
        store,
        change(id="000001"),
        change(id="000002"),
        change(id="000003", requester=BOB),
        change(id="000004", origin=Origin("C0OTHER")),
        change(id="000005", undo_of="000002"),
    )

    async with store.reading() as reading:
        latest = [
            await reading.latest_change(user, channel)
            for user, channel in (
                (ALICE.user_id, "C0INCIDENTS"),
                (BOB.user_id, "C0INCIDENTS"),
                (ALICE.user_id, "C0OTHER"),
                (BOB.user_id, "C0OTHER"),
            )
        ]

    assert [each and each.id for each in latest] == ["000002", "000003", "000004", None]


def finished(change_id: str, after: Authorization | None, minutes: int) -> ChangeRequest:
    """Make a change that ended so many minutes after noon, with what was read last."""
    target = replace(done().targets[0], after=after, finished_at=NOON + timedelta(minutes=minutes))
    return replace(done(), id=change_id, targets=(target,))


async def test_the_last_record_is_of_the_change_that_ended_last(store: SqlStore) -> None:
    """Not of the one that was asked for last, and not of one that read nothing."""
    early, late = authorization(description="early"), authorization(description="late")
    await stored(
        store,
        finished("000001", late, 9),
        finished("000002", early, 3),
        finished("000003", None, 12),
    )

    async with store.reading() as reading:
        last = await reading.last_records("default", [TOKEN_ID, OTHER_ID])
        elsewhere = await reading.last_records("other", [TOKEN_ID])

    assert (last, elsewhere) == ({TOKEN_ID: late}, {})


async def test_the_last_record_of_two_at_once_is_of_the_later_request(store: SqlStore) -> None:
    """Where the clock cannot tell, the order of asking does."""
    one, other = authorization(description="one"), authorization(description="other")
    await stored(store, finished("000001", one, 0), finished("000002", other, 0))

    async with store.reading() as reading:
        assert await reading.last_records("default", [TOKEN_ID]) == {TOKEN_ID: other}


async def test_each_token_has_a_last_record_of_its_own(store: SqlStore) -> None:
    """Several are looked up at once, and none gets another's."""
    tokens = [authorization(id=f"{n:016x}", description=f"{n}") for n in range(1, 4)]
    targets = tuple(
        replace(done().targets[0], authorization_id=each.id, after=each) for each in tokens
    )
    newer = replace(tokens[1], description="newer")
    await stored(
        store,
        done(id="000001", targets=targets),
        done(id="000002", targets=(replace(targets[1], after=newer),)),
    )

    async with store.reading() as reading:
        found_ = await reading.last_records("default", [each.id for each in tokens[:2]])

    assert found_ == {tokens[0].id: tokens[0], tokens[1].id: newer}


async def touched_by(
    reading: SqlTransaction,
    change_id: str,
    except_for: str | None = ALICE.user_id,
    until: str | None = None,
) -> str | None:
    """Name whoever asked for something else of the token since a change."""
    found_ = await reading.touched_since(
        change_id, "default", [TOKEN_ID], except_for=except_for, until=until
    )
    assert set(found_) <= {TOKEN_ID}
    return found_.get(TOKEN_ID)


@pytest.mark.parametrize(
    ("state", "touched"),
    [
        (TargetState.PENDING, True),
        (TargetState.INTENDED, True),
        (TargetState.UNKNOWN, True),
        (TargetState.DONE, True),
        (TargetState.APPLIED, True),
        (TargetState.UNCHANGED, True),
        (TargetState.LOST, True),
        (TargetState.REFUSED, False),
        (TargetState.FAILED, False),
        (TargetState.CANCELLED, False),
    ],
)
async def test_what_touches_a_token(store: SqlStore, *, state: TargetState, touched: bool) -> None:
    """Whatever may have reached it, and what found nothing to change; not what was refused."""
    later = change(Target("default", TOKEN_ID, DISABLE, state), id="000002", requester=BOB)
    await stored(store, change(id="000001"), later)

    async with store.reading() as reading:
        found_ = await touched_by(reading, "000001")

    assert found_ == ("U0BOB" if touched else None)


@pytest.mark.parametrize("state", list(RequestState))
async def test_what_was_closed_has_touched_nothing(store: SqlStore, state: RequestState) -> None:
    """Denied, expired, cancelled or void, or still waiting for somebody: nothing was sent."""
    await stored(store, change(id="000001"), change(id="000002", requester=BOB, state=state))

    async with store.reading() as reading:
        touched = await touched_by(reading, "000001")

    assert (touched is None) == (state.closed or state.waiting)


async def test_who_touches_a_token(store: SqlStore) -> None:
    """Only somebody else, only later, only the same token on the same instance; the first.

    Where nobody asks, everybody's count, but for the request that is judged.
    """
    await stored(
        store,
        change(id="000001", requester=BOB),
        change(id="000002"),
        change(id="000003"),
        change(Target("other", TOKEN_ID, DISABLE), id="000004", requester=BOB),
        change(Target("default", OTHER_ID, DISABLE), id="000005", requester=BOB),
    )

    async with store.reading() as reading:
        before = await touched_by(reading, "000002")
        by_anybody = await touched_by(reading, "000002", except_for=None)
        but_for_one = await touched_by(reading, "000002", except_for=None, until="000003")
    several = (Target("default", OTHER_ID, DISABLE), TOKEN)
    await stored(
        store,
        change(id="000006", requester=CAROL, targets=several),
        change(id="000007", requester=BOB),
    )
    async with store.reading() as reading:
        after = await touched_by(reading, "000002")
        of_both = await reading.touched_since(
            *("000002", "default", [OTHER_ID, TOKEN_ID]), except_for=ALICE.user_id, until=None
        )

    assert (before, by_anybody, but_for_one) == (None, "U0ALICE", None)
    assert after == "U0CAROL"
    assert of_both == {OTHER_ID: "U0BOB", TOKEN_ID: "U0CAROL"}


async def test_changes_of_one_token(store: SqlStore) -> None:
    """The newest first, and no more than wanted."""
    await stored(store, *(change(id=f"00000{n}") for n in range(5)))
    await stored(store, change(Target("default", OTHER_ID, DISABLE), id="00000Z"))

    async with store.reading() as reading:
        changes = await reading.changes_of("default", TOKEN_ID, 3)

    assert [each.id for each in changes] == ["000004", "000003", "000002"]


async def test_several_targets_keep_their_order(store: SqlStore) -> None:
    """Each target has its place and an update of its own, and moves on in it."""
    updates = (DISABLE, AuthorizationUpdate(Status.ACTIVE, "back"), AuthorizationUpdate(None, "x"))
    targets = tuple(
        Target("default", f"0d0d0d0d0d0d000{n}", update)
        for n, update in zip((3, 1, 2), updates, strict=True)
    )
    request = change(targets=targets)
    await stored(store, request)
    moved = (targets[0], replace(targets[1], state=TargetState.INTENDED), targets[2])

    async with store.transaction() as transaction:
        await transaction.save_request(
            replace(request, targets=moved, state=RequestState.EXECUTING), moved
        )

    read = await found(store, request.id)
    assert read is not None
    assert read.targets == moved
    assert read.updates == updates


async def test_what_is_open_is_found_oldest_first(store: SqlStore) -> None:
    """Whatever waits for somebody or something, a timer included, and no more than wanted."""
    timer = Timer(timedelta(hours=2), ends_at=NOON)
    await stored(
        store,
        *(change(id=f"0000{n:02}", state=state) for n, state in enumerate(RequestState)),
        done(id="00TIMR", timer=timer),
        done(id="00GONE", timer=replace(timer, ends_at=None)),
    )

    async with store.reading() as reading:
        everything = await reading.open_requests(99)
        two = await reading.open_requests(2)

    waiting = [f"0000{n:02}" for n, state in enumerate(RequestState) if not state.final]
    assert [each.id for each in everything] == [*waiting, "00TIMR"]
    assert [each.id for each in two] == waiting[:2]


async def test_tokens_that_somebody_asked_to_change_are_counted(store: SqlStore) -> None:
    """Each of several; not others', older or closed ones, nor what the bot asked for itself."""
    three = tuple(Target("default", f"0d0d0d0d0d0d000{n}", DISABLE) for n in range(3))
    await stored(
        store,
        change(id="000001", created_at=NOON - timedelta(minutes=10)),
        change(id="000002", created_at=NOON - timedelta(minutes=9), targets=three),
        change(id="000003", requester=BOB),
        change(id="000004", automatic=True),
        *(change(id=f"0000C{n}", state=s) for n, s in enumerate(RequestState) if s.closed),
        change(id="000005", state=RequestState.FINISHED),
        change(id="000006"),
    )
    since = NOON - timedelta(minutes=10)

    async with store.reading() as reading:
        counts = [
            await reading.targets_asked(user, since, before)
            for user, before in (
                (ALICE.user_id, None),
                (ALICE.user_id, "000006"),
                (ALICE.user_id, "000002"),
                (BOB.user_id, None),
                ("U0NOBODY", None),
            )
        ]

    assert counts == [5, 4, 0, 1, 0]
