from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.changes.authorization import Authorization
from bot.changes.request import ChangeRequest


class Lookback(Protocol):
    """What earlier requests were about, and what they came to."""

    async def latest_change(self, user_id: str, channel_id: str) -> ChangeRequest | None:
        """Give the newest request of a person in a channel, undos left out, or None."""
        ...

    async def last_records(self, instance: str, ids: Sequence[str]) -> dict[str, Authorization]:
        """Give authorizations as the newest finished request saw each last, by their ids."""
        ...

    async def touched_since(
        self,
        change_id: str,
        instance: str,
        ids: Sequence[str],
        *,
        except_for: str | None,
        until: str | None,
    ) -> dict[str, str]:
        """Give who first asked for something else of authorizations, later than a change.

        Requests that were refused, cancelled, closed or failed did not touch them; those that
        found nothing to change did.

        Args:
            change_id: The change after which to look.
            instance: Where the authorizations are.
            ids: Their ids.
            except_for: A person whose requests do not count; None counts everybody's.
            until: A request that does not count, such as the undo that asks.

        Returns:
            Slack user ids by the ids of the authorizations that were touched.
        """
        ...

    async def last_touches(
        self, change_id: str, instance: str, ids: Sequence[str], *, until: str | None
    ) -> dict[str, ChangeRequest]:
        """Give the newest request that touched each of some authorizations, later than a change.

        What touches is as for ``touched_since``; everybody's requests count.
        """
        ...

    async def changes_of(
        self, instance: str, authorization_id: str, limit: int
    ) -> list[ChangeRequest]:
        """Give the newest requests for one authorization, newest first."""
        ...

    async def newest_requests(self, limit: int) -> list[ChangeRequest]:
        """Give the newest requests of all, newest first."""
        ...

    async def open_requests(self, limit: int) -> list[ChangeRequest]:
        """Give the requests that wait for somebody or something, the oldest first."""
        ...

    async def running_timers(
        self, instance: str, ids: Sequence[str] | None, limit: int
    ) -> list[ChangeRequest]:
        """Give the changes that are to enable tokens again by themselves, the next one first.

        Args:
            instance: Where the tokens are.
            ids: Those of which one must be among them; None means any.
            limit: How many at most.
        """
        ...

    async def disabled_as_leaked(self, instance: str, ids: Sequence[str]) -> list[str]:
        """Give those that were disabled as leaked, and have not been set active by this bot since.

        Args:
            instance: Where the authorizations are.
            ids: Their ids.
        """
        ...

    async def disabled_by_break_glass(self, instance: str, ids: Sequence[str]) -> list[str]:
        """Give those whose status was changed last by break-glass.

        Args:
            instance: Where the authorizations are.
            ids: Their ids.
        """
        ...

    async def unreviewed(self, user_id: str | None, limit: int) -> list[ChangeRequest]:
        """Give what was done by break-glass and is not reviewed yet, the oldest first.

        What is over and has changed nothing needs no review.

        Args:
            user_id: Whose; None for everybody's.
            limit: How many at most.
        """
        ...

    async def targets_asked(self, user_id: str, since: datetime, before: str | None) -> int:
        """Count the tokens that a person has asked to change since a moment.

        Requests that were closed before anything was sent do not count, nor what the bot asked for
        itself. With ``before``, only requests earlier than that one count.
        """
        ...
