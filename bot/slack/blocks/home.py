"""Home, as Slack is given it.

https://docs.slack.dev/reference/views/home-tab-views
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from slack_sdk.models.blocks import (
    ActionsBlock,
    ButtonElement,
    InputBlock,
    Option,
    PlainTextInputElement,
    StaticSelectElement,
)

from bot.changes.authorization import Authorization
from bot.changes.decision import Denied
from bot.changes.errors import ErrorCode, Problem
from bot.changes.home import HomePage, HomeQuery, HomeTokens, Sort
from bot.changes.lists import Listed
from bot.changes.request import ChangeRequest
from bot.changes.states import RequestState
from bot.slack.blocks import buttons
from bot.slack.blocks.glass import glass_buttons
from bot.slack.blocks.modal import labelled
from bot.slack.blocks.pending import head, stands
from bot.slack.blocks.people import named, provenance
from bot.slack.blocks.problems import problem_text
from bot.slack.blocks.rich import (
    Line,
    bold,
    code,
    joined,
    paragraph,
    person,
    plain,
    shown,
)
from bot.slack.blocks.wording import OUTCOMES, STANDS, clock_time, moment, name_of, subject, verb
from bot.slack.home.navigation import EVERY, LONGEST_SEARCH, HomeAction

View = dict[str, Any]
CALLBACK_ID = "home"
# Slack takes 100 options; one is the one for all, one may be what is chosen and not there.
_MOST_OPTIONS = 98
_LONGEST_OPTION = 75
_MOST_WAITING = 6
_SORTS = {
    Sort.DESCRIPTION: "Description, A to Z",
    Sort.DESCRIPTION_DOWN: "Description, Z to A",
    Sort.ACTIVE_FIRST: "Active first",
    Sort.INACTIVE_FIRST: "Inactive first",
    Sort.NEWEST: "Newest first",
    Sort.OLDEST: "Oldest first",
    Sort.CHANGED_LAST: "Last modified first",
    Sort.CHANGED_FIRST: "Last modified last",
}


def home_view(page: HomePage) -> View:
    """Draw Home for somebody who may read."""
    return _view(
        *page.notice,
        *_barred(page.barred),
        *_waiting(page),
        _search(page.query),
        _filters(page),
        *_tokens(page),
        *_recent(page.recent),
    )


def closed_view(denied: Denied, notice: Sequence[Mapping[str, Any]] = ()) -> View:
    """Say to somebody who may not read why, and who can help.

    Args:
        denied: Why.
        notice: What they were told last, as blocks.
    """
    return _view(
        *notice,
        paragraph(
            [plain(f"This page is not for you: {shown(denied.rule)}.")],
            [plain(shown(denied.hint))],
            named("Can help: ", denied.helpers),
        ),
    )


def secret_in_search() -> Problem:
    """Say that what was searched for is not looked for, nor kept."""
    return Problem(
        ErrorCode.LOOKS_LIKE_SECRET,
        "What you searched for looks like a secret. Nothing was stored, and nothing was changed.",
        "Slack has seen it, so treat it as leaked: take “Report a leaked token” from Slack's "
        "shortcuts, which finds its token, disables it, and proves it dead.",
    )


def _view(*blocks: Mapping[str, Any]) -> View:
    return {"type": "home", "callback_id": CALLBACK_ID, "blocks": [dict(each) for each in blocks]}


def _barred(denied: Denied | None) -> list[View]:
    if denied is None:
        return []
    return [
        paragraph(
            [plain(f"You can change nothing here: {shown(denied.rule)}.")],
            [plain(shown(denied.hint))],
        )
    ]


def _waiting(page: HomePage) -> list[View]:
    if not page.waiting:
        return []
    blocks = [paragraph([bold("Waits for you")])]
    for change in page.waiting[:_MOST_WAITING]:
        blocks.append(paragraph([bold(head(change))], [plain(stands(change))], provenance(change)))
        # What only stops something is allowed where changes are not.
        offered = buttons.moving(change)
        # Whoever broke the glass only sees that it is not reviewed yet.
        offered += [] if change.requester.user_id == page.user_id else glass_buttons(change)
        blocks += [buttons.row(*offered)] if offered else []
    if len(page.waiting) > _MOST_WAITING:
        blocks.append(paragraph([plain("There are more; these are the oldest.")]))
    return blocks


def _search(query: HomeQuery) -> View:
    # What is filled in stays as long as its block's id does, which must not be after Clear.
    return InputBlock(
        block_id=f"home_search:{_digest(query.words)}",
        label=labelled("Search"),
        dispatch_action=True,
        optional=True,
        element=PlainTextInputElement(
            action_id=HomeAction.SEARCH,
            initial_value=query.words or None,
            max_length=LONGEST_SEARCH,
            placeholder=labelled("Words of a description, id, owner or organisation; then Enter"),
        ),
    ).to_dict()


def _filters(page: HomePage) -> View:
    query, tokens = page.query, page.tokens
    owners = {} if tokens is None else tokens.owners
    organisations = {} if tokens is None else tokens.organisations
    chosen = "" if query.status is None else query.status.value
    both = {"active": "Active", "inactive": "Inactive"}
    menus = [
        _menu(HomeAction.STATUS, "Active and inactive", both, chosen),
        _menu(HomeAction.OWNER, "All owners", owners, query.user_id),
        _menu(HomeAction.ORGANISATION, "All organisations", organisations, query.org_id),
    ]
    if len(page.instances) > 1:
        names = {name: name for name in page.instances}
        menus.append(_menu(HomeAction.INSTANCE, "All instances", names, query.instance))
    return ActionsBlock(
        block_id=f"home_filters:{_digest(query.dump())}",
        elements=[
            *menus,
            StaticSelectElement(
                action_id=HomeAction.SORT,
                options=[_option(value, text) for value, text in _SORTS.items()],
                initial_option=_option(query.sort, _SORTS[query.sort]),
            ),
            _button("Clear", HomeAction.CLEAR, EVERY, "Clear the search and all filters"),
            _button("Refresh", HomeAction.REFRESH, EVERY, "Read all tokens again"),
        ],
    ).to_dict()


def _menu(
    action: HomeAction, every: str, names: Mapping[str, str], chosen: str
) -> StaticSelectElement:
    """Offer all and each; what is chosen is always among them, whether it is there or not."""
    offered = dict(list(names.items())[:_MOST_OPTIONS])
    if chosen:
        offered.setdefault(chosen, names.get(chosen, chosen))
    options = [_option(EVERY, every), *(_option(key, text) for key, text in offered.items())]
    initial = next(each for each in options if each.value == (chosen or EVERY))
    return StaticSelectElement(action_id=action, options=options, initial_option=initial)


def _option(value: str, text: str) -> Option:
    return Option(value=value, text=labelled(shown(text) or value, _LONGEST_OPTION))


def _tokens(page: HomePage) -> list[View]:
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
        blocks.append(paragraph(*_row(listed.token, where)))
        blocks.append(buttons.row(*_of_token(listed, can_change=_changes(page))))
    turning = []
    if tokens.page:
        turning.append(_turn("Previous", 0, tokens.page - 1))
    if tokens.page + 1 < tokens.pages:
        turning.append(_turn("Next", 1, tokens.page + 1))
    return [*blocks, buttons.row(*turning)] if turning else blocks


def _changes(page: HomePage) -> bool:
    return page.can_change and page.barred is None


def _title(tokens: HomeTokens) -> str:
    noun = "token" if tokens.total == 1 else "tokens"
    turn = f", page {tokens.page + 1} of {tokens.pages}" if tokens.pages > 1 else ""
    answering = ", as far as InfluxDB answers" if tokens.silent else ""
    return f"{tokens.total or 'No'} {noun}{answering}{turn}"


def _row(token: Authorization, instance: str) -> list[Line]:
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
    details = buttons.details_modal(instance, token.id)
    if not can_change:
        return [details]
    toggle = (
        buttons.disable_with_reason(instance, token.id)
        if token.active
        else buttons.toggle(instance, token)
    )
    return [toggle, buttons.describe(instance, token.id), details]


def _recent(changes: Sequence[ChangeRequest]) -> list[View]:
    if not changes:
        return []
    return [paragraph([bold("Recent changes")]), paragraph(*map(_change, changes))]


def _change(change: ChangeRequest) -> Line:
    what = f"undo of {change.undo_of}" if change.undo_of else f"{verb(change)} {subject(change)}"
    return joined(
        [plain(moment(change.created_at))],
        [plain(what)],
        [plain(_outcome(change))],
        [plain("by "), person(change.requester.user_id)],
        [plain("change "), code(change.id)],
    )


def _outcome(change: ChangeRequest) -> str:
    if change.state in STANDS:
        return STANDS[change.state]
    if change.state is not RequestState.FINISHED:
        return "under way"
    states = list(dict.fromkeys(OUTCOMES[target.state] for target in change.targets))
    return " and ".join(states) if states else "nothing changed"


def _turn(text: str, place: int, page: int) -> ButtonElement:
    return ButtonElement(
        text=text,
        action_id=f"{HomeAction.PAGE}:{place}",
        value=str(page),
        accessibility_label=f"{text} page of the tokens",
    )


def _button(text: str, action: HomeAction, value: str, label: str) -> ButtonElement:
    return ButtonElement(text=text, action_id=action, value=value, accessibility_label=label)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]
