"""What Slack sends of what people do, whole, for whoever wants to change it on its way."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from bot.sandbox import cast
from bot.sandbox.influxdb.organisation import (
    ALICE_ALL_ACCESS,
    GRAFANA_DASHBOARDS,
    HOME_AUTOMATION,
    INACTIVE_LOAD_TEST,
    TELEGRAF_EDGE_42,
    TELEGRAF_EDGE_43,
)
from bot.sandbox.slack import Button, Message
from bot.sandbox.slack.modal_view import View
from bot.sandbox.slack.payloads import (
    Origin,
    action_json,
    block_actions_form,
    event_body,
    interaction,
)
from bot.sandbox.slack.shortcut_payloads import global_form, message_form
from bot.sandbox.slack.view_payloads import (
    closing_form,
    home_opened,
    submission_form,
    view_actions_form,
)
from tests.fuzz.canaries import TYPED
from tests.world import World

COMMAND, INTERACTION, EVENT = "command", "interaction", "event"
_COMMANDS = (
    *("list telegraf", f"show {TELEGRAF_EDGE_42}", "history", "pending", "whoami", "help", "leak"),
    f"disable {TELEGRAF_EDGE_42} --reason pasted",
    f"enable {TELEGRAF_EDGE_42}",
    f"describe {TELEGRAF_EDGE_43} on the shelf",
    "undo",
)


@dataclass(frozen=True)
class Payload:
    """Something that Slack sends.

    Attributes:
        kind: ``command``, ``interaction`` or ``event``.
        name: What it is, for whoever reads a failure.
        value: What it says.
    """

    kind: str
    name: str
    value: Mapping[str, Any]


async def payloads(here: World) -> list[Payload]:
    """Bring a team to where there is something to press, and give what Slack would send of it.

    Nothing of it is sent yet, so that what is sent first has its effect.
    """
    slack = here.slack
    typed = await slack.command(cast.ALICE, cast.INCIDENTS, "/token", "list")
    command = _form(typed.request.body)
    await here.say(f"disable {ALICE_ALL_ACCESS} --reason drill")
    await here.say(f"enable {INACTIVE_LOAD_TEST}")
    await here.say(f"disable {GRAFANA_DASHBOARDS} {HOME_AUTOMATION}")
    await here.say(f"show {TELEGRAF_EDGE_42}")
    await slack.open_home(cast.ALICE)
    await here.settled()
    made = [Payload(COMMAND, text, {**command, "text": text}) for text in _COMMANDS]
    made += [Payload(COMMAND, "/other", {**command, "command": "/other"})]
    made += _presses(here, command["response_url"])
    made += _in_home(here)
    made += await _submissions(here)
    made += _shortcuts(here, command["response_url"])
    made += _events(here)
    return made


def _presses(here: World, response_url: str) -> Iterator[Payload]:
    workspace = here.slack.workspace
    alice, bob = workspace.people[cast.ALICE], workspace.people[cast.BOB]
    for message in (*here.channel(), *here.slack.ephemerals(cast.ALICE)):
        for button in message.buttons[:4]:
            person = bob if button.action_id in {"approve_change", "deny_change"} else alice
            origin = Origin(person, workspace.channels[message.channel], response_url)
            body = block_actions_form(
                workspace, origin, message, button, person.team_id, {"try_first": {}}
            )
            yield _interaction(f"press {button.action_id}", body)
    (message, *_), origin = (
        here.channel(),
        Origin(alice, workspace.channels[cast.INCIDENTS], response_url),
    )
    for action_id in (
        "page_list:1",
        "disable_again:0",
        "review_change",
        "retry_change",
        "no_action",
    ):
        button = Button("Press", action_id, "b0", f"default:{TELEGRAF_EDGE_42}")
        body = block_actions_form(workspace, origin, message, button, alice.team_id, {})
        yield _interaction(f"press {action_id}", body)


def _in_home(here: World) -> Iterator[Payload]:
    workspace = here.slack.workspace
    view = here.slack.home(cast.ALICE)
    assert view is not None
    for button in view.buttons[:5]:
        body = view_actions_form(workspace, view, action_json(button, workspace))
        yield _interaction(f"press {button.action_id} in Home", body)
    for action in (
        {"type": "plain_text_input", "action_id": "home_search", "value": "edge"},
        {
            "type": "static_select",
            "action_id": "home_status",
            "selected_option": {"value": "active"},
        },
        {"type": "static_select", "action_id": "home_sort", "selected_option": {"value": "newest"}},
        {"type": "button", "action_id": "home_page", "value": "2"},
    ):
        done = {"block_id": "b", "action_ts": "1700000000.000001", **action}
        body = view_actions_form(workspace, view, done)
        yield _interaction(f"{action['action_id']} in Home", body)


async def _submissions(here: World) -> list[Payload]:
    """Open each form, and give what its submission and its end would send."""
    slack, made = here.slack, []
    show = next(m for m in reversed(slack.ephemerals(cast.ALICE)) if m.buttons)
    await slack.press(cast.ALICE, show, action_id="describe_token")
    await here.settled()
    made += _of_view(here, cast.ALICE)
    await here.say("leak")
    view = _front(here, cast.ALICE)
    slack.fill(cast.ALICE, {"The leaked token": TYPED, "Where it was found": "a gist"})
    made += _of_view(here, cast.ALICE)
    await slack.press_in_home(cast.ALICE, action_id="disable_with_reason")
    await here.settled()
    made += _of_view(here, cast.ALICE)
    waiting = next(m for m in here.channel() if _offers(m, "deny_change"))
    await slack.press(cast.BOB, waiting, action_id="deny_change")
    await here.settled()
    slack.fill(cast.BOB, {"Reason": "not tonight"})
    made += _of_view(here, cast.BOB)
    assert view.person == cast.ALICE
    return made


def _shortcuts(here: World, response_url: str) -> Iterator[Payload]:
    workspace = here.slack.workspace
    alice = workspace.people[cast.ALICE]
    yield _interaction("report a leak", global_form(workspace, alice, "report_leak"))
    yield _interaction("another shortcut", global_form(workspace, alice, "of_another_version"))
    written = here.slack.write(
        cast.CAROL, cast.INCIDENTS, f"{TELEGRAF_EDGE_42} and {TYPED} leaked, see edge-43"
    )
    origin = Origin(alice, workspace.channels[cast.INCIDENTS], response_url)
    for name in ("check_message", "of_another_version"):
        body = message_form(workspace, origin, written, name, alice.team_id)
        yield _interaction(f"{name} of a message", body)
    yield Payload(
        INTERACTION,
        "options",
        {
            "type": "block_suggestion",
            **interaction(workspace, alice, alice.team_id),
            "action_id": "home_owner",
            "block_id": "b",
            "value": "tele",
            "container": {"type": "view", "view_id": "V0HOME"},
        },
    )


def _events(here: World) -> Iterator[Payload]:
    workspace = here.slack.workspace
    for tab in ("home", "messages"):
        event = event_body(workspace, home_opened(workspace, cast.ALICE, tab))
        yield Payload(EVENT, f"{tab} opened", json.loads(event))
    written = {"type": "message", "text": TYPED, "user": cast.ALICE}
    yield Payload(EVENT, "message", json.loads(event_body(workspace, written)))
    yield Payload(EVENT, "verification", {"type": "url_verification", "challenge": TYPED})


def _of_view(here: World, user: str) -> list[Payload]:
    view, workspace = _front(here, user), here.slack.workspace
    name = view.definition["callback_id"]
    return [
        _interaction(f"submit {name}", submission_form(workspace, view, "T0HOME")),
        _interaction(f"close {name}", closing_form(workspace, view, is_cleared=False)),
    ]


def _front(here: World, user: str) -> View:
    view = here.slack.open_view(user)
    assert view is not None, here.slack.ephemerals(user)
    return view


def _offers(message: Message, action_id: str) -> bool:
    return any(button.action_id == action_id for button in message.buttons)


def _interaction(name: str, body: bytes) -> Payload:
    return Payload(INTERACTION, name, json.loads(_form(body)["payload"]))


def _form(body: bytes) -> dict[str, str]:
    return dict(parse_qsl(body.decode(), keep_blank_values=True))
