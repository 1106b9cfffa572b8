"""Which tokens other changes are to enable again by themselves, though they may have leaked."""

from collections.abc import Iterable, Sequence

from bot.changes.leak_report import ComingBack, LeakReport
from bot.changes.leaked import leaked
from bot.changes.probe import ProbeVerdict
from bot.changes.request import ChangeRequest
from bot.changes.states import TargetState
from bot.changes.timers import awaiting_end

_INACTIVE = {TargetState.DONE, TargetState.APPLIED, TargetState.UNCHANGED}


def inactive_and_leaked(request: ChangeRequest) -> dict[str, list[str]]:
    """Give the leaked tokens that a report has disabled or found inactive, ids by instance."""
    found: dict[str, list[str]] = {}
    for target in leaked(request):
        if target.state in _INACTIVE:
            found.setdefault(target.instance, []).append(target.authorization_id)
    return found


def unnamed_and_inactive(report: LeakReport) -> dict[str, str | None]:
    """Give the instances that refuse the secret as inactive and do not say which token it is.

    Returns:
        The id of the owner by instance; None where that is not known either.
    """
    proven = {each.instance for each in report.attempts if each.proves}
    lapsed = {e.instance for e in report.lapses if e.probe.verdict is ProbeVerdict.INACTIVE}
    return {
        each.instance: each.before.user_id
        for each in report.looked
        if not each.matched
        and each.instance not in proven
        and (each.before.verdict is ProbeVerdict.INACTIVE or each.instance in lapsed)
    }


def coming_back(
    timers: Iterable[ChangeRequest],
    instance: str,
    *,
    ids: Sequence[str] | None = None,
    owner: str | None = None,
) -> tuple[ComingBack, ...]:
    """List what is to be enabled again by itself on an instance.

    Args:
        timers: The changes whose timers run.
        instance: The instance.
        ids: Of these tokens alone; None means of all.
        owner: Of the tokens of this user alone; None means of everybody's.
    """
    return tuple(
        ComingBack(
            instance,
            target.authorization_id,
            "" if target.seen is None else target.seen.description,
            change.id,
            change.timer.ends_at,
        )
        for change in timers
        if change.timer is not None and change.timer.ends_at is not None
        for target in awaiting_end(change)
        if target.instance == instance
        and (ids is None or target.authorization_id in ids)
        and (owner is None or target.seen is None or target.seen.user_id == owner)
    )


def nothing_else_comes_back(change: ChangeRequest, kept: Iterable[ComingBack]) -> bool:
    """Tell whether a timer is to enable nothing but tokens that stay disabled."""
    staying = {(each.instance, each.authorization_id) for each in kept}
    return all(target.key in staying for target in awaiting_end(change))
