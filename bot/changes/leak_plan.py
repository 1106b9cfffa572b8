"""What comes next on the way from a leaked secret to its proven end: a pure function of the record.

Where the server itself names the token, it is disabled, and the secret tried. Where it only names
the owner, the tokens that may be it are disabled one at a time, and the secret is tried after each;
whatever was not it is put back.
"""

from dataclasses import dataclass

from bot.changes.authorization import Authorization
from bot.changes.errors import ErrorCode, Problem
from bot.changes.leak_report import LeakReport
from bot.changes.probe import ProbeVerdict
from bot.changes.request import ChangeRequest
from bot.changes.states import TargetState
from bot.changes.target import Target


@dataclass(frozen=True)
class Try:
    """Disable a token, or find out whether it was disabled."""

    target: Target


@dataclass(frozen=True)
class Prove:
    """Show InfluxDB the secret, after a token was disabled, here or by somebody else."""

    target: Target


@dataclass(frozen=True)
class PutBack:
    """Let a token that was not the leaked one be as it was."""

    target: Target


@dataclass(frozen=True)
class Drop:
    """Leave alone what is not to be tried any more."""

    targets: tuple[Target, ...]


@dataclass(frozen=True)
class AskForOthers:
    """Ask for one owner's other tokens to be disabled, as a change of its own.

    Attributes:
        user: The name of the owner in InfluxDB.
    """

    instance: str
    user: str


@dataclass(frozen=True)
class Conclude:
    """Nothing is left to do."""


Move = Try | Prove | PutBack | Drop | AskForOthers | Conclude


def next_move(request: ChangeRequest, report: LeakReport, *, cancelled: bool = False) -> Move:
    """Say what comes next for a report whose tokens are known.

    Args:
        request: The request.
        report: What is recorded of its secret.
        cancelled: Whether what is not tried yet is not wanted any more.
    """
    for target in request.targets:
        if target.state is TargetState.RETURNING or is_wrong(report, target):
            return PutBack(target)
    for target in request.targets:
        if _to_be_proven(report, target):
            return Prove(target)
    begun = request.in_state(TargetState.INTENDED, TargetState.UNKNOWN)
    if begun:
        return Try(begun[0])
    waiting = () if cancelled else in_order(request, report)
    dropped = tuple(t for t in request.in_state(TargetState.PENDING) if t not in waiting)
    if dropped:
        return Drop(dropped)
    if waiting:
        return Try(waiting[0])
    if report.others and not cancelled:
        asked = {(each.instance, each.user) for each in report.others_by}
        left = [each for each in owners(request) if each not in asked]
        if left:
            return AskForOthers(*left[0])
    return Conclude()


def owners(request: ChangeRequest) -> tuple[tuple[str, str], ...]:
    """List whose token is the leaked one, by instance and name; each instance has its own."""
    known = (
        (target.instance, target.before.user)
        for target in request.targets
        # What was refused is not to be touched, and so is what else its owner has.
        if target.before is not None and target.state is not TargetState.REFUSED
    )
    return tuple(dict.fromkeys(known))


def candidates(request: ChangeRequest) -> tuple[Target, ...]:
    """List what may be the leaked token and is not tried yet; what an instance has named is it."""
    report = request.leak
    pending = request.in_state(TargetState.PENDING)
    return tuple(t for t in pending if report is not None and not report.named(t.instance))


def in_order(request: ChangeRequest, report: LeakReport) -> tuple[Target, ...]:
    """List what is still to be tried: what an instance has named, then what may be the token.

    The latter in the order in which the requester wants it tried, as long as the instance has not
    refused the secret, nor left open whether it does.
    """
    pending = request.in_state(TargetState.PENDING)
    named = [each for each in pending if report.named(each.instance)]
    maybe = [each for each in candidates(request) if not _over(report, each.instance)]
    if report.order:
        place = {each: number for number, each in enumerate(report.order)}
        maybe = sorted((e for e in maybe if e.key in place), key=lambda each: place[each.key])
    return (*named, *maybe)


def cannot_be_put_back(target: Target, current: Authorization) -> Problem | None:
    """Say why a token that was not the leaked one stays as it is, or None if it can be put back."""
    if target.after is not None and target.after.revision == current.revision:
        return None
    state = f"It is {current.status.value} now."
    return Problem(
        ErrorCode.CHANGED_SINCE,
        f"It was not put back, since somebody else has changed it after it was disabled. {state}",
        "Look at it with show, and set it as it has to be.",
    )


def not_put_back(problem: Problem) -> Problem:
    """Say that a token that was not the leaked one stays disabled, and why."""
    return Problem(
        problem.code,
        f"It could not be put back, and is still disabled. {problem.message}",
        "Enable it with enable once that is mended.",
    )


def did_not_take_effect(current: Authorization) -> Problem:
    """Say that InfluxDB took the change back to what was before, and has not made it."""
    return Problem(
        ErrorCode.NOT_IN_EFFECT,
        f"It was put back, but was read back and is {current.status.value}.",
        "Enable it with enable.",
    )


def _to_be_proven(report: LeakReport, target: Target) -> bool:
    """Tell whether a token was disabled, here or by others, and the secret not tried since."""
    if target.state.taken:
        return report.attempt(*target.key) is None
    # Somebody else has disabled what the instance has named since it was looked for.
    if target.state is not TargetState.UNCHANGED or not report.named(target.instance):
        return False
    was_live = any(
        each.instance == target.instance and each.before.verdict is ProbeVerdict.LIVE
        for each in report.looked
    )
    tried = {each.instance for each in report.attempts} | {e.instance for e in report.lapses}
    return was_live and target.instance not in tried


def is_wrong(report: LeakReport, target: Target) -> bool:
    """Tell whether a token was disabled, is not the leaked one, and has to be put back."""
    attempt = report.attempt(*target.key)
    if report.named(target.instance) or attempt is None or attempt.left is not None:
        return False
    return target.state is TargetState.DONE and attempt.after.verdict is ProbeVerdict.LIVE


def _over(report: LeakReport, instance: str) -> bool:
    """Tell whether no further token of an instance is tried: it was found, or nobody can tell."""
    theirs = (each for each in report.attempts if each.instance == instance)
    lapsed = any(each.instance == instance for each in report.lapses)
    return lapsed or any(each.after.verdict is not ProbeVerdict.LIVE for each in theirs)
