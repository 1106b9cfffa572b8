"""What has come after a disable: whether its tokens are active, and who disabled them since."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.changes.authorization import Authorization, Status
from bot.changes.errors import ErrorCode, Problem
from bot.changes.moments import clock_time
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
        f"What change {original.id} had disabled was disabled again at {clock_time(max(done))}, "
        f"as change {named}. Nothing more was changed.",
        f"Should others have enabled it once more: {disable}.",
        by="" if one is None else one.requester.user_id,
    )


def _readings(target: Target) -> list[Authorization]:
    again = target.active_again
    found = (target.before, target.after, None if again is None else again.token)
    return [each for each in found if each is not None]
