"""A script of what people do, carried out against the Slack stand-in and shown."""

from collections.abc import Awaitable, Callable, Iterable, Iterator
from http import HTTPStatus
from typing import Final

from bot.sandbox import cast
from bot.sandbox.influxdb import Fault, InfluxDBStandIn
from bot.sandbox.script import (
    Act,
    Fill,
    Hinder,
    Narrate,
    Press,
    Say,
    ScriptError,
    Step,
    Use,
    Write,
)
from bot.sandbox.slack import Delivery, ImpossibleInSlackError, Message, SlackStandIn, View
from bot.sandbox.terminal import render, render_view

_WAITS: Final = (
    "Slack has not taken the last message yet. The bot tries again by itself; a script does not "
    "wait for that, and the page shows it."
)


class Stage:
    """Carry a script out against the Slack stand-in, and tell what people see.

    Args:
        slack: The stand-in, with the cast in it and the bot behind it.
        influxdb: The other stand-in, which can be hindered.
        settled: Waits until the bot has done and told everything.
    """

    def __init__(
        self,
        slack: SlackStandIn,
        influxdb: InfluxDBStandIn,
        settled: Callable[[], Awaitable[None]],
    ) -> None:
        self._slack = slack
        self._influxdb = influxdb
        self._settled = settled
        self._user = cast.ALICE
        self._seen: dict[tuple[str, str, str | None], str] = {}
        self._in_front: dict[str, tuple[View, str]] = {}
        self._asked = 0
        self._called = 0

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
            for line in self._gone_wrong():
                show(line)
            for drawn in self._news():
                show(drawn)
        if self._waits_for_slack():
            show(f"\n{_WAITS}")

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
            case Write(text):
                self._slack.write(self._user, cast.INCIDENTS, text)
                return await self._told(f"writes: {text}", None)
            case Use(shortcut):
                return await self._told(f"uses: {shortcut}", await self._use(shortcut))
            case Hinder(authorization_id):
                path = f".*/authorizations/{authorization_id}"
                self._influxdb.faults.add(Fault.INTERNAL_ERROR, method="PATCH", path=path)
                return []
            case Fill(text):
                self._slack.fill(self._user, {self._empty_input(): text})
                told = await self._told(f"fills in: {text}", None)
                # The modal is in front as before, but for what was just said.
                self._note_the_modal()
                return told
            case Press(button):
                return await self._told(f"presses: {button}", await self._press(button))

    async def _use(self, shortcut: str) -> Delivery:
        """Use a shortcut, one of messages on the newest that a person has written."""
        names = self._slack.shortcuts.by_name
        known = names.get(shortcut)
        if known is None:
            raise ScriptError(f"there is no shortcut {shortcut!r}; there are {', '.join(names)}")
        if known.type == "global":
            return await self._slack.use_shortcut(self._user, shortcut)
        written = [m for m in self._slack.messages(cast.INCIDENTS) if m.user != "bot"]
        if not written:
            raise ScriptError("nobody has written a message yet")
        return await self._slack.use_message_shortcut(self._user, written[-1], shortcut)

    async def _press(self, button: str) -> Delivery | None:
        """Press in the modal if one is open, for it is in front of everything else."""
        view = self._slack.open_view(self._user)
        if view is None:
            message, text, nth = self._find(button)
            return await self._slack.press(self._user, message, text, nth=nth)
        if button == view.submit:
            return await self._slack.submit(self._user)
        if button == view.close:
            return await self._slack.close_view(self._user)
        if button in {there.text for there in view.buttons}:
            return await self._slack.press_in_view(self._user, button)
        raise ScriptError(f"{self._name()} has {view.title!r} in front, and there is no {button}")

    async def _told(self, what: str, delivery: Delivery | None) -> list[str]:
        await self._settled()
        lines = ["", f"{self._name()} {what}"]
        if delivery is not None and delivery.error is not None:
            lines.append(f"Slack shows {self._name()}: {delivery.error}")
        return lines

    def _find(self, wanted: str) -> tuple[Message, str, int]:
        """Find the newest message that this person sees with such a button, and which it is.

        What a button says comes first: the end of an id may be anything, and so a button's number.
        """
        text, _, value = wanted.rpartition(" ")
        for name, end in ((wanted, ""), (text, value)):
            for message in reversed(self._visible()):
                fitting = [b for b in message.buttons if b.text == name]
                for nth, button in enumerate(fitting):
                    if (button.value or "").endswith(end):
                        return message, name, nth
        raise ScriptError(f"{self._name()} sees no button {wanted}")

    def _empty_input(self) -> str:
        """Find the first input for text in the modal in front of this person that is empty."""
        view = self._slack.open_view(self._user)
        if view is not None:
            for field in view.inputs:
                if field.is_text and not field.content(view.state):
                    return field.block_id
        raise ScriptError(f"{self._name()} sees no empty input")

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
        yield from self._news_of_the_modal()

    def _note_the_modal(self) -> None:
        if (view := self._slack.open_view(self._user)) is not None:
            self._in_front[self._user] = (view, view.plain)

    def _gone_wrong(self) -> Iterator[str]:
        """Say which requests went wrong since the last time: people do not see them."""
        exchanges = self._influxdb.journal[self._asked :]
        calls = self._slack.journal[self._called :]
        self._asked += len(exchanges)
        self._called += len(calls)
        for each in exchanges:
            if each.fault is not None:
                fault = each.fault.value.replace("_", " ")
                yield f"InfluxDB: {each.method} {each.path}, {_answer(each.status)} ({fault})"
        for call in calls:
            if call.status != HTTPStatus.OK:
                yield f"Slack: {call.method}, {_answer(call.status)}"

    def _waits_for_slack(self) -> bool:
        """Tell whether the last message was not taken, so that the bot tries again later."""
        posts = [call.status for call in self._slack.journal if call.method == "chat.postMessage"]
        return bool(posts) and posts[-1] != HTTPStatus.OK

    def _news_of_the_modal(self) -> Iterator[str]:
        view = self._slack.open_view(self._user)
        if view is not None:
            shown = (view, view.plain)
            if self._in_front.get(self._user) != shown:
                self._in_front[self._user] = shown
                yield render_view(view)
        elif self._in_front.pop(self._user, None) is not None:
            yield "The modal is closed."

    def _name(self) -> str:
        return self._slack.workspace.people[self._user].name


def _answer(status: int | None) -> str:
    return f"answered {status}" if status else "no answer"
