"""What is said of outcomes that are not the hoped-for one; each says whether anything changed."""

from dataclasses import replace
from datetime import datetime

from bot.changes.authorization import Authorization
from bot.changes.errors import ErrorCode, Problem
from bot.changes.moments import clock_time
from bot.changes.target import Target

UNTOUCHED = "Nothing was changed."
LOOK_AGAIN = "Look at it with show, then ask again."
_UNREAD = "Applied, but it cannot be read back."
_LOST = "Whether the change took effect cannot be read any more."
_UNKNOWN = "It is not known whether the change took effect."


def untouched(problem: Problem) -> Problem:
    """Let a problem say that nothing was changed, if it does not say so already."""
    if problem.message.endswith(UNTOUCHED):
        return problem
    return replace(problem, message=f"{problem.message} {UNTOUCHED}")


def cause(problem: Problem) -> str:
    """Give what led to an outcome, without what every outcome of its kind says."""
    message = problem.message.removesuffix(UNTOUCHED)
    for said in (_UNREAD, _LOST, _UNKNOWN):
        message = message.removeprefix(said)
    return message.strip()


def same_revision(target: Target, current: Authorization) -> bool:
    """Tell whether nobody has touched the authorization since it was read before the change."""
    before = target.before
    return before is not None and before.revision == current.revision


def may_arrive_late(fault: Problem) -> bool:
    """Tell whether a PATCH that was answered so may still be on its way.

    An answer of InfluxDB itself, whatever it says, ends its work on the request.
    """
    return fault.code is ErrorCode.INSTANCE_UNAVAILABLE


def not_in_effect(target: Target, current: Authorization, fault: Problem | None) -> Problem:
    """Say what a reading found instead of the change.

    Args:
        target: The target whose PATCH was sent, or may have been.
        current: The authorization as it was read back.
        fault: What the PATCH was answered with, where that was no acceptance.
    """
    if same_revision(target, current):
        return Problem(
            ErrorCode.NOT_IN_EFFECT,
            f"{'' if fault is None else fault.message + ' '}The token was read back and is as it "
            f"was before: {current.status.value}.",
            "Ask again.",
        )
    return Problem(
        ErrorCode.NOT_IN_EFFECT,
        f"The change is not in effect: the token was read back and is {current.status.value}. "
        "Something else has written to it, perhaps an API Tokens page that was loaded before.",
        LOOK_AGAIN,
    )


def unconfirmed(fault: Problem, current: Authorization) -> Problem:
    """Say that a change was not confirmed and is not in effect, but may still arrive."""
    return Problem(
        ErrorCode.OUTCOME_UNKNOWN,
        f"{fault.message} The token was read back and is as it was before: {current.status.value}. "
        "The change may still arrive.",
        "This bot keeps reading for a while, and says here what it finds. You may ask again.",
    )


def may_have_been_sent(current: Authorization, problem: Problem | None) -> Problem:
    """Say that a change is not sent again, and may have been sent before an interruption."""
    why = "It was cancelled" if problem is None else "It may not be sent any more"
    return Problem(
        ErrorCode.OUTCOME_UNKNOWN,
        f"{why} after the bot was interrupted. The token was read back and is as it was before: "
        f"{current.status.value}. What was sent before may still arrive.",
        "This bot keeps reading for a while, and says here what it finds.",
    )


def applied_unread(problem: Problem) -> Problem:
    """Say that the change was applied and cannot be read back, since the token's owner is gone."""
    return replace(problem, message=f"{_UNREAD} {problem.message}")


def gone(problem: Problem) -> Problem:
    """Say that nobody can tell any more whether a change took effect."""
    return Problem(
        problem.code,
        f"{_LOST} {problem.message}",
        problem.hint,
    )


def unknown(problem: Problem) -> Problem:
    """Say that the outcome is not known yet."""
    return Problem(
        ErrorCode.OUTCOME_UNKNOWN,
        f"{_UNKNOWN} {problem.message}",
        "This bot keeps reading, and says here what it finds.",
    )


def never_known(problem: Problem | None) -> Problem:
    """Say that an outcome could not be read for so long that nobody looks any more."""
    why = "" if problem is None else f" {cause(problem)}"
    return Problem(
        ErrorCode.OUTCOME_UNKNOWN,
        f"{_LOST}{why.rstrip()} This bot has stopped reading.",
        "Look at the token with show before you rely on it.",
    )


def waits_for_instance(problem: Problem, gives_up_at: datetime) -> str:
    """Say why a request waits although nothing holds it back here, and until when."""
    return f"{problem.message} It is tried again until {clock_time(gives_up_at)}."


def waits_for_change(ahead: str) -> str:
    """Say that another change comes first; its id may be unknown."""
    return f"Change {ahead} comes first." if ahead else "Another change comes first."


def instance_unknown(name: str) -> Problem:
    """Say that the request's InfluxDB instance is not configured."""
    return Problem(
        ErrorCode.INSTANCE_UNKNOWN,
        f"The InfluxDB instance {name} is not configured any more, so its tokens cannot be "
        "reached from here.",
        "Ask whoever runs this bot.",
    )


def fault(error_id: str) -> Problem:
    """Say that the bot itself stumbled; its log knows the id."""
    return Problem(
        ErrorCode.FAULT,
        f"The bot itself stumbled over this; its log tells why under {error_id}.",
        "Ask again, or ask whoever runs this bot.",
    )
