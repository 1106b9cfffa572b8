"""What attackers do, and the policies that they attack."""

import json
from collections.abc import Mapping
from dataclasses import replace

from bot.changes.decision import Freeze
from bot.sandbox import cast
from bot.sandbox.influxdb import Fault, Gate
from bot.sandbox.influxdb.organisation import TELEGRAF_EDGE_42
from bot.sandbox.slack import Delivery, Message
from bot.sandbox.slack.messages import Button
from bot.sandbox.slack.payloads import Origin, block_actions_form, interaction, interaction_form
from tests.world import World

ROLES = """
[roles]
viewer = ["U0DAVE"]
operator = ["U0ALICE"]
approver = ["U0BOB", "U0CAROL"]
"""
SIMPLE = ROLES
APPROVALS = f"""{ROLES}
[approval]
needed_for = ["enable", "several"]
"""
ENABLE_ALONE = f"""{ROLES}
[approval]
needed_for = ["enable"]
"""
SEVERAL_ALONE = f"""{ROLES}
[approval]
needed_for = ["several"]
"""
QUORUM_2 = f"""{APPROVALS}
quorum = 2
"""
BY_GROUP = """
[roles]
operator = ["U0ALICE"]
approver = ["S0SECURITY"]

[approval]
needed_for = ["enable", "several"]
"""

ACTIVE = '{"status":"active"}'
INACTIVE = '{"status":"inactive"}'


def path(authorization_id: str = TELEGRAF_EDGE_42) -> str:
    """Give the path of an authorization's PATCH."""
    return f"/api/v2/authorizations/{authorization_id}"


def reopened(here: World) -> list[str]:
    """List the PATCHes that set a token active."""
    return [where for where, body in here.patches() if '"active"' in (body or "")]


def texts(message: Message) -> list[str]:
    """Give the texts of a message's buttons."""
    return [button.text for button in message.buttons]


def id_of(message: Message) -> str:
    """Give the id of the change that a message with buttons tells of."""
    (found,) = {
        button.value
        for button in message.buttons
        if button.value and button.action_id.endswith("_change")
    }
    return found


async def freeze(here: World) -> None:
    """Stop all changes, as ``token-bot freeze`` does."""
    async with here.store() as store, store.transaction() as transaction:
        await transaction.set_freeze(Freeze(here.now(), "drill"))


async def unfreeze(here: World) -> None:
    """Let changes go on, as ``token-bot unfreeze`` does."""
    async with here.store() as store, store.transaction() as transaction:
        await transaction.set_freeze(None)


def reload(here: World, policy: str) -> None:
    """Put another policy in force, as SIGHUP does."""
    assert here.bots
    here.write_policy(policy)
    assert all(bot.reload() for bot in here.bots)


def leave_group(here: World, user: str, group: str = cast.SECURITY_GROUP) -> None:
    """Take somebody out of a user group."""
    now = here.slack.workspace.usergroups[group]
    members = tuple(member for member in now.members if member != user)
    here.slack.add_usergroup(replace(now, members=members))


def become(here: World, user: str, *, deleted: bool = False, guest: bool = False) -> None:
    """Deactivate somebody's account, or make it a guest's."""
    person = here.slack.workspace.people[user]
    here.slack.add_person(replace(person, deleted=deleted, is_restricted=guest))


async def forge_press(
    here: World,
    user: str,
    action_id: str,
    value: str,
    *,
    channel: str = cast.INCIDENTS,
    ts: str = "1700000000.000001",
    team_id: str | None = None,
) -> Delivery:
    """Press a button that this bot never showed to this person, signed as Slack signs."""
    workspace = here.slack.workspace
    person, place = workspace.people[user], workspace.channels[channel]
    message = Message(channel, ts, "bot", "forged", [], workspace.reader)
    body = block_actions_form(
        workspace,
        Origin(person, place, ""),
        message,
        Button("forged", action_id, "b0", value),
        team_id or person.team_id,
        {},
    )
    delivery = await here.slack.deliver_raw(body, here.slack.sign(body))
    await here.settled()
    return delivery


async def forge_denial(
    here: World,
    user: str,
    metadata: Mapping[str, object] | str,
    *,
    reason: str = "no",
    team_id: str | None = None,
) -> Delivery:
    """Submit a Deny modal whose metadata says anything, signed as Slack signs."""
    return await forge_form(
        here, user, "deny_change", metadata, {"reason": reason}, team_id=team_id
    )


async def forge_form(
    here: World,
    user: str,
    callback_id: str,
    metadata: Mapping[str, object] | str,
    typed: Mapping[str, str],
    *,
    team_id: str | None = None,
) -> Delivery:
    """Submit any modal, whose metadata and fields say anything, signed as Slack signs."""
    workspace = here.slack.workspace
    person = workspace.people[user]
    said = metadata if isinstance(metadata, str) else json.dumps(metadata)
    body = interaction_form(
        {
            "type": "view_submission",
            **interaction(workspace, person, team_id or person.team_id),
            "view": {
                "type": "modal",
                "callback_id": callback_id,
                "private_metadata": said,
                "state": {
                    "values": {name: {name: {"value": each}} for name, each in typed.items()}
                },
            },
        }
    )
    delivery = await here.slack.deliver_raw(body, here.slack.sign(body))
    await here.settled()
    return delivery


async def hold_token(here: World, authorization_id: str = TELEGRAF_EDGE_42) -> Gate:
    """Have somebody's PATCH of a token hang, so that later changes of it wait for their turn."""
    gate = here.influxdb.gate("PATCH", path(authorization_id))
    await here.slack.command(
        cast.ALICE, cast.INCIDENTS, "/token", f"describe {authorization_id} held"
    )
    await here.reached(gate)
    return gate


async def hold_in_vain(here: World, authorization_id: str) -> Gate:
    """Have a PATCH of a token hang, which InfluxDB refuses once it is let through."""
    here.influxdb.faults.add(Fault.INTERNAL_ERROR, method="PATCH", path=path(authorization_id))
    return await hold_token(here, authorization_id)


async def shows(here: World, words: str, channel: str = cast.INCIDENTS) -> Message:
    """Wait until the newest message that says something is in a channel, and give it."""

    def newest() -> Message | None:
        found = [m for m in here.slack.messages(channel) if words in m.plain]
        return found[-1] if found else None

    message = await here.slack.wait_for(newest)
    assert message is not None
    return message


async def told(here: World, words: str, user: str = cast.ALICE) -> str:
    """Wait until one person alone is told something, and give what they read."""

    def found() -> str:
        for message in (*here.slack.ephemerals(user), *here.slack.direct_messages(user)):
            if words in message.plain:
                return message.plain
        return ""

    return await here.slack.wait_for(found)
