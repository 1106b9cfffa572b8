import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.changes.deciding import decide
from bot.changes.decision import Denied, Wanted
from bot.changes.home import Home, HomePage, waits_for
from bot.changes.home_tokens import Everything, arranged
from bot.changes.people import Standing
from bot.changes.policy import Policy, Role
from bot.changes.ports import Directory
from bot.changes.queries import Queries
from bot.changes.record_queries import Overview
from bot.changes.request import ChangeRequest
from bot.changes.update import ChangeKind
from bot.slack.blocks.home.page import closed_view, home_view
from bot.slack.home.publishing import Publishing
from bot.slack.home.shelf import HomeShelf

# What InfluxDB answers sooner needs no page of its own before it.
_AT_ONCE_SECONDS = 0.4
# What somebody was told stands on their page for so long, unless they do something else.
_NOTICED_FOR = timedelta(minutes=2)


@dataclass(frozen=True)
class _Known:
    """What is known before InfluxDB has answered."""

    home: Home
    standing: Standing
    overview: Overview
    sequence: int


class HomePages:
    """Draw Home from the record and from InfluxDB, and show it.

    Args:
        shelf: The database.
        queries: Read the record, and InfluxDB.
        directory: Tells what Slack says of people.
        policy: Gives the policy in force.
        publishing: Shows pages.
        clock: Tells the time.
    """

    def __init__(
        self,
        *,
        shelf: HomeShelf,
        queries: Queries,
        directory: Directory,
        policy: Callable[[], Policy],
        publishing: Publishing,
        clock: Callable[[], datetime],
    ) -> None:
        self._shelf = shelf
        self._queries = queries
        self._directory = directory
        self._policy = policy
        self._publishing = publishing
        self._clock = clock

    async def show(self, home: Home) -> None:
        """Show somebody what they look at: at once what is known, then the tokens as well.

        Raises:
            AnnouncementError: If Slack does not take it.
            StoreUnavailableError: If the database does not answer.
        """
        known = await self._known(home)
        denied = self._denied(known, Role.VIEWER)
        if denied is not None:
            await self._publishing.publish(
                home, closed_view(denied, self._notice(home)), known.sequence
            )
            return
        reading = asyncio.create_task(self._queries.everything())
        try:
            await asyncio.wait([reading], timeout=_AT_ONCE_SECONDS)
            current: Home | None = home
            if not reading.done():
                begun = self._view(known, None)
                current = await self._publishing.publish(home, begun, known.sequence)
            everything = await reading
        finally:
            reading.cancel()
        if current is not None:
            drawn = self._view(known, everything)
            await self._publishing.publish(current, drawn, known.sequence)

    async def refresh(self, home: Home, everything: Everything, sequence: int) -> None:
        """Show somebody what has changed; raise what ``show`` raises.

        Args:
            home: Whose it is.
            everything: All tokens, read for everybody at once.
            sequence: How much of the record was there before they were read.
        """
        known = await self._known(home)
        denied = self._denied(known, Role.VIEWER)
        notice = self._notice(home)
        view = self._view(known, everything) if denied is None else closed_view(denied, notice)
        await self._publishing.publish(home, view, sequence)

    async def _known(self, home: Home) -> _Known:
        async with self._shelf.reading() as homes:
            # Before anything else: what is recorded in between is shown next time.
            sequence = await homes.record_length()
        standing = await self._directory.look_up(home.person)
        return _Known(home, standing, await self._queries.overview(), sequence)

    def _view(self, known: _Known, everything: Everything | None) -> dict[str, Any]:
        home = known.home
        tokens = None if everything is None else arranged(everything, home.query)
        can_change = self._denied(known, Role.OPERATOR) is None
        return home_view(
            HomePage(
                query=home.query,
                at=self._clock(),
                instances=self._queries.instances,
                tokens=tokens,
                can_change=can_change,
                barred=self._denied(known, Role.OPERATOR, _ANY_CHANGE) if can_change else None,
                waiting=self._waiting(known),
                recent=known.overview.recent,
                notice=self._notice(home),
                user_id=home.person.user_id,
            )
        )

    def _notice(self, home: Home) -> Sequence[Mapping[str, Any]]:
        at = home.noticed_at
        return home.notice if at is not None and self._clock() - at < _NOTICED_FOR else ()

    def _waiting(self, known: _Known) -> tuple[ChangeRequest, ...]:
        """List what waits for this person, unreviewed changes among it."""
        approver = self._denied(known, Role.APPROVER) is None
        person = known.home.person
        return tuple(
            each for each in known.overview.waiting if waits_for(each, person, approver=approver)
        )

    def _denied(
        self, known: _Known, role: Role, kinds: frozenset[ChangeKind] = frozenset()
    ) -> Denied | None:
        person = known.home.person
        wanted = Wanted(role, kinds, channel_id=person.user_id)
        freeze = known.overview.freeze if kinds else None
        decision = decide(self._policy(), person, known.standing, wanted, freeze)
        return decision if isinstance(decision, Denied) else None


_ANY_CHANGE = frozenset({ChangeKind.DISABLE})
