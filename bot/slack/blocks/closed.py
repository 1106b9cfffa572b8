"""The message of a request that is over before anything was sent."""

from bot.changes.errors import Problem
from bot.changes.outcomes import UNTOUCHED
from bot.changes.request import ChangeRequest
from bot.changes.states import RequestState
from bot.slack.blocks.leaks.words import context, context_lines
from bot.slack.blocks.listing import Listing, listing_text, which
from bot.slack.blocks.people import change_text, named_text, provenance
from bot.slack.blocks.rich import (
    LONGEST_TOLD,
    Line,
    Message,
    bold,
    code,
    joined,
    paragraph,
    person,
    plain,
    shown,
)
from bot.slack.blocks.showing import what_text
from bot.slack.blocks.wording import subject, verb, wanted, whereabouts

_TITLES = {
    RequestState.DENIED: "Denied",
    RequestState.EXPIRED: "Expired",
    RequestState.CANCELLED: "Cancelled",
    RequestState.VOIDED: "Approval void",
}
_VOID = "The approval is void:"


def closed_message(change: ChangeRequest, note: str = "") -> Message:
    """Say why a request is over, and by whom; what it would have done is no news any more."""
    how, one = _TITLES[change.state], len(change.targets) == 1
    title = f"{how}: {verb(change)} {_what(change)}"
    problem = change.closing
    by = "" if problem is None else problem.by
    why = UNTOUCHED if problem is None else shown(_why(problem), LONGEST_TOLD)
    hint = "" if problem is None else shown(problem.hint, LONGEST_TOLD)
    who: Line = [plain("By "), person(by), plain(". ")] if by else []
    lines: list[Line] = [
        [bold(title)],
        [*who, plain(why)],
        [plain(hint)],
        *_targets(change),
        *context_lines(change),
        provenance(change),
        [plain(note)],
    ]
    text = change_text(
        change,
        f"{how}: {what_text(change)}." if one else f"{title}.",
        why,
        hint,
        _description(change) if one else listing_text(change.targets),
        *context(change),
        after=named_text(f"{how} by ", [by] if by else []),
    )
    return Message(text, (paragraph(*lines),))


def _why(problem: Problem) -> str:
    # The title says so already.
    return problem.message.removeprefix(_VOID).strip()


def _what(change: ChangeRequest) -> str:
    if len(change.targets) > 1:
        return which(change, len(change.targets))
    return subject(change)


def _targets(change: ChangeRequest) -> list[Line]:
    if len(change.targets) == 1:
        target = change.targets[0]
        where = joined([code(target.authorization_id)], *whereabouts(target))
        return [where, [plain(_description(change))]]
    return Listing.of(change).to_change(change.targets)


def _description(change: ChangeRequest) -> str:
    """Say which description was asked for, so that it need not be thought up again."""
    update = change.targets[0].update
    return "" if update.description is None else f"It was to be {wanted(update)}."
