"""One page of the tokens that fit what somebody looks at in Home, in the order they like."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from bot.changes.authorization import Authorization
from bot.changes.errors import Problem
from bot.changes.home_query import HomeQuery, Sort
from bot.changes.lists import Listed
from bot.changes.paging import paged

PAGE_SIZE = 10
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Everything:
    """All tokens of all instances, as far as these answer.

    Attributes:
        instances: Where it was looked.
        silent: What is wrong with those that did not answer.
    """

    instances: tuple[str, ...]
    tokens: tuple[Listed, ...] = ()
    silent: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class HomeTokens:
    """One page of the tokens that fit.

    Attributes:
        page: Its number; less than the query's where there are fewer by now.
        owners: Whose tokens there are, by user id.
        organisations: Whose they are, by organisation id.
    """

    tokens: tuple[Listed, ...]
    total: int
    page: int
    pages: int
    owners: Mapping[str, str]
    organisations: Mapping[str, str]
    silent: tuple[Problem, ...]


def arranged(everything: Everything, query: HomeQuery) -> HomeTokens:
    """Give the page of the tokens that fit."""
    fitting = sorted(filter(query.fits, everything.tokens), key=_by_name)
    key, downwards = _ORDER[query.sort]
    fitting.sort(key=key, reverse=downwards)
    shown = paged(fitting, query.page, PAGE_SIZE)
    return HomeTokens(
        tokens=shown.items,
        total=len(fitting),
        page=shown.page,
        pages=shown.pages,
        owners=_named((each.token.user_id, each.token.user) for each in everything.tokens),
        organisations=_named((each.token.org_id, each.token.org) for each in everything.tokens),
        silent=everything.silent,
    )


def _named(pairs: Iterable[tuple[str, str]]) -> Mapping[str, str]:
    return dict(sorted(set(pairs), key=lambda pair: (pair[1].casefold(), pair[0])))


def _by_name(listed: Listed) -> tuple[bool, str, str, str]:
    """Put what has no description behind the others."""
    token = listed.token
    name = token.description.strip().casefold()
    return not name, name, token.id, listed.instance


def _created(token: Authorization) -> datetime:
    return token.created_at or _NEVER


def _changed(token: Authorization) -> datetime:
    return token.updated_at or token.created_at or _NEVER


_Key = Callable[[Listed], Any]
_ORDER: Mapping[Sort, tuple[_Key, bool]] = MappingProxyType(
    {
        Sort.DESCRIPTION: (_by_name, False),
        Sort.DESCRIPTION_DOWN: (_by_name, True),
        Sort.ACTIVE_FIRST: (lambda each: not each.token.active, False),
        Sort.INACTIVE_FIRST: (lambda each: each.token.active, False),
        Sort.NEWEST: (lambda each: _created(each.token), True),
        Sort.OLDEST: (lambda each: _created(each.token), False),
        Sort.CHANGED_LAST: (lambda each: _changed(each.token), True),
        Sort.CHANGED_FIRST: (lambda each: _changed(each.token), False),
    }
)
