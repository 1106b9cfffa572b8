"""Lists of tokens, one token in full, and previews."""

from datetime import datetime
from typing import Any

from humanize import naturaldelta
from slack_sdk.models.blocks import ButtonElement

from bot.changes.authorization import Authorization
from bot.changes.lists import ListQuery, TokenPage
from bot.changes.locating import Whereabouts
from bot.changes.permissions import in_plain_words
from bot.changes.request import ChangeRequest
from bot.changes.target import Choice
from bot.changes.token_queries import TokenDetails
from bot.slack.blocks import buttons, token_buttons
from bot.slack.blocks.action_ids import ActionId
from bot.slack.blocks.choices import choice_line, choice_text
from bot.slack.blocks.drift import since
from bot.slack.blocks.glass import glass_mark
from bot.slack.blocks.problems import problem_text
from bot.slack.blocks.rich import (
    LONGEST_TOLD,
    Line,
    Message,
    bold,
    code,
    escaped,
    joined,
    paragraph,
    person,
    plain,
    quoted,
    shown,
)
from bot.slack.blocks.wording import OUTCOMES, STANDS, moment, name_of

_PERMISSIONS_SHOWN = 20


def page_message(page: TokenPage) -> Message:
    """Show one page of a list, with buttons for each token and for the neighbouring pages."""
    title = _list_title(page)
    blocks: list[dict[str, Any]] = [paragraph([bold(title)])]
    several = len(page.instances) > 1
    for listed in page.tokens:
        where = listed.instance if several else ""
        blocks.append(paragraph([bold(name_of(listed.token))], _row(listed.token, page.at, where)))
        blocks.append(
            buttons.row(
                token_buttons.details(listed.instance, listed.token.id, "Show"),
                token_buttons.toggle(listed.instance, listed.token),
                token_buttons.describe(listed.instance, listed.token.id),
            )
        )
    silent = [f"Not all are listed: {problem_text(problem)}" for problem in page.silent]
    if silent:
        blocks.append(paragraph(*([plain(each)] for each in silent)))
    turns = [("Previous", page.previous), ("Next", page.next)]
    turning = [
        _turn(text, query_id, place)
        for place, (text, query_id) in enumerate(turns)
        if query_id is not None
    ]
    if turning:
        blocks.append(buttons.row(*turning))
    told = [_told(each.token, each.instance if several else "") for each in page.tokens]
    return Message(escaped("\n".join((title, *told, *silent))), tuple(blocks))


def details_message(details: TokenDetails) -> Message:
    """Show everything about a token but its secret."""
    token = details.token
    warnings = [[bold("Warning: "), plain(warning)] for warning in _warnings(token)]
    allowed = in_plain_words(token)
    more = len(allowed) - _PERMISSIONS_SHOWN
    lines: list[Line] = [
        [bold(name_of(token))],
        joined([code(token.id)], [bold(token.status.value)], [plain(details.instance)]),
        [plain(f"Owner {shown(token.user)}, organisation {shown(token.org)}")],
        [plain(_ages(token))],
        *warnings,
        [bold("Allows")],
        *([plain(shown(line))] for line in allowed[:_PERMISSIONS_SHOWN]),
        *([[plain(f"and {more} more")]] if more > 0 else []),
        [bold("This bot's last changes")],
        *(_change_line(change, token.id) for change in details.recent),
        *([] if details.recent else [[plain("none")]]),
    ]
    text = [
        (
            f"{name_of(token)} ({token.id}): {token.status}, owner {shown(token.user)}, "
            f"organisation {shown(token.org)}, on {details.instance}. {_ages(token)}"
        ),
        *(f"Warning: {warning}" for warning in _warnings(token)),
        f"Allows: {shown('; '.join(allowed), LONGEST_TOLD)}.",
        *(
            f"{_moment_and_outcome(change, token.id)}, change {change.id}."
            for change in details.recent
        ),
    ]
    return Message(
        escaped("\n".join(text)),
        (
            paragraph(*lines),
            buttons.row(
                token_buttons.toggle(details.instance, token),
                token_buttons.describe(details.instance, token.id),
            ),
        ),
    )


def whereabouts_message(where: Whereabouts) -> Message:
    """Say on which instances a token was found, with a button for each."""
    title = f"Which one? {where.authorization_id}"
    found = f"It was found on {' and '.join(place.instance for place in where.having)}."
    lines: list[Line] = [[bold(title)], [plain(found)]]
    texts = [f"{title}. {found}"]
    offered: list[ButtonElement] = []
    for place in where.having:
        if place.token is None:
            words = f"{place.instance} has it, but its owner no longer exists."
            lines.append([plain(words)])
            texts.append(words)
            continue
        choice = Choice(place.instance, place.token)
        lines.append(choice_line(choice))
        texts.append(choice_text(choice))
        text = f"Show on {place.instance}"
        offered.append(
            token_buttons.details(place.instance, where.authorization_id, text, len(offered))
        )
    for place in where.silent:
        words = f"{place.instance} does not say whether it has it."
        lines.append([plain(words)])
        texts.append(words)
    return Message(escaped("\n".join(texts)), (paragraph(*lines), buttons.row(*offered)))


def _turn(text: str, query_id: str, place: int) -> ButtonElement:
    """Give a button that turns a list's page; two stand in one row, so each has its place."""
    return ButtonElement(
        text=text,
        action_id=f"{ActionId.PAGE_LIST}:{place}",
        value=query_id,
        accessibility_label=f"{text} page of the list",
    )


def _list_title(page: TokenPage) -> str:
    status = "" if page.query.status is None else f"{page.query.status} "
    noun = "token" if page.total == 1 else "tokens"
    subject = f"{page.total or 'No'} {status}{noun}{_wanted(page.query)}"
    turn = f", page {page.page + 1} of {page.pages}" if page.pages > 1 else ""
    answering = ", as far as they answer" if page.silent else ""
    return f"{subject} on {' and '.join(page.instances)}{answering}{turn}"


def _wanted(query: ListQuery) -> str:
    parts = []
    if query.words:
        parts.append(f"with {quoted(' '.join(query.words))}")
    if query.user is not None:
        parts.append(f"of {shown(query.user)}")
    if query.org is not None:
        parts.append(f"in {shown(query.org)}")
    return f" {' '.join(parts)}" if parts else ""


def _row(token: Authorization, now: datetime, instance: str) -> Line:
    age = "" if token.created_at is None else f"created {naturaldelta(now - token.created_at)} ago"
    return joined(
        [code(token.id)],
        [plain(token.status.value)],
        [plain(f"owner {shown(token.user)}")],
        [plain(f"organisation {shown(token.org)}")],
        [plain(instance)],
        [plain(age)] if age else [],
    )


def _told(token: Authorization, instance: str) -> str:
    where = f", on {instance}" if instance else ""
    return (
        f"{name_of(token)} ({token.id}), {token.status}, owner {shown(token.user)}, organisation "
        f"{shown(token.org)}{where}"
    )


def _warnings(token: Authorization) -> list[str]:
    if token.operator:
        return ["this is an operator token. Whoever holds it controls this whole InfluxDB."]
    if token.writes_users:
        return ["it can change users, their passwords included."]
    return []


def _ages(token: Authorization) -> str:
    return f"{_when('Created', token.created_at)}. {_when('Updated', token.updated_at)}."


def _when(word: str, at: datetime | None) -> str:
    return f"{word} at an unknown time" if at is None else f"{word} {moment(at)}"


def _change_line(change: ChangeRequest, authorization_id: str) -> Line:
    return joined(
        [plain(_moment_and_outcome(change, authorization_id))],
        [plain("by "), person(change.requester.user_id)],
        [plain("change "), code(change.id)],
    )


def _moment_and_outcome(change: ChangeRequest, authorization_id: str) -> str:
    verb = "undo" if change.undo_of else change.kind.value
    outcome = STANDS.get(change.state)
    if outcome is None:
        ours = [t for t in change.targets if t.authorization_id == authorization_id]
        outcome = OUTCOMES[ours[0].state] if ours else "nothing changed"
        if ours and ours[0].active_again is not None:
            outcome = f"{outcome}; active again{since(ours[0])}, and not by this bot"
    return f"{moment(change.created_at)}, {verb}: {outcome}{glass_mark(change)}"
