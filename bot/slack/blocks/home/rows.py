"""The tokens that Home lists, with their buttons."""

from collections.abc import Sequence
from typing import Any

from slack_sdk.models.blocks import ButtonElement

from bot.changes.authorization import Authorization
from bot.changes.home import HomePage
from bot.changes.home_tokens import HomeTokens
from bot.changes.lists import Listed
from bot.changes.moments import clock_time, moment
from bot.slack.blocks import buttons, token_buttons
from bot.slack.blocks.problems import problem_text
from bot.slack.blocks.rich import Line, bold, code, joined, paragraph, plain, shown
from bot.slack.blocks.wording import name_of
from bot.slack.home.navigation import HomeAction


def token_rows(page: HomePage) -> list[dict[str, Any]]:
    """List one page of the tokens, or say why they are not there."""
    tokens = page.tokens
    if tokens is None:
        return [paragraph([plain("Reading the tokens from InfluxDB…")])]
    several = len(page.instances) > 1
    nobody = len(tokens.silent) == len(page.instances)
    title = "The tokens cannot be read" if nobody else _title(tokens)
    blocks = [paragraph([bold(title)], [plain(f"As of {clock_time(page.at)}.")])]
    if tokens.silent:
        words = "" if nobody else "Not all are listed: "
        said = (f"{words}{problem_text(problem)}" for problem in tokens.silent)
        blocks.append(paragraph(*([plain(each)] for each in said)))
    for listed in tokens.tokens:
        where = listed.instance if several else ""
        blocks.append(paragraph(*_described(listed.token, where)))
        blocks.append(buttons.row(*_of_token(listed, can_change=_may_change(page))))
    turning = []
    if tokens.page:
        turning.append(_turn("Previous", 0, tokens.page - 1))
    if tokens.page + 1 < tokens.pages:
        turning.append(_turn("Next", 1, tokens.page + 1))
    return [*blocks, buttons.row(*turning)] if turning else blocks


def _may_change(page: HomePage) -> bool:
    return page.can_change and page.barred is None


def _title(tokens: HomeTokens) -> str:
    noun = "token" if tokens.total == 1 else "tokens"
    turn = f", page {tokens.page + 1} of {tokens.pages}" if tokens.pages > 1 else ""
    answering = ", as far as InfluxDB answers" if tokens.silent else ""
    return f"{tokens.total or 'No'} {noun}{answering}{turn}"


def _described(token: Authorization, instance: str) -> list[Line]:
    status = "Active" if token.active else "Inactive"
    return [
        [bold(name_of(token))],
        joined(
            [bold(status)],
            [code(token.id)],
            [plain(f"owner {shown(token.user)}")],
            [plain(f"organisation {shown(token.org)}")],
            [plain(instance)] if instance else [],
        ),
        joined(
            [plain(f"created {moment(token.created_at)}")] if token.created_at else [],
            [plain(f"last modified {moment(token.updated_at)}")] if token.updated_at else [],
        ),
    ]


def _of_token(listed: Listed, *, can_change: bool) -> Sequence[ButtonElement]:
    instance, token = listed.instance, listed.token
    details = token_buttons.details_modal(instance, token.id)
    if not can_change:
        return [details]
    toggle = (
        token_buttons.disable_with_reason(instance, token.id)
        if token.active
        else token_buttons.toggle(instance, token)
    )
    return [toggle, token_buttons.describe(instance, token.id), details]


def _turn(text: str, place: int, page: int) -> ButtonElement:
    return ButtonElement(
        text=text,
        action_id=f"{HomeAction.PAGE}:{place}",
        value=str(page),
        accessibility_label=f"{text} page of the tokens",
    )
