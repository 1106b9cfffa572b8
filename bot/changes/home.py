"""What somebody looks at in Home, and one page of the tokens that fit, in the order they like."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from bot.changes.authorization import Authorization, Status
from bot.changes.decision import Denied
from bot.changes.errors import Problem
from bot.changes.lists import Listed, ListQuery
from bot.changes.people import Person
from bot.changes.request import ChangeRequest
from bot.changes.states import RequestState

PAGE_SIZE = 10
_NEVER = datetime.min.replace(tzinfo=UTC)


class Sort(StrEnum):
    """In which order tokens are listed."""

    DESCRIPTION = "description"
    DESCRIPTION_DOWN = "description_down"
    ACTIVE_FIRST = "active_first"
    INACTIVE_FIRST = "inactive_first"
    NEWEST = "newest"
    OLDEST = "oldest"
    CHANGED_LAST = "changed_last"
    CHANGED_FIRST = "changed_first"


@dataclass(frozen=True)
class HomeQuery:
    """What somebody looks at; the first page is 0.

    Attributes:
        words: What they search for.
        status: Which status tokens have; None for either.
        user_id: Whose tokens; empty for everybody's.
        org_id: Of which organisation; empty for all.
        instance: On which instance; empty for all.
    """

    words: str = ""
    status: Status | None = None
    user_id: str = ""
    org_id: str = ""
    instance: str = ""
    sort: Sort = Sort.DESCRIPTION
    page: int = 0

    def with_filter(self, **changed: Any) -> "HomeQuery":
        """Look for something else, from the first page on."""
        return replace(self, page=0, **changed)

    def turned(self, page: int) -> "HomeQuery":
        """Look at another page of the same."""
        return replace(self, page=page)

    def fits(self, listed: Listed) -> bool:
        """Tell whether a token is to be listed."""
        token = listed.token
        return (
            self.instance in {"", listed.instance}
            and self.user_id in {"", token.user_id}
            and self.org_id in {"", token.org_id}
            and ListQuery(tuple(self.words.split()), status=self.status).fits(token)
        )

    def dump(self) -> str:
        """Give the query as text, to be kept."""
        return json.dumps(asdict(self))

    @classmethod
    def load(cls, text: str) -> "HomeQuery":
        """Read a kept query; what another version of this bot kept may say nothing to this one."""
        try:
            kept = json.loads(text)
            status = kept["status"]
            return cls(
                words=str(kept["words"]),
                status=None if status is None else Status(status),
                user_id=str(kept["user_id"]),
                org_id=str(kept["org_id"]),
                instance=str(kept["instance"]),
                sort=Sort(kept["sort"]),
                page=int(kept["page"]),
            )
        except (KeyError, TypeError, ValueError):
            return cls()


@dataclass(frozen=True)
class Home:
    """What is kept of somebody's Home.

    Attributes:
        person: Whose it is.
        query: What they look at.
        notice: What they were told last, as blocks.
        version: Grows with everything that they do.
        view_hash: Slack's hash of what is shown; empty while nothing is.
        sequence: How much of the record is in it.
        refreshed_at: When it was shown.
    """

    person: Person
    query: HomeQuery
    version: int
    opened_at: datetime
    refreshed_at: datetime
    notice: tuple[Mapping[str, Any], ...] = ()
    noticed_at: datetime | None = None
    view_hash: str = ""
    sequence: int = 0


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


@dataclass(frozen=True)
class HomePage:
    """All that Home shows.

    Attributes:
        query: What its person looks at.
        at: When it was drawn.
        instances: Which instances there are.
        tokens: The tokens; None while they are being read.
        barred: Why its person can change nothing here; None if they can.
        can_change: Whether they are an operator, whatever stands against it now.
        waiting: What waits for them.
        recent: The newest changes.
        notice: What they were told last, as blocks.
        user_id: Whose it is.
    """

    query: HomeQuery
    at: datetime
    instances: tuple[str, ...]
    tokens: HomeTokens | None
    can_change: bool
    barred: Denied | None = None
    waiting: tuple[ChangeRequest, ...] = ()
    recent: tuple[ChangeRequest, ...] = ()
    notice: Sequence[Mapping[str, Any]] = field(default_factory=tuple)
    user_id: str = ""


def arranged(everything: Everything, query: HomeQuery) -> HomeTokens:
    """Give the page of the tokens that fit."""
    fitting = sorted(filter(query.fits, everything.tokens), key=_by_name)
    key, downwards = _ORDER[query.sort]
    fitting.sort(key=key, reverse=downwards)
    pages = max(1, -(-len(fitting) // PAGE_SIZE))
    page = min(max(query.page, 0), pages - 1)
    return HomeTokens(
        tokens=tuple(fitting[page * PAGE_SIZE : (page + 1) * PAGE_SIZE]),
        total=len(fitting),
        page=page,
        pages=pages,
        owners=_named((each.token.user_id, each.token.user) for each in everything.tokens),
        organisations=_named((each.token.org_id, each.token.org) for each in everything.tokens),
        silent=everything.silent,
    )


def waits_for(request: ChangeRequest, person: Person, *, approver: bool) -> bool:
    """Tell whether a request waits for something that a person can do, or needs to know of.

    Whoever broke the glass cannot review it, and can do so again only once somebody has.

    Args:
        request: The request.
        person: Who.
        approver: Whether they are an approver.
    """
    own = request.requester.user_id == person.user_id
    match request.state:
        case RequestState.PREVIEWED:
            return own
        case RequestState.AWAITING_APPROVAL:
            votes = () if request.approval is None else request.approval.votes
            voted = any(vote.voter.user_id == person.user_id for vote in votes)
            return own or (approver and not voted)
        case RequestState.FINISHED:
            return request.unreviewed and (own or approver)
        case _:
            return False


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
