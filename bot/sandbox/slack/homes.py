"""The app's Home, as each person has it.

https://docs.slack.dev/surfaces/app-home
"""

import secrets
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from bot.block_kit.mrkdwn import Reader
from bot.sandbox.slack.changes import StateChanges
from bot.sandbox.slack.inputs import Input, find_input, inputs_in, state_of
from bot.sandbox.slack.messages import Blocks
from bot.sandbox.slack.modal_view import View
from bot.sandbox.slack.replies import RefusedError


class HomeView(View):
    """The app's Home of one person: a view without a title and without buttons at its foot."""

    @property
    def title(self) -> str:
        """Nothing; Slack shows the app's name there."""
        return ""

    @property
    def controls(self) -> str:
        """Nothing; it is not submitted."""
        return ""

    @property
    def inputs(self) -> list[Input]:
        """What can be filled in, in order; what stands in actions is known by its action_id."""
        return [
            field
            for block in self.blocks
            for field in (inputs_in([block]) if block["type"] == "input" else _in_actions(block))
        ]


class Homes:
    """Each person's Home; every change of one is announced."""

    def __init__(
        self,
        clock: Callable[[], datetime],
        with_ids: Callable[[Blocks], Blocks],
        reader: Callable[[], Reader],
        changed: StateChanges,
    ) -> None:
        self._now = clock
        self._with_ids = with_ids
        self._reader = reader
        self._changed = changed
        self._views: dict[str, HomeView] = {}

    def of(self, person_id: str) -> HomeView | None:
        """Give a person's Home, or None while the app has published none."""
        return self._views.get(person_id)

    def publish(
        self, person_id: str, definition: Mapping[str, Any], view_hash: str | None
    ) -> HomeView:
        """Replace a person's Home; what is filled in stays where block_id and action_id do.

        Raises:
            RefusedError: ``hash_conflict`` if it has another hash than is given.
        """
        view = self._views.get(person_id)
        if view_hash is not None and (view is None or view.hash != view_hash):
            raise RefusedError("hash_conflict")
        if view is None:
            view_id = f"V0HOME{person_id}"
            view = HomeView(view_id, person_id, [], view_id, None, self._reader)
            self._views[person_id] = view
        blocks = self._with_ids(definition["blocks"])
        view.definition = {**definition, "blocks": blocks}
        view.hash = f"{int(self._now().timestamp())}.{secrets.token_hex(4)}"
        view.state = state_of(blocks, view.state)
        self._changed.announce()
        return view

    def fill(self, view: HomeView, name: str, text: str) -> Input:
        """Have its person type or choose something, and give where.

        Raises:
            ImpossibleInSlackError: If there is no such input, or it does not take this.
        """
        field = find_input(view.inputs, name)
        field.fill(view.state, text)
        self._changed.announce()
        return field


def _in_actions(block: Mapping[str, Any]) -> list[Input]:
    if block["type"] != "actions":
        return []
    return [
        Input(block["block_id"], element["action_id"], element, is_optional=True)
        for element in block["elements"]
        if element["type"] != "button"
    ]
