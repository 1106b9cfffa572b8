"""That a change ran at once although it needed an approval, and who has reviewed it since."""

from dataclasses import dataclass
from datetime import datetime

# So many tokens may be named at once. Whoever means more means all of somebody's, and can wait.
MOST_TOKENS = 10


@dataclass(frozen=True)
class BreakGlass:
    """A change ran at once although it needed an approval.

    Attributes:
        needed: The rule that wanted the approval; empty before it is decided that there is one.
        approvers: The ids of the users and user groups that could review it when it was asked.
        reviewed_by: The user id of whoever has reviewed it; empty as long as nobody has.
        reviewed_at: When that was; None as long as nobody has.
    """

    needed: str = ""
    approvers: tuple[str, ...] = ()
    reviewed_by: str = ""
    reviewed_at: datetime | None = None
