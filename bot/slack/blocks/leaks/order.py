"""The message that asks in which order tokens are tried, where InfluxDB names their owner alone."""

from collections import Counter
from collections.abc import Sequence

from slack_sdk.models.blocks import InputBlock, Option, StaticMultiSelectElement

from bot.changes.leak_plan import candidates
from bot.changes.moments import clock_time, moment
from bot.changes.order_of_tries import short_word_for, word_for
from bot.changes.permissions import in_plain_words
from bot.changes.request import ChangeRequest
from bot.changes.states import RequestState
from bot.changes.target import Target
from bot.slack.blocks import action_ids, buttons
from bot.slack.blocks.leaks.words import context, evidence
from bot.slack.blocks.listing import Listing, coming, left_out_text
from bot.slack.blocks.modal import labelled
from bot.slack.blocks.people import change_text, provenance
from bot.slack.blocks.rich import Line, Message, bold, code, joined, paragraph, plain, shown
from bot.slack.blocks.wording import identified, name_of, tokens

MOST_OPTIONS = 100
"""Source: https://docs.slack.dev/reference/block-kit/block-elements/multi-select-menu-element"""
_LISTED = 12
_IN_A_LINE = 5
_LONGEST_OPTION = 75
_LONGEST_NAME = 50
_LONGEST_PERMISSIONS = 80
_HOW = (
    "They are disabled one at a time, and the secret is tried after each. One that is not it is "
    "put back at once; the others stay as they are."
)


def order_message(change: ChangeRequest, note: str = "") -> Message:
    """Ask the requester which of its owner's tokens are tried first; all of them by default."""
    maybe = candidates(change)
    several = len({each.instance for each in maybe}) > 1
    title = f"Which of {_counted(maybe)} is the leaked one?"
    surely = _named(change, maybe)
    told = _evidence(change)
    choice = _choice(maybe)
    until = "" if change.expires_at is None else f" by {clock_time(change.expires_at)}"
    unless = f"Nothing is changed unless its requester starts it{until}."
    more = len(maybe) - _LISTED
    lines: list[Line] = [
        [bold(title)],
        *([plain(each)] for each in told),
        *(_row(each, several=several) for each in maybe[:_LISTED]),
        [plain(f"and {more} more" if more > 0 else "")],
        *Listing.of(change).left_out(change),
        *([plain(each)] for each in (surely, _HOW, choice, unless)),
        provenance(change),
        [plain(note)],
    ]
    text = change_text(
        change,
        title,
        *told,
        *(_told(each, several=several) for each in maybe[:_LISTED]),
        f"And {more} more." if more > 0 else "",
        left_out_text(change),
        surely,
        _HOW,
        choice,
        unless,
    )
    select = InputBlock(
        block_id=action_ids.ORDER,
        label=labelled("Tokens to try, in this order"),
        optional=True,
        element=StaticMultiSelectElement(
            action_id=action_ids.ORDER,
            placeholder=labelled("All of them, as listed"),
            options=[_option(each, several=several) for each in maybe[:MOST_OPTIONS]],
        ),
    )
    return Message(
        text, (paragraph(*lines), select.to_dict(), buttons.row(*buttons.ordering(change)))
    )


def order_as_listed(change: ChangeRequest) -> str:
    """Say in one line in which order its tokens are tried if nobody chooses; or nothing."""
    if change.state is not RequestState.PREVIEWED or not change.to_be_ordered:
        return ""
    maybe = candidates(change)
    words = [short_word_for(each, maybe) for each in maybe[:_IN_A_LINE]]
    more = len(maybe) - len(words)
    left = f", and {more} more; its message lists them and takes another order" if more > 0 else ""
    return f"In this order: {', '.join(words)}{left}."


def _evidence(change: ChangeRequest) -> list[str]:
    report = change.leak
    return [] if report is None else [*evidence(change, report), *context(change)]


def _counted(maybe: Sequence[Target]) -> str:
    """Count the tokens, on each instance if they are on several: one is the leaked one on each."""
    on_each = Counter(each.instance for each in maybe)
    if len(on_each) == 1:
        return f"{len(maybe)} tokens"
    return " and of ".join(f"{tokens(count)} on {name}" for name, count in on_each.items())


def _named(change: ChangeRequest, maybe: Sequence[Target]) -> str:
    """Say what is disabled whatever is chosen, since its instance has named it."""
    named = [identified(each) for each in coming(change) if each not in maybe]
    return f"Disabled in any case, since it is named: {'; '.join(named)}." if named else ""


def _choice(maybe: Sequence[Target]) -> str:
    said = "What is not chosen is not tried; without a choice, all are tried as listed."
    if len(maybe) > MOST_OPTIONS:
        return f"The first {MOST_OPTIONS} can be chosen from. {said}"
    return said


def _row(target: Target, *, several: bool) -> Line:
    seen = target.seen
    where = [plain(target.instance if several else "")]
    if seen is None:
        return joined([code(target.authorization_id)], where)
    at = "" if seen.updated_at is None else f"modified {moment(seen.updated_at)}"
    return joined(
        [code(target.authorization_id)],
        where,
        [plain(shown(name_of(seen), _LONGEST_NAME))],
        [plain(_may(target))],
        [plain(at)],
    )


def _told(target: Target, *, several: bool) -> str:
    named = "" if target.seen is None else shown(name_of(target.seen), _LONGEST_NAME)
    where = f" on {target.instance}" if several else ""
    return f"{target.authorization_id}{where} {named}; {_may(target)}.".replace(" ;", ";")


def _may(target: Target) -> str:
    """Say what a token may do, in short."""
    if target.seen is None:
        return ""
    return shown("; ".join(in_plain_words(target.seen)), _LONGEST_PERMISSIONS)


def _option(target: Target, *, several: bool) -> Option:
    which = f"{target.authorization_id} · {target.instance}" if several else target.authorization_id
    named = shown(name_of(target.seen), _LONGEST_OPTION - len(which) - 3)
    return Option(value=word_for(target), text=labelled(f"{named} · {which}" if named else which))
