from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Anchor:
    """What the record is known by at a moment: kept elsewhere, it shows what was rewritten since.

    Attributes:
        sequence: The number of the last event.
        hash: Its hash, in which all events before it are.
        at: When the anchor was taken.
    """

    sequence: int
    hash: str
    at: datetime

    @property
    def written(self) -> str:
        """Give it as people keep it, and as ``token-bot audit verify`` takes it."""
        return f"{self.sequence}:{self.hash}"
