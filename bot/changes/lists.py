"""Which tokens are wanted, and one page of those that fit."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime

from bot.changes.authorization import Authorization, Status
from bot.changes.errors import Problem


@dataclass(frozen=True)
class ListQuery:
    """Which tokens are wanted, and which page of them; the first is 0."""

    words: tuple[str, ...] = ()
    user: str | None = None
    org: str | None = None
    status: Status | None = None
    page: int = 0
    instance: str | None = None

    def fits(self, authorization: Authorization) -> bool:
        """Tell whether every word occurs in its description, id, owner or organisation."""
        if self.status is not None and authorization.status is not self.status:
            return False
        fields = (
            authorization.description,
            authorization.id,
            authorization.user,
            authorization.org,
        )
        text = "\n".join(fields).casefold()
        return all(word.casefold() in text for word in self.words)

    def dump(self) -> str:
        """Give the query as text, to be kept behind a button."""
        return json.dumps(asdict(self))

    @classmethod
    def load(cls, text: str) -> "ListQuery":
        """Read a kept query."""
        kept = json.loads(text)
        status = kept["status"]
        return cls(
            words=tuple(kept["words"]),
            user=kept["user"],
            org=kept["org"],
            status=None if status is None else Status(status),
            page=kept["page"],
            instance=kept["instance"],
        )


@dataclass(frozen=True)
class Listed:
    """One token of a list, and where it is."""

    instance: str
    token: Authorization


@dataclass(frozen=True)
class TokenPage:
    """One page of a list.

    Attributes:
        instances: Where it was looked for.
        silent: What is wrong with those that did not answer.
        previous: The kept query of the page before, or None.
        next: The kept query of the page after, or None.
    """

    instances: tuple[str, ...]
    query: ListQuery
    tokens: tuple[Listed, ...]
    total: int
    page: int
    pages: int
    at: datetime
    silent: tuple[Problem, ...] = ()
    previous: str | None = None
    next: str | None = None
