"""The words in which every message speaks of a change: what it does, to what, and when."""

from bot.changes.authorization import Authorization
from bot.changes.request import ChangeRequest
from bot.changes.states import RequestState, TargetState
from bot.changes.target import Target
from bot.changes.update import AuthorizationUpdate, ChangeKind
from bot.slack.blocks.rich import Line, plain, quoted, shown

STOPPING = "What is not sent yet is not sent. The outcome follows."
MORE_ARE_NEWER = "There are more; these are the oldest."
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
    TargetState.RETURNING: "not the leaked one, on its way back",
    TargetState.RETURNED: "not the leaked one, put back",
}
# Where there is no outcome: whom a request awaits, or how it was closed.
STANDS = {
    RequestState.AWAITING_APPROVAL: "waits for approval",
    RequestState.PREVIEWED: "waits for Confirm",
    RequestState.DENIED: "denied",
    RequestState.EXPIRED: "expired",
    RequestState.CANCELLED: "cancelled",
    RequestState.VOIDED: "approval void",
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


def sentence(words: str) -> str:
    """Begin with a capital letter and end with a full stop; nothing stays nothing."""
    return f"{words[:1].upper()}{words[1:].rstrip('.')}." if words else ""


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
        said = "" if target.seen is None else shown(target.seen.description)
        return said or target.authorization_id
    if not change.targets and change.leak is not None:
        return "a leaked token"
    if not change.targets and change.selection is not None:
        return f"the active tokens of {shown(change.selection.user)}"
    return tokens(len(change.targets))


def identified(target: Target) -> str:
    """Say in one line which token it is, whose and where, as far as it was read."""
    where = f"on {target.instance}" if target.instance else ""
    seen = target.seen
    if seen is None:
        return f"{target.authorization_id} {where}".strip()
    said = shown(seen.description)
    which = f"{said} ({target.authorization_id})" if said else target.authorization_id
    parts = (
        which,
        "" if said else "no description",
        f"owner {shown(seen.user)}, organisation {shown(seen.org)}",
        where,
    )
    return ", ".join(part for part in parts if part)


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
        parts.append(
            f"described as {quoted(update.description)}"
            if shown(update.description)
            else "without a description"
        )
    return " and ".join(parts)
