"""One page of a list of tokens."""

from datetime import datetime
from typing import Any

from humanize import naturaldelta
from slack_sdk.models.blocks import ButtonElement

from bot.changes.authorization import Authorization
from bot.changes.lists import ListQuery, TokenPage
from bot.slack.blocks import buttons, token_buttons
from bot.slack.blocks.action_ids import ActionId
from bot.slack.blocks.problems import problem_text
from bot.slack.blocks.rich import (
    Line,
    Message,
    bold,
    code,
    escaped,
    joined,
    paragraph,
    plain,
    quoted,
    shown,
)
from bot.slack.blocks.wording import name_of


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
