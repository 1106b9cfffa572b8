"""What has come after a disable: whether its tokens are active, and who disabled them since."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.changes.authorization import Authorization, Status
from bot.changes.drift_watch import decided_since
from bot.changes.errors import ErrorCode, Problem
from bot.changes.ports import Transaction
from bot.changes.ports.store.lookback import Lookback
from bot.changes.request import ChangeRequest
from bot.changes.states import TargetState
from bot.changes.target import Target

# So far back it is looked for what has disabled a token since.
_NEWEST = 20


@dataclass(frozen=True)
class DriftState:
    """What has become of what was found active again at a drift.

    Attributes:
        change: The change that had disabled it.
        again: The change that disables it again, or was to.
        since: The other changes that have disabled all of it since; none if not all of it is.
    """

    change: ChangeRequest
    again: ChangeRequest | None = None
    since: tuple[ChangeRequest, ...] = ()


def last_read(target: Target, others: Iterable[Target]) -> Authorization | None:
    """Give an authorization as it was read last, by InfluxDB's own count of its edits.

    Args:
        target: What a request changed.
        others: What other requests want, or did.
    """
    place = (target.instance, target.authorization_id)
    same = (each for each in others if (each.instance, each.authorization_id) == place)
    readings = (reading for each in (target, *same) for reading in _readings(each))
    return max(readings, key=lambda each: each.revision, default=None)


def disabled_since(target: Target, later: Iterable[ChangeRequest]) -> ChangeRequest | None:
    """Name the change that has disabled since what was found active again.

    Nothing is named once the authorization was read as active after that.

    Args:
        target: What was found active again.
        later: Requests for the authorization.
    """
    again, place = target.active_again, (target.instance, target.authorization_id)
    asked = [(r, t) for r in later for t in r.targets if (t.instance, t.authorization_id) == place]
    last = last_read(target, (each for _, each in asked))
    if again is None or last is None or last.active:
        return None
    for request, each in asked:
        disabled = each.state is TargetState.DONE and each.update.status is Status.INACTIVE
        if disabled and each.after is not None and each.after.revision > again.token.revision:
            return request
    return None


async def all_disabled_since(
    reading: Lookback, change: ChangeRequest, number: int
) -> tuple[ChangeRequest, ...]:
    """Name the changes that have disabled since all that was found active again at a drift.

    Args:
        reading: The record.
        change: The change that had disabled it.
        number: The drift.

    Returns:
        The changes, or nothing if not all of it was disabled since.
    """
    found: dict[str, ChangeRequest] = {}
    for target in change.drifted(number):
        place = (target.instance, target.authorization_id)
        others = [
            each for each in await reading.changes_of(*place, _NEWEST) if each.id != change.id
        ]
        since = disabled_since(target, others)
        if since is None:
            return ()
        found[since.id] = since
    return tuple(found.values())


def already_disabled_since(
    original: ChangeRequest, drift: int, since: Sequence[ChangeRequest], command: str
) -> Problem:
    """Say which changes have disabled since what was found active again."""
    one = since[0] if len(since) == 1 else None
    ids = [target.authorization_id for target in original.drifted(drift)]
    disable = f"{command} disable {ids[0] if len(ids) == 1 else 'ID'}"
    named = " and ".join(each.id for each in since)
    done = (target.finished_at for each in since for target in each.targets if target.finished_at)
    return Problem(
        ErrorCode.ALREADY_DISABLED_AGAIN,
        f"What change {original.id} had disabled was disabled again at {max(done):%H:%M:%S} UTC, "
        f"as change {named}. Nothing more was changed.",
        f"Should others have enabled it once more: {disable}.",
        by="" if one is None else one.requester.user_id,
    )


async def timer_is_over(
    transaction: Transaction, request: ChangeRequest, command: str
) -> Problem | None:
    """Say of a timer that it does not run, and what has come since; None if none ever ran."""
    disabled = request.in_state(TargetState.DONE)
    if request.timer is None or not disabled:
        return None
    undone_by = request.undone_by
    undo = None if undone_by is None else await transaction.request(undone_by)
    others: list[Target] = []
    for name in {target.instance for target in disabled}:
        ids = [target.authorization_id for target in disabled if target.instance == name]
        since = decided_since(disabled)
        others += await transaction.other_words(request.id, name, ids, since)
    return timer_over(request, undo, others, command)


def timer_over(
    request: ChangeRequest, undo: ChangeRequest | None, others: Sequence[Target], command: str
) -> Problem:
    """Say that a timer does not run any more, why, and whether its tokens are active.

    Args:
        request: The disable, whose timer ran.
        undo: The change that took it back, or is trying to.
        others: What other requests want, or did, about its tokens.
        command: The slash command's name, for hints.
    """
    disabled = request.in_state(TargetState.DONE)
    found = [last_read(target, others) for target in disabled]
    active = len([each for each in found if each is not None and each.active])
    back = f"What it changed can be taken back: {command} undo {request.id}."
    who = "" if request.timer is None else request.timer.stopped_by
    if who:
        over = f"The timer of change {request.id} was stopped already."
    elif undo is None:
        over = f"The timer of change {request.id} does not run any more."
    elif undo.automatic:
        over = f"The timer of change {request.id} ended at {_moment(undo.created_at)}."
    else:
        how = "was undone" if undo.state.final else "is being undone"
        over = f"Change {request.id} {how} as change {undo.id}, so its timer is over."
        who = undo.requester.user_id
    return Problem(
        ErrorCode.NOT_CANCELLABLE,
        f"{over} {_status(len(disabled), active)} Nothing more was changed.",
        back if undo is None and active < len(disabled) else "",
        by=who,
    )


def _readings(target: Target) -> list[Authorization]:
    again = target.active_again
    found = (target.before, target.after, None if again is None else again.token)
    return [each for each in found if each is not None]


def _status(count: int, active: int) -> str:
    if count == 1:
        return f"The token was {'active' if active else 'inactive'} when it was read last."
    were = "was" if active == 1 else "were"
    return f"Of its {count} tokens {active or 'none'} {were} active when they were read last."


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
