"""A script of what people do in the sandbox, and how it is carried out and shown."""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from bot.sandbox import cast
from bot.sandbox.slack import Delivery, ImpossibleInSlackError, SlackStandIn
from bot.sandbox.slack.messages import Message
from bot.sandbox.terminal import render


class ScriptError(Exception):
    """A script that cannot be read, or a step that nobody could take in Slack."""


@dataclass(frozen=True)
class Act:
    """Whoever acts from here on."""

    user: str


@dataclass(frozen=True)
class Say:
    """A slash command is typed, such as ``/token list``."""

    text: str


@dataclass(frozen=True)
class Press:
    """A button is pressed: its text, and if several have it, the end of its value."""

    button: str


@dataclass(frozen=True)
class Narrate:
    """A sentence for whoever watches."""

    text: str


Step = Act | Say | Press | Narrate
_OPTIONS: Mapping[str, Callable[[str], Step]] = MappingProxyType(
    {"--as": Act, "--say": Say, "--press": Press}
)


def parse(tokens: Sequence[str]) -> list[Step]:
    """Read a script from the command line's words: options with a value each, in their order.

    Raises:
        ScriptError: If an option is not known, or has no value.
    """
    steps: list[Step] = []
    rest = iter(tokens)
    for token in rest:
        name, sign, value = token.partition("=")
        kind = _OPTIONS.get(name)
        if kind is None:
            raise ScriptError(f"{token} is not known here; there are {', '.join(_OPTIONS)}")
        given = value if sign else next(rest, None)
        if given is None:
            raise ScriptError(f"{name} needs a value")
        steps.append(kind(given))
    return steps


class Stage:
    """Carry a script out against the Slack stand-in, and tell what people see.

    Args:
        slack: The stand-in, with the cast in it and the bot behind it.
        settled: Waits until the bot has done and told everything.
    """

    def __init__(self, slack: SlackStandIn, settled: Callable[[], Awaitable[None]]) -> None:
        self._slack = slack
        self._settled = settled
        self._user = cast.ALICE
        self._seen: dict[tuple[str, str, str | None], str] = {}

    async def play(self, steps: Iterable[Step], show: Callable[[str], None]) -> None:
        """Carry each step out and show what has become visible.

        Raises:
            ScriptError: If a step is impossible.
        """
        for step in steps:
            try:
                for line in await self._step(step):
                    show(line)
            except ImpossibleInSlackError as error:
                raise ScriptError(str(error)) from error
            for drawn in self._news():
                show(drawn)

    async def _step(self, step: Step) -> list[str]:
        match step:
            case Narrate(text):
                return ["", f"── {text}"]
            case Act(user):
                if user not in self._slack.workspace.people:
                    raise ScriptError(f"there is no {user}; there are {', '.join(cast.PEOPLE)}")
                self._user = user
                return []
            case Say(text):
                command, _, rest = text.strip().partition(" ")
                delivery = await self._slack.command(self._user, cast.INCIDENTS, command, rest)
                return await self._told(f"types: {text}", delivery)
            case Press(button):
                message, text, nth = self._find(button)
                delivery = await self._slack.press(self._user, message, text, nth=nth)
                return await self._told(f"presses: {button}", delivery)

    async def _told(self, what: str, delivery: Delivery) -> list[str]:
        await self._settled()
        lines = ["", f"{self._name()} {what}"]
        if delivery.error is not None:
            lines.append(f"Slack shows {self._name()}: {delivery.error}")
        return lines

    def _find(self, wanted: str) -> tuple[Message, str, int]:
        """Find the newest message that this person sees with such a button, and which it is."""
        text, _, value = wanted.rpartition(" ")
        for message in reversed(self._visible()):
            for name, end in ((wanted, ""), (text, value)):
                fitting = [b for b in message.buttons if b.text == name]
                for nth, button in enumerate(fitting):
                    if (button.value or "").endswith(end):
                        return message, name, nth
        raise ScriptError(f"{self._name()} sees no button {wanted}")

    def _visible(self) -> list[Message]:
        direct = self._slack.workspace.direct_channel(self._user).id
        return [
            *self._slack.visible_to(self._user, direct),
            *self._slack.visible_to(self._user, cast.INCIDENTS),
        ]

    def _news(self) -> Iterator[str]:
        for message in self._visible():
            key = (message.channel, message.ts, message.ephemeral_to)
            if message.user == "bot" and self._seen.get(key) != message.plain:
                self._seen[key] = message.plain
                yield render(message, self._slack.workspace)

    def _name(self) -> str:
        return self._slack.workspace.people[self._user].name
