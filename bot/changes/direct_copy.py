"""The message of a request as one person has it in a direct message of their own."""

from dataclasses import dataclass

from bot.changes.request import MessageRef


@dataclass(frozen=True)
class DirectCopy:
    """A copy of a request's message that one person was sent, or is to be sent.

    Attributes:
        user_id: Whose it is.
        place: Where it is; None until it is sent, or if this person cannot be reached.
        shown: What it shows, in short; empty until it is known that it is sent, or cannot be.
    """

    user_id: str
    place: MessageRef | None = None
    shown: str = ""
