from dataclasses import dataclass
from datetime import timedelta

from bot.changes.asking import Ask
from bot.changes.break_glass import BreakGlass
from bot.changes.change_ids import new_change_id
from bot.changes.request import ChangeRequest, Timer
from bot.changes.target import Selection, Target


@dataclass(frozen=True)
class Wish:
    """What somebody wants changed: named tokens, or all active ones of a user.

    Attributes:
        lasts: After how long a disable ends by itself; None for never.
        break_glass: Whether it is to run at once although it may need an approval.
    """

    targets: tuple[Target, ...] = ()
    selection: Selection | None = None
    reason: str = ""
    lasts: timedelta | None = None
    break_glass: bool = False

    def draft(
        self,
        ask: Ask,
        *,
        undo_of: str | None = None,
        retry_of: str | None = None,
        again_of: str | None = None,
    ) -> ChangeRequest:
        """Make a request of it, not yet decided about."""
        return ChangeRequest(
            id=new_change_id(),
            requester=ask.person,
            origin=ask.origin,
            targets=self.targets,
            selection=self.selection,
            reason=self.reason,
            created_at=ask.now,
            timer=None if self.lasts is None else Timer(self.lasts),
            undo_of=undo_of,
            retry_of=retry_of,
            again_of=again_of,
            typed_by=ask.typed_by,
            keeper=ask.keeper,
            asked_with=ask.request_id,
            break_glass=BreakGlass() if self.break_glass else None,
        )
