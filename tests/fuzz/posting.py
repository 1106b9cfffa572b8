"""What Slack could send to a bot, changed on its way."""

import itertools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from hypothesis import strategies as st

from bot.sandbox import cast
from bot.sandbox.slack import SignedRequest
from bot.sandbox.slack.response_urls import Asked
from bot.sandbox.slack.signing import EVENT as JSON
from bot.sandbox.slack.signing import FORM
from tests.fuzz import watch
from tests.fuzz.mutations import Mutation, mutated, mutations
from tests.fuzz.payloads import COMMAND, EVENT, Payload
from tests.world import World

# Whoever is named in a payload may be nobody.
EXPECTED = ("an answer reached nobody",)
POLICY = f"""{cast.TEAM.replace('["several"]', '["enable", "several"]')}"""


@dataclass
class Post:
    """A bot, and what Slack could send to it."""

    here: World
    payloads: Sequence[Payload]
    numbers: "itertools.count[int]" = field(default_factory=itertools.count)

    def changed(self, which: int, changes: Sequence[Mutation]) -> tuple[Payload, Any]:
        """Give a payload, and what has become of what it says."""
        payload = self.payloads[which % len(self.payloads)]
        value = {**payload.value, "nonce": str(next(self.numbers))}
        person = person_of(payload.value)
        if "trigger_id" in value:
            value["trigger_id"] = self.here.slack.workspace.triggers.issue(person)
        if "response_url" in value:
            value["response_url"] = self.here.slack.response_url(Asked(cast.INCIDENTS, person))
        return payload, mutated(value, changes)

    async def wrong(self, which: int, changes: Sequence[Mutation]) -> list[str]:
        """Send a payload that has changed on its way; say what is wrong with what comes of it."""
        payload, value = self.changed(which, changes)
        status, body = await self.sent(payload, value)
        await self.here.settled()
        readable = isinstance(value, dict)
        allowed = frozenset({200} if readable else {200, 400})
        wrong = [*watch.wrong_with_ack(status, body, allowed)]
        if body and status == 200:
            wrong += watch.wrong_with_answer(self.here, body)
        told = bool(body) or watch.reached_somebody(self.here)
        if readable and wants_answer(payload, value) and not told:
            wrong.append("nobody is answered")
        wrong += watch.wrong_with_calls(self.here)
        return [f"{each} ({payload.name}: {json.dumps(value)[:3000]})" for each in wrong]

    async def sent(self, payload: Payload, value: Any) -> tuple[int, str]:
        """Send what a payload has become, and give status and body of the answer."""
        request = self.request(payload, value)
        delivery = await self.here.slack.deliver_raw(request.body, request.headers)
        return delivery.status, delivery.body

    def request(self, payload: Payload, value: Any) -> SignedRequest:
        """Write a payload as Slack does, and sign it."""
        if payload.kind == EVENT:
            body = json.dumps(value).encode()
            return SignedRequest(body, self.here.slack.sign(body, kind=JSON))
        if payload.kind == COMMAND:
            named = value if isinstance(value, dict) else {"command": value}
            fields = {
                key: each if isinstance(each, str) else json.dumps(each)
                for key, each in named.items()
            }
        else:
            fields = {"payload": json.dumps(value)}
        body = urlencode(fields, errors="replace").encode()
        return SignedRequest(body, self.here.slack.sign(body, kind=FORM))


def person_of(value: Mapping[str, Any]) -> str:
    """Give whoever did what a payload tells."""
    return str(value["user"]["id"] if "user" in value else value.get("user_id"))


def wants_answer(payload: Payload, value: Mapping[str, Any]) -> bool:
    """Tell whether somebody waits for an answer, who can be reached."""
    if payload.kind == COMMAND:
        names = ("command", "user_id", "team_id")
        return all(value.get(name) == payload.value[name] for name in names)
    if payload.kind == EVENT:
        same = ("type", "team_id", "event")
        return payload.name == "home opened" and all(
            value.get(name) == payload.value[name] for name in same
        )
    if any(value.get(name) != payload.value[name] for name in ("type", "user")):
        return False
    match payload.value["type"]:
        case "block_actions":
            actions = value.get("actions")
            first = actions[0] if isinstance(actions, list) and actions else None
            return isinstance(first, dict) and isinstance(first.get("action_id"), str)
        case "view_submission":
            view = value.get("view")
            return isinstance(view, dict) and isinstance(view.get("callback_id"), str)
        case "shortcut" | "message_action":
            return isinstance(value.get("callback_id"), str)
        case _:
            return False


CHANGED = st.tuples(st.integers(0, 60), mutations(4))
