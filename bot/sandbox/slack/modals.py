"""The modals that people have open: for each of them a stack of views.

https://docs.slack.dev/surfaces/modals
"""

import itertools
import secrets
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from bot.block_kit.mrkdwn import Reader
from bot.sandbox.slack.changes import StateChanges
from bot.sandbox.slack.inputs import find_input, state_of
from bot.sandbox.slack.messages import Blocks
from bot.sandbox.slack.modal_view import View
from bot.sandbox.slack.replies import RefusedError

MOST_VIEWS: Final = 3


class Modals:
    """Each person's modal, a stack of views; every change of them is announced."""

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
        self._stacks: dict[str, list[View]] = {}
        self._external_ids: dict[str, View] = {}
        self._numbers = itertools.count(1)

    def in_front_of(self, person_id: str) -> View | None:
        """Give the view that a person has in front of them."""
        stack = self._stacks.get(person_id)
        return stack[-1] if stack else None

    def open_views(self) -> list[View]:
        """Give all views, modal by modal, the one in front last."""
        return [view for stack in self._stacks.values() for view in stack]

    def find(self, view_id: str) -> View | None:
        """Give the open view of this id."""
        return next((view for view in self.open_views() if view.id == view_id), None)

    def find_external(self, external_id: str) -> View | None:
        """Give the open view to which the app gave this id."""
        return next((v for v in self.open_views() if v.external_id == external_id), None)

    def open(self, person_id: str, definition: Mapping[str, Any]) -> View:
        """Show a person a new modal.

        What happens to one that is open already is not documented; here it is gone, as if the
        person had reloaded their client.

        Raises:
            RefusedError: ``duplicate_external_id``.
        """
        self._refuse_taken(definition, None)
        self._stacks.get(person_id, []).clear()
        self._stacks[person_id] = []
        return self._add(person_id, definition)

    def push(self, below: View, definition: Mapping[str, Any]) -> View:
        """Put a view in front of the modal of another.

        Raises:
            RefusedError: ``push_limit_reached`` or ``duplicate_external_id``.
        """
        if len(below.stack) >= MOST_VIEWS:
            raise RefusedError("push_limit_reached")
        self._refuse_taken(definition, None)
        return self._add(below.person, definition)

    def update(self, view: View, definition: Mapping[str, Any]) -> None:
        """Replace what a view says; what is filled in stays where block_id and action_id do.

        Raises:
            RefusedError: ``duplicate_external_id``.
        """
        self._refuse_taken(definition, view)
        self._external_ids.pop(view.external_id, None)
        self._define(view, definition)

    def fill(self, view: View, answers: Mapping[str, str]) -> None:
        """Have its person fill a view in; the keys are labels or block_ids.

        Raises:
            ImpossibleInSlackError: If there is no such input, or it does not take the answer.
        """
        for name, text in answers.items():
            find_input(view.inputs, name).fill(view.state, text)
        self._changed.announce()

    def complain(self, view: View, errors: Mapping[str, str], trouble: str | None = None) -> None:
        """Show what is wrong with a submission, instead of what was before."""
        view.errors, view.trouble = dict(errors), trouble
        self._changed.announce()

    def close(self, view: View) -> None:
        """Take a view away, so that the one beneath it is in front."""
        if view.is_open:
            view.stack.remove(view)
        self._external_ids.pop(view.external_id, None)
        self._changed.announce()

    def clear(self, view: View) -> None:
        """Take a view's whole modal away."""
        for shown in list(view.stack):
            self.close(shown)

    def _add(self, person_id: str, definition: Mapping[str, Any]) -> View:
        stack = self._stacks[person_id]
        view_id = f"V0VIEW{next(self._numbers)}"
        root = stack[0].id if stack else view_id
        previous = stack[-1].id if stack else None
        view = View(view_id, person_id, stack, root, previous, self._reader)
        stack.append(view)
        self._define(view, definition)
        return view

    def _define(self, view: View, definition: Mapping[str, Any]) -> None:
        blocks = self._with_ids(definition["blocks"])
        view.definition = {**definition, "blocks": blocks}
        view.hash = f"{int(self._now().timestamp())}.{secrets.token_hex(4)}"
        view.state = state_of(blocks, view.state)
        view.errors, view.trouble = {}, None
        if view.external_id:
            self._external_ids[view.external_id] = view
        self._changed.announce()

    def _refuse_taken(self, definition: Mapping[str, Any], by: View | None) -> None:
        """Refuse an external_id that another view has.

        It is free again when that view is submitted or closed, and stays taken when the person's
        client was reloaded instead (github.com/slackapi/slack-api-specs/issues/52).
        """
        taken = self._external_ids.get(definition.get("external_id", ""))
        if taken is not None and taken is not by:
            raise RefusedError("duplicate_external_id")
