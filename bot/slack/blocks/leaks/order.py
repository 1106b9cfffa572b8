"""The message that asks in which order tokens are tried, where InfluxDB names their owner alone."""

from slack_sdk.models.blocks import InputBlock, Option, StaticMultiSelectElement

from bot.changes.permissions import in_plain_words
from bot.changes.request import ChangeRequest
from bot.changes.target import Target
from bot.slack.blocks import action_ids, buttons
from bot.slack.blocks.leaks.words import context, how_found, spoken_to
from bot.slack.blocks.listing import Listing, coming, left_out_text
from bot.slack.blocks.modal import labelled
from bot.slack.blocks.people import change_text, provenance
from bot.slack.blocks.rich import Line, Message, bold, code, joined, paragraph, plain, shown
from bot.slack.blocks.wording import clock_time, moment, name_of

MOST_OPTIONS = 100
"""Source: https://docs.slack.dev/reference/block-kit/block-elements/multi-select-menu-element"""
_LISTED = 12
_LONGEST_OPTION = 60
_LONGEST_NAME = 50
_LONGEST_PERMISSIONS = 80
_HOW = (
    "They are disabled one at a time, and the secret is tried after each. One that is not it is "
    "put back at once; the others stay as they are."
)


def order_message(change: ChangeRequest, note: str = "") -> Message:
    """Ask the requester which of its owner's tokens are tried first; all of them by default."""
    candidates = coming(change)
    title = f"Which of {len(candidates)} tokens is the leaked one?"
    told = _evidence(change)
    choice = _choice(candidates)
    until = "" if change.expires_at is None else f" by {clock_time(change.expires_at)}"
    unless = f"Nothing is changed unless its requester starts it{until}."
    more = len(candidates) - _LISTED
    lines: list[Line] = [
        [bold(title)],
        *([plain(each)] for each in told),
        *map(_row, candidates[:_LISTED]),
        [plain(f"and {more} more" if more > 0 else "")],
        *Listing.of(change).left_out(change),
        *([plain(each)] for each in (_HOW, choice, unless)),
        provenance(change),
        [plain(note)],
    ]
    text = change_text(
        change,
        title,
        *told,
        *(_told(each) for each in candidates[:_LISTED]),
        f"And {more} more." if more > 0 else "",
        left_out_text(change),
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
            options=[_option(each) for each in candidates[:MOST_OPTIONS]],
        ),
    )
    return Message(
        text, (paragraph(*lines), select.to_dict(), buttons.row(*buttons.ordering(change)))
    )


def _evidence(change: ChangeRequest) -> list[str]:
    report = change.leak
    if report is None:
        return []
    return [
        *(how_found(report, change, each) for each in report.looked),
        *spoken_to(report),
        *context(change),
    ]


def _choice(candidates: list[Target]) -> str:
    said = "What is not chosen is not tried; without a choice, all are tried as listed."
    if len(candidates) > MOST_OPTIONS:
        return f"The first {MOST_OPTIONS} can be chosen from. {said}"
    return said


def _row(target: Target) -> Line:
    seen = target.seen
    if seen is None:
        return [code(target.authorization_id)]
    at = "" if seen.updated_at is None else f"modified {moment(seen.updated_at)}"
    return joined(
        [code(target.authorization_id)],
        [plain(shown(name_of(seen), _LONGEST_NAME))],
        [plain(_may(target))],
        [plain(at)],
    )


def _told(target: Target) -> str:
    named = "" if target.seen is None else shown(name_of(target.seen), _LONGEST_NAME)
    return f"{target.authorization_id} {named}; {_may(target)}.".replace(" ;", ";")


def _may(target: Target) -> str:
    """Say what a token may do, in short."""
    if target.seen is None:
        return ""
    return shown("; ".join(in_plain_words(target.seen)), _LONGEST_PERMISSIONS)


def _option(target: Target) -> Option:
    named = shown(name_of(target.seen), _LONGEST_OPTION - len(target.authorization_id) - 3)
    return Option(
        value=target.authorization_id,
        text=labelled(f"{named} · {target.authorization_id}" if named else target.authorization_id),
    )
