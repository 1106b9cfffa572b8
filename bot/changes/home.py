"""What Home shows, what is kept of it, and what waits there for somebody."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.changes.decision import Denied
from bot.changes.home_query import HomeQuery
from bot.changes.home_tokens import HomeTokens
from bot.changes.people import Person
from bot.changes.request import ChangeRequest
from bot.changes.states import RequestState


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
