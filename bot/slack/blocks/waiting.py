"""The message of a request that waits for people: to be chosen, confirmed or approved."""

from bot.changes.moments import clock_time
from bot.changes.request import ChangeRequest
from bot.slack.blocks import buttons, token_buttons
from bot.slack.blocks.choices import choice_line, choice_text, found_on
from bot.slack.blocks.leaks.words import context, context_lines
from bot.slack.blocks.people import change_text, named, named_text, provenance
from bot.slack.blocks.rich import LONGEST_TOLD, Line, Message, bold, joined, paragraph, plain, shown
from bot.slack.blocks.showing import shown_lines, shown_text, what, what_text
from bot.slack.blocks.timers import timer_line, timer_text
from bot.slack.blocks.wording import sentence, verb


def preview_message(change: ChangeRequest, note: str = "") -> Message:
    """Show its requester what a request would change; nothing is sent before they confirm."""
    title = f"To confirm: {what(change)}"
    unless = f"Nothing is changed unless its requester confirms{_until(change)}."
    lines: list[Line] = [
        [bold(title)],
        *shown_lines(change),
        *context_lines(change),
        timer_line(change),
        provenance(change),
        [plain(unless)],
        [plain(note)],
    ]
    text = change_text(
        change,
        f"To confirm: {what_text(change)}.",
        shown_text(change),
        *context(change),
        timer_text(change),
        unless,
    )
    return Message(text, (paragraph(*lines), buttons.row(*buttons.moving(change))))


def choice_message(change: ChangeRequest, note: str = "") -> Message:
    """Ask its requester which instance's token is meant."""
    target = change.targets[0]
    title = f"Which one? {verb(change).capitalize()} {target.authorization_id}"
    found = found_on([choice.instance for choice in change.choices])
    unless = f"Nothing is changed unless its requester chooses{_until(change)}."
    lines: list[Line] = [
        [bold(title)],
        [plain(found)],
        *map(choice_line, change.choices),
        timer_line(change),
        provenance(change),
        [plain(unless)],
        [plain(note)],
    ]
    text = change_text(
        change,
        f"{title}.",
        found,
        *map(choice_text, change.choices),
        timer_text(change),
        unless,
    )
    return Message(text, (paragraph(*lines), buttons.row(*buttons.moving(change))))


def approval_message(change: ChangeRequest, note: str = "") -> Message:
    """Ask the approvers; say why they are needed, who they are, and how many have agreed."""
    title = f"Approval needed: {what(change)}"
    unless = f"Nothing is changed unless it is approved{_until(change)}."
    rule = votes = ""
    voters: tuple[str, ...] = ()
    approvers: tuple[str, ...] = ()
    if change.approval is not None:
        rule = sentence(shown(change.approval.rule, LONGEST_TOLD))
        votes = f"Votes: {len(change.approval.votes)} of {change.approval.quorum}"
        voters = tuple(vote.voter.user_id for vote in change.approval.votes)
        approvers = change.approval.approvers
    lines: list[Line] = [
        [bold(title)],
        *shown_lines(change),
        *context_lines(change),
        timer_line(change),
        [plain(rule)],
        joined([plain(votes)], named("agreed: ", voters)),
        named("Can approve: ", approvers),
        provenance(change),
        [plain(unless)],
        [plain(note)],
    ]
    text = change_text(
        change,
        f"Approval needed: {what_text(change)}.",
        shown_text(change),
        *context(change),
        timer_text(change),
        rule,
        f"{votes}." if votes else "",
        unless,
        after=f"{named_text('Agreed: ', voters)} {named_text('Can approve: ', approvers)}".strip(),
    )
    offered = buttons.moving(change)
    if len(change.targets) == 1 and change.targets[0].instance:
        target = change.targets[0]
        offered.append(token_buttons.details(target.instance, target.authorization_id))
    return Message(text, (paragraph(*lines), buttons.row(*offered)))


def _until(change: ChangeRequest) -> str:
    return "" if change.expires_at is None else f" by {clock_time(change.expires_at)}"
