"""What somebody looks at in Home."""

import json
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any

from bot.changes.authorization import Status
from bot.changes.lists import Listed, ListQuery


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
