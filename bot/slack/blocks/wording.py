"""The words in which every message speaks of a change: what it does, to what, by whom."""

from datetime import datetime

from bot.changes.authorization import Authorization
from bot.changes.duration import in_words
from bot.changes.errors import Problem
from bot.changes.policy import is_group
from bot.changes.request import ChangeRequest, Target
from bot.changes.states import TargetState
from bot.changes.update import AuthorizationUpdate, ChangeKind
from bot.slack.blocks.rich import (
    LONGEST_TOLD,
    Line,
    code,
    joined,
    mention,
    person,
    plain,
    quoted,
    shown,
)

INTERRUPTED = "The bot was interrupted meanwhile and took this up again."
OUTCOMES = {
    TargetState.PENDING: "not begun yet",
    TargetState.INTENDED: "under way",
    TargetState.DONE: "done",
    TargetState.UNCHANGED: "nothing to change",
    TargetState.APPLIED: "applied, not read back",
    TargetState.REFUSED: "refused, nothing changed",
    TargetState.FAILED: "failed",
    TargetState.UNKNOWN: "outcome unknown",
    TargetState.LOST: "outcome lost",
    TargetState.CANCELLED: "cancelled, nothing changed",
}
_VERBS = {
    ChangeKind.DISABLE: "disable",
    ChangeKind.ENABLE: "enable",
    ChangeKind.DESCRIBE: "change the description of",
}
_UNDER_WAY = {
    ChangeKind.DISABLE: "Disabling",
    ChangeKind.ENABLE: "Enabling",
    ChangeKind.DESCRIBE: "Changing the description of",
}
_DONE = {
    ChangeKind.DISABLE: "disabled",
    ChangeKind.ENABLE: "enabled",
    ChangeKind.DESCRIBE: "described anew",
}


def verb(change: ChangeRequest) -> str:
    """Name what a request does as an infinitive."""
    return _VERBS[change.kind]


def under_way(change: ChangeRequest) -> str:
    """Name what a request does as something that goes on."""
    return _UNDER_WAY[change.kind]


def done(kind: ChangeKind) -> str:
    """Name what was done as a participle."""
    return _DONE[kind]


def tokens(count: int) -> str:
    """Count tokens."""
    return "1 token" if count == 1 else f"{count} tokens"


def name_of(token: Authorization | None) -> str:
    """Give a token's description as it was seen; empty if nothing was read."""
    if token is None:
        return ""
    return shown(token.description) or "no description"


def subject(change: ChangeRequest) -> str:
    """Say what a request is about: a token by its description or id, or how many tokens."""
    if len(change.targets) == 1:
        target = change.targets[0]
        return name_of(target.seen) or target.authorization_id
    if not change.targets and change.selection is not None:
        return f"the active tokens of {shown(change.selection.user)}"
    return tokens(len(change.targets))


def whereabouts(target: Target) -> list[Line]:
    """Say whose token it is and where, as far as it was read."""
    seen = target.seen
    owner: list[Line] = (
        []
        if seen is None
        else [[plain(f"owner {shown(seen.user)}")], [plain(f"organisation {shown(seen.org)}")]]
    )
    return [*owner, *([[plain(target.instance)]] if target.instance else [])]


def told(field: str, value: str) -> str:
    """Write a field's value: a status as it is, a description quoted, or ``none``."""
    if field == "status":
        return value
    return quoted(value) if shown(value) else "none"


def wanted(update: AuthorizationUpdate) -> str:
    """Say what an update asks for."""
    parts = [] if update.status is None else [update.status.value]
    if update.description is not None:
        parts.append(f"described as {quoted(update.description)}")
    return " and ".join(parts)


def problem_lines(wrong: Problem | None) -> list[Line]:
    """Tell what went wrong, who was first, what to do next, and who can help."""
    if wrong is None:
        return []
    by: Line = [plain(" By "), person(wrong.by), plain(".")] if wrong.by else []
    return [
        [plain(shown(wrong.message, LONGEST_TOLD)), *by],
        [plain(shown(wrong.hint, LONGEST_TOLD))],
        helpers_line(wrong),
    ]


def helpers_line(wrong: Problem) -> Line:
    """Say who can help; nothing if nobody is named."""
    return named("Can help: ", wrong.helpers)


def named(words: str, ids: tuple[str, ...]) -> Line:
    """Mention people and user groups behind some words; nothing if there are none."""
    if not ids:
        return []
    elements = [plain(words)]
    for place, each in enumerate(ids):
        elements += [plain(", ")] if place else []
        elements.append(mention(each) if is_group(each) else person(each))
    return elements


def problem_text(wrong: Problem | None) -> str:
    """Write a problem as text, without who was first."""
    return "" if wrong is None else shown(wrong.message, LONGEST_TOLD)


def provenance(change: ChangeRequest) -> Line:
    """Say who asked, why, under which id, and who agreed."""
    reason = [plain(quoted(change.reason))] if change.reason else []
    return joined(
        [plain("by "), person(change.requester.user_id)],
        reason,
        [plain("change "), code(change.id)],
        approved_by(change),
    )


def approved_by(change: ChangeRequest) -> Line:
    """Say who agreed to a request; nothing if nobody had to, or not enough did."""
    approval = change.approval
    if approval is None or approval.granted_at is None:
        return []
    return named("approved by ", tuple(vote.voter.user_id for vote in approval.votes))


def timer_words(change: ChangeRequest) -> str:
    """Say when a disable ends by itself; nothing if it does not."""
    timer = change.timer
    if timer is None:
        return ""
    if timer.ends_at is not None:
        return f"Enabled again by itself at {moment(timer.ends_at)}."
    if not change.state.final:
        return f"To be enabled again by itself {in_words(timer.lasts)} later."
    return ""


def clock_time(at: datetime) -> str:
    """Give a time of day, to the second, in UTC."""
    return f"{at:%H:%M:%S} UTC"


def moment(at: datetime) -> str:
    """Give a day and a time of day, to the minute, in UTC."""
    return f"{at:%Y-%m-%d %H:%M} UTC"
