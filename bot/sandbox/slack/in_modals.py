"""What people do in the modals in front of them."""

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from bot.sandbox.slack.impossible import ImpossibleInSlackError
from bot.sandbox.slack.messages import buttons_like
from bot.sandbox.slack.modal_view import View
from bot.sandbox.slack.outbound import Delivery, SignedRequest
from bot.sandbox.slack.payloads import action_json
from bot.sandbox.slack.signing import FORM
from bot.sandbox.slack.view_payloads import closing_form, submission_form, view_actions_form
from bot.sandbox.slack.watching import WatchedWorkspace


class PeopleInModals(WatchedWorkspace):
    """People who fill in, submit and close what the app opened for them."""

    def fill(self, user: str, answers: Mapping[str, str]) -> View:
        """Have a person fill in the modal in front of them, and give its view.

        Args:
            user: Their id.
            answers: What they type, or the option they choose, by label or block_id; several
                checkboxes stand one a line.

        Raises:
            ImpossibleInSlackError: If they have no modal open, or it takes no such answer.
        """
        view = self._in_front_of(user)
        self.workspace.modals.fill(view, answers)
        return view

    async def submit(
        self,
        user: str,
        answers: Mapping[str, str] | None = None,
        *,
        team_id: str | None = None,
    ) -> Delivery:
        """Have a person fill in the modal in front of them and submit it.

        What the app answers is carried out before this returns: look at `open_view`.

        Args:
            user: Their id.
            answers: As for `fill`; what is filled in already stays.
            team_id: The workspace they submit it from, if not their own.

        Raises:
            ImpossibleInSlackError: If they have no modal open, it has no submit button, or their
                client would not submit it like this.
        """
        view = self.fill(user, answers or {})
        if view.submit is None:
            raise ImpossibleInSlackError(f"{view.title!r} has no submit button")
        for field in view.inputs:
            field.require(view.state)
        own = self.workspace.people[user].team_id
        body = submission_form(self.workspace, view, team_id or own)
        return await self._deliver(SignedRequest(body, self.sign(body), submitted=view))

    async def close_view(self, user: str, *, everything: bool = False) -> Delivery | None:
        """Have a person close the view in front of them; the app is told if the view says so.

        Args:
            user: Their id.
            everything: Whether they close the whole modal by the x at its top.

        Returns:
            What was sent to the app, if anything.

        Raises:
            ImpossibleInSlackError: If they have no modal open.
        """
        view = self._in_front_of(user)
        is_cleared = everything or bool(view.definition.get("clear_on_close"))
        if is_cleared:
            self.workspace.modals.clear(view)
        else:
            self.workspace.modals.close(view)
        if not view.definition.get("notify_on_close"):
            return None
        body = closing_form(self.workspace, view, is_cleared=is_cleared)
        return await self._deliver(SignedRequest(body, self.sign(body)))

    async def press_in_view(
        self,
        user: str,
        text: str | None = None,
        *,
        action_id: str | None = None,
        nth: int = 0,
    ) -> Delivery:
        """Have a person press a button among the blocks of the modal in front of them.

        Args:
            user: Their id.
            text: The button's text.
            action_id: The button's action id.
            nth: Which of the buttons that fit, from 0.

        Raises:
            ImpossibleInSlackError: If they have no modal open, or there is no such button.
        """
        view = self._in_front_of(user)
        fitting = buttons_like(view.blocks, text, action_id)
        if nth >= len(fitting):
            there = [(button.text, button.action_id) for button in view.buttons]
            raise ImpossibleInSlackError(f"no such button; there are: {there}")
        action = action_json(fitting[nth], self.workspace)
        body = view_actions_form(self.workspace, view, action)
        delivery = await self._deliver(SignedRequest(body, self.sign(body)))
        return replace(delivery, confirmation=fitting[nth].confirmation)

    @abstractmethod
    def sign(self, body: bytes, at: datetime | None = None, kind: str = FORM) -> dict[str, str]:
        """Give the headers that go with a body; ``at`` is now unless given."""

    @abstractmethod
    async def _deliver(self, request: SignedRequest) -> Delivery:
        """Send a request to the app, and carry out what it acknowledges it with."""

    def _in_front_of(self, user: str) -> View:
        view = self.open_view(user)
        if view is None:
            raise ImpossibleInSlackError(f"{user} has no modal open")
        return view
