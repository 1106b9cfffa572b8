"""What a person does in the page, carried out by the Slack stand-in as if in Slack."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from bot.sandbox.slack import Delivery, ImpossibleInSlackError, Message, SlackStandIn, View
from bot.sandbox.slack.messages import Blocks, buttons_like


class _Action(BaseModel, ABC):
    model_config = ConfigDict(extra="forbid", frozen=True)

    @abstractmethod
    async def by(self, person: str, slack: SlackStandIn) -> Delivery | None:
        """Have a person do it, and give what was sent to the app, if anything.

        Raises:
            ImpossibleInSlackError: If their client would not let them.
        """


class Say(_Action):
    """Send what stands in the message field: a command, or a plain message."""

    type: Literal["say"]
    channel: str
    text: str = Field(min_length=1, max_length=10_000)

    async def by(self, person: str, slack: SlackStandIn) -> Delivery | None:
        """Send it, as a command if it begins with a slash."""
        text = self.text.strip()
        if text.startswith("/"):
            command, _, rest = text.partition(" ")
            return await slack.command(person, self.channel, command, rest.strip())
        slack.write(person, self.channel, text)
        return None


class Press(_Action):
    """Press a button in a message."""

    type: Literal["press"]
    channel: str
    ts: str
    block_id: str
    action_id: str
    answers: Mapping[str, str] = {}

    async def by(self, person: str, slack: SlackStandIn) -> Delivery | None:
        """Press it, if it is still there."""
        message = _message(slack, person, self.channel, self.ts)
        nth = _which(message.blocks, self.block_id, self.action_id)
        chosen = self.answers
        return await slack.press(person, message, action_id=self.action_id, nth=nth, chosen=chosen)


class PressInHome(_Action):
    """Press a button in Home."""

    type: Literal["press_in_home"]
    block_id: str
    action_id: str

    async def by(self, person: str, slack: SlackStandIn) -> Delivery | None:
        """Press it, if it is still there."""
        home = slack.home(person)
        nth = _which(home.blocks if home else [], self.block_id, self.action_id)
        return await slack.press_in_home(person, action_id=self.action_id, nth=nth)


class EnterInHome(_Action):
    """Type something into a field of Home, or choose in a menu there."""

    type: Literal["enter_in_home"]
    name: str
    text: str

    async def by(self, person: str, slack: SlackStandIn) -> Delivery | None:
        """Enter it, of which the app is told."""
        return await slack.enter_in_home(person, self.name, self.text)


class PressInView(_Action):
    """Press a button among the blocks of the modal."""

    type: Literal["press_in_view"]
    view: str
    hash: str
    block_id: str
    action_id: str
    answers: Mapping[str, str] = {}

    async def by(self, person: str, slack: SlackStandIn) -> Delivery | None:
        """Fill the view in and press it, if the view is still what the page shows."""
        view = _in_front(slack, person, self.view, self.hash)
        nth = _which(view.blocks, self.block_id, self.action_id)
        slack.fill(person, self.answers)
        return await slack.press_in_view(person, action_id=self.action_id, nth=nth)


class Fill(_Action):
    """Fill the modal in, so that it is still filled in after a reload."""

    type: Literal["fill"]
    view: str
    answers: Mapping[str, str]

    async def by(self, person: str, slack: SlackStandIn) -> Delivery | None:
        """Fill it in; the app is told nothing."""
        _in_front(slack, person, self.view)
        slack.fill(person, self.answers)
        return None


class Submit(_Action):
    """Submit the modal."""

    type: Literal["submit"]
    view: str
    hash: str
    answers: Mapping[str, str] = {}

    async def by(self, person: str, slack: SlackStandIn) -> Delivery | None:
        """Submit it, if it is what the page shows; say what their client would not submit."""
        view = _in_front(slack, person, self.view, self.hash)
        slack.fill(person, self.answers)
        if missing := _not_yet_right(view):
            slack.workspace.modals.complain(view, missing)
            return None
        return await slack.submit(person)


class Close(_Action):
    """Close the view in front, or the whole modal."""

    type: Literal["close"]
    view: str
    everything: bool = False

    async def by(self, person: str, slack: SlackStandIn) -> Delivery | None:
        """Close it; the app is told if the view says so."""
        _in_front(slack, person, self.view)
        return await slack.close_view(person, everything=self.everything)


class Open(_Action):
    """Open a tab of the app, of which Slack tells the app."""

    type: Literal["open"]
    tab: Literal["home", "messages"]

    async def by(self, person: str, slack: SlackStandIn) -> Delivery | None:
        """Open it."""
        return await slack.open_home(person, tab=self.tab)


class UseShortcut(_Action):
    """Use a global shortcut, or on a message one of those."""

    type: Literal["shortcut"]
    name: str
    channel: str = ""
    ts: str = ""

    async def by(self, person: str, slack: SlackStandIn) -> Delivery | None:
        """Use it, on the message if one is named."""
        if not self.ts:
            return await slack.use_shortcut(person, self.name)
        message = _message(slack, person, self.channel, self.ts)
        return await slack.use_message_shortcut(person, message, self.name)


Action = Annotated[
    Say
    | Press
    | PressInHome
    | EnterInHome
    | PressInView
    | Fill
    | Submit
    | Close
    | Open
    | UseShortcut,
    Field(discriminator="type"),
]
ACTION: TypeAdapter[Action] = TypeAdapter(Action)


def _message(slack: SlackStandIn, person: str, channel: str, ts: str) -> Message:
    for message in slack.visible_to(person, channel):
        if message.ts == ts:
            return message
    raise ImpossibleInSlackError("this message is gone")


def _which(blocks: Blocks, block_id: str, action_id: str) -> int:
    """Tell which of the buttons of an action id is the one in a block."""
    there: Sequence[str] = [each.block_id for each in buttons_like(blocks, None, action_id)]
    if block_id not in there:
        raise ImpossibleInSlackError("this button is gone; look at what is there now")
    return there.index(block_id)


def _in_front(slack: SlackStandIn, person: str, view_id: str, hash_: str | None = None) -> View:
    """Give the view in front of a person, if it is still the one that their page shows."""
    view = slack.open_view(person)
    if view is None or view.id != view_id:
        raise ImpossibleInSlackError("this view is no longer open")
    if hash_ not in {None, view.hash}:
        raise ImpossibleInSlackError("this view has changed meanwhile; look at it again")
    return view


def _not_yet_right(view: View) -> Mapping[str, str]:
    """Say what is wrong with the fields of a view; Slack's client does before it asks the app."""
    wrong: dict[str, str] = {}
    for field in view.inputs:
        try:
            field.require(view.state)
        except ImpossibleInSlackError as error:
            is_empty = not field.content(view.state)
            text = "Please complete this required field." if is_empty else f"{error}."
            wrong[field.block_id] = text
    return wrong
