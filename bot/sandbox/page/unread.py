from collections.abc import Sequence

from bot.sandbox.slack import Message, SlackStandIn


class Unread:
    """How far each person has read in each channel, as their client keeps it."""

    def __init__(self) -> None:
        self._read: dict[tuple[str, str], str] = {}

    def read(self, person: str, channel: str, messages: Sequence[Message]) -> None:
        """Note that a person has read these."""
        if messages:
            self._read[person, channel] = messages[-1].ts

    def count(self, slack: SlackStandIn, person: str, channel: str) -> int:
        """Count what others have written since, but for replies in threads."""
        last = self._read.get((person, channel), "")
        return sum(
            message.ts > last and message.thread_ts is None and message.user != person
            for message in slack.visible_to(person, channel)
        )
