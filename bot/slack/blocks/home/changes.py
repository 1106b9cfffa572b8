"""The changes that Home shows: what waits for its person, and the newest."""

from collections.abc import Sequence
from typing import Any

from bot.changes.home import HomePage
from bot.changes.moments import moment
from bot.changes.request import ChangeRequest
from bot.changes.states import RequestState
from bot.slack.blocks import buttons
from bot.slack.blocks.glass import glass_buttons
from bot.slack.blocks.leaks.order import order_as_listed
from bot.slack.blocks.pending import head, stands
from bot.slack.blocks.people import provenance
from bot.slack.blocks.rich import Line, bold, code, joined, paragraph, person, plain
from bot.slack.blocks.wording import MORE_ARE_NEWER, OUTCOMES, STANDS, subject, verb

_MOST_WAITING = 6


def waiting(page: HomePage) -> list[dict[str, Any]]:
    """Show the changes that wait for its person, each with what can be done with it."""
    if not page.waiting:
        return []
    blocks = [paragraph([bold("Waits for you")])]
    for change in page.waiting[:_MOST_WAITING]:
        lines = [[bold(head(change))], [plain(stands(change))], [plain(order_as_listed(change))]]
        blocks.append(paragraph(*lines, provenance(change)))
        # What only stops something is allowed where changes are not.
        offered = buttons.moving(change)
        # Whoever broke the glass only sees that it is not reviewed yet.
        offered += [] if change.requester.user_id == page.user_id else glass_buttons(change)
        blocks += [buttons.row(*offered)] if offered else []
    if len(page.waiting) > _MOST_WAITING:
        blocks.append(paragraph([plain(MORE_ARE_NEWER)]))
    return blocks


def recent(changes: Sequence[ChangeRequest]) -> list[dict[str, Any]]:
    """List the newest changes."""
    if not changes:
        return []
    return [paragraph([bold("Recent changes")]), paragraph(*map(_line, changes))]


def _line(change: ChangeRequest) -> Line:
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
