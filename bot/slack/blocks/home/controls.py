"""How Home is searched, filtered and sorted."""

import hashlib
from collections.abc import Mapping
from typing import Any

from slack_sdk.models.blocks import (
    ActionsBlock,
    ButtonElement,
    InputBlock,
    Option,
    PlainTextInputElement,
    StaticSelectElement,
)

from bot.changes.home import HomePage
from bot.changes.home_query import HomeQuery, Sort
from bot.slack.blocks.modal import labelled
from bot.slack.blocks.rich import shown
from bot.slack.home.navigation import EVERY, LONGEST_SEARCH, HomeAction

# Slack takes 100 options; one is the one for all, one may be what is chosen and not there.
_MOST_OPTIONS = 98
_LONGEST_OPTION = 75
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


def search(query: HomeQuery) -> dict[str, Any]:
    """Draw the field for words to search for."""
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


def filters(page: HomePage) -> dict[str, Any]:
    """Draw the menus that filter and sort, and the buttons beside them."""
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


def _button(text: str, action: HomeAction, value: str, label: str) -> ButtonElement:
    return ButtonElement(text=text, action_id=action, value=value, accessibility_label=label)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]
