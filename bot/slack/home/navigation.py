"""What people do in Home to see something else: search, filter, sort, turn pages."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from bot.changes.authorization import Status
from bot.changes.home_query import HomeQuery, Sort
from bot.commands.grammar import as_written, without_unseen

EVERY = "*"
"""The value of the option that takes a filter away; no instance has it as its name."""
LONGEST_SEARCH = 150
# https://docs.slack.dev/reference/block-kit/composition-objects/option-object: what is longer was
# offered by no menu, and a page that shows it as chosen is refused.
_LONGEST_OPTION = 150


class HomeAction(StrEnum):
    """What can be done in Home; each begins alike, so that one listener takes them all."""

    SEARCH = "home_search"
    STATUS = "home_status"
    OWNER = "home_owner"
    ORGANISATION = "home_organisation"
    INSTANCE = "home_instance"
    SORT = "home_sort"
    PAGE = "home_page"
    CLEAR = "home_clear"
    REFRESH = "home_refresh"


_FILTERS = MappingProxyType(
    {
        HomeAction.OWNER: "user_id",
        HomeAction.ORGANISATION: "org_id",
        HomeAction.INSTANCE: "instance",
    }
)


def home_action(action: Mapping[str, Any]) -> HomeAction | None:
    """Name what was done; None for what another version of this bot offered."""
    name, _, _ = str(action.get("action_id")).partition(":")
    return HomeAction(name) if name in set(HomeAction) else None


def changed(query: HomeQuery, action: HomeAction, value: str) -> HomeQuery:
    """Give what is looked at after somebody has done something; what is no value changes nothing.

    Args:
        query: What was looked at.
        action: What they did.
        value: What they typed or chose.
    """
    chosen = "" if value == EVERY else value
    match action:
        case HomeAction.SEARCH:
            return query.with_filter(words=as_written(without_unseen(value))[:LONGEST_SEARCH])
        case HomeAction.STATUS if chosen in {"", *Status}:
            return query.with_filter(status=Status(chosen) if chosen else None)
        case action if action in _FILTERS and len(chosen) <= _LONGEST_OPTION:
            return query.with_filter(**{_FILTERS[action]: chosen})
        case HomeAction.SORT if value in set(Sort):
            return query.with_filter(sort=Sort(value))
        case HomeAction.PAGE if value.isascii() and value.isdigit() and len(value) < 6:
            return query.turned(int(value))
        case HomeAction.CLEAR:
            return HomeQuery(sort=query.sort)
        case _:
            return query


def entered(action: Mapping[str, Any]) -> str:
    """Give what was typed, chosen or pressed."""
    option = action.get("selected_option")
    value = option.get("value") if isinstance(option, Mapping) else action.get("value")
    return value if isinstance(value, str) else ""
