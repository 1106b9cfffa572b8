"""Trigger ids: for a moment after a person did something, the app may open a modal for them.

https://docs.slack.dev/surfaces/modals
"""

import itertools
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.sandbox.slack.modal_view import View
from bot.sandbox.slack.replies import RefusedError

LIFETIME: Final = timedelta(seconds=3)


@dataclass
class Trigger:
    """What a person did, and in which view of a modal if they did it there."""

    person: str
    at: datetime
    view: View | None = None
    exchanged: bool = False


class Triggers:
    """The triggers that were given out."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._now = clock
        self._issued: dict[str, Trigger] = {}
        self._numbers = itertools.count(1)

    def issue(self, person_id: str, view: View | None = None) -> str:
        """Give out a new one for what somebody does now."""
        number = next(self._numbers)
        trigger_id = f"{number}.{number}.{secrets.token_hex(16)}"
        self._issued[trigger_id] = Trigger(person_id, self._now(), view)
        return trigger_id

    def exchange(self, trigger_id: str) -> Trigger:
        """Use a trigger, which can be done once.

        Raises:
            RefusedError: ``invalid_trigger_id``, ``exchanged_trigger_id`` or, after three seconds,
                ``expired_trigger_id``.
        """
        trigger = self._issued.get(trigger_id)
        if trigger is None:
            raise RefusedError("invalid_trigger_id")
        if trigger.exchanged:
            raise RefusedError("exchanged_trigger_id")
        if self._now() - trigger.at > LIFETIME:
            raise RefusedError("expired_trigger_id")
        trigger.exchanged = True
        return trigger
