"""What people do in the app's Home."""

from dataclasses import replace
from typing import Any

from bot.sandbox.slack.homes import HomeView
from bot.sandbox.slack.impossible import ImpossibleInSlackError
from bot.sandbox.slack.in_modals import PeopleInModals
from bot.sandbox.slack.inputs import Input
from bot.sandbox.slack.messages import buttons_like
from bot.sandbox.slack.outbound import Delivery, SignedRequest
from bot.sandbox.slack.payloads import action_json, event_body
from bot.sandbox.slack.signing import EVENT
from bot.sandbox.slack.view_payloads import home_opened, view_actions_form


class PeopleInHome(PeopleInModals):
    """People who open the app's Home, search, choose and press there."""

    def home(self, user: str) -> HomeView | None:
        """Give the Home that a person sees, or None while there is nothing in it."""
        return self.workspace.homes.of(user)

    async def open_home(self, user: str, *, tab: str = "home") -> Delivery:
        """Have a person open the app, and Slack tell the app of it.

        Args:
            user: Their id.
            tab: ``home`` or ``messages``; the app is told of both.
        """
        event = home_opened(self.workspace, user, tab)
        body = event_body(self.workspace, event)
        return await self._deliver(SignedRequest(body, self.sign(body, kind=EVENT)))

    async def press_in_home(
        self,
        user: str,
        text: str | None = None,
        *,
        action_id: str | None = None,
        value: str | None = None,
        nth: int = 0,
        team_id: str | None = None,
        seen: HomeView | None = None,
    ) -> Delivery:
        """Have a person press a button in their Home.

        Args:
            user: Their id.
            text: The button's text.
            action_id: The button's action id.
            value: The button's value.
            nth: Which of the buttons that fit, from 0.
            team_id: The workspace they press it from, if not their own.
            seen: What their client still shows, if that is not the newest: a copy of the view.

        Raises:
            ImpossibleInSlackError: If there is no such button.
        """
        view = seen or self._home_of(user)
        fitting = [
            button
            for button in buttons_like(view.blocks, text, action_id)
            if value in {None, button.value}
        ]
        if nth >= len(fitting):
            there = [(button.text, button.action_id, button.value) for button in view.buttons]
            raise ImpossibleInSlackError(f"no such button; there are: {there}")
        action = action_json(fitting[nth], self.workspace)
        delivery = await self._act(view, action, team_id)
        return replace(delivery, confirmation=fitting[nth].confirmation)

    async def enter_in_home(self, user: str, name: str, text: str) -> Delivery:
        """Have a person type into an input and press Enter, or choose in a menu.

        Args:
            user: Their id.
            name: The input's label or block_id, or the menu's action_id.
            text: What they type, or the option's text or value.

        Raises:
            ImpossibleInSlackError: If there is none, or the app would not be told.
        """
        view = self._home_of(user)
        field = self.workspace.homes.fill(view, name, text)
        block = next(each for each in view.blocks if each["block_id"] == field.block_id)
        if block["type"] == "input" and not block.get("dispatch_action"):
            raise ImpossibleInSlackError(f"{name!r} tells the app nothing")
        return await self._act(view, _entered(view, field, self.workspace.now().timestamp()), None)

    async def _act(self, view: HomeView, action: dict[str, Any], team_id: str | None) -> Delivery:
        body = view_actions_form(self.workspace, view, action, team_id)
        return await self._deliver(SignedRequest(body, self.sign(body)))

    def _home_of(self, user: str) -> HomeView:
        view = self.home(user)
        if view is None:
            raise ImpossibleInSlackError(f"there is nothing in {user}'s Home")
        return view


def _entered(view: HomeView, field: Input, at: float) -> dict[str, Any]:
    action_id = field.element["action_id"]
    return {
        "action_id": action_id,
        "block_id": field.block_id,
        "action_ts": f"{at:.6f}",
        **view.state[field.block_id][action_id],
    }
