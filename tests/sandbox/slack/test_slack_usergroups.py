"""Reading user groups and their members."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.slack import SlackStandIn, Usergroup

Refusal = Callable[[Awaitable[object]], Awaitable[dict[str, Any]]]


async def test_members_of_a_group_are_listed(client: AsyncWebClient, refusal: Refusal) -> None:
    """Deactivated members are left out; unknown groups are refused."""
    answer = await client.usergroups_users_list(usergroup="S0ONCALL")

    assert answer["users"] == ["U0ALICE"]
    unknown = await refusal(client.usergroups_users_list(usergroup="S0NONE"))
    assert unknown["error"] == "no_such_subteam"


async def test_a_changed_group_has_its_new_members(
    slack: SlackStandIn, client: AsyncWebClient
) -> None:
    """Somebody who left a group is not listed any more."""
    group = slack.workspace.usergroups["S0ONCALL"]

    slack.add_usergroup(replace(group, members=("U0BOB",)))

    assert (await client.usergroups_users_list(usergroup="S0ONCALL"))["users"] == ["U0BOB"]


async def test_a_disabled_group_is_there_only_if_asked_for(
    slack: SlackStandIn, client: AsyncWebClient, refusal: Refusal
) -> None:
    """Neither the list nor the members show it otherwise."""
    slack.add_usergroup(Usergroup("S0OLD", "old", ("U0BOB",), is_disabled=True))

    shown = await client.usergroups_list()
    refused = await refusal(client.usergroups_users_list(usergroup="S0OLD"))
    asked = await client.usergroups_users_list(usergroup="S0OLD", include_disabled=True)
    everything = await client.usergroups_list(include_disabled=True)

    assert [group["id"] for group in shown["usergroups"]] == ["S0ONCALL"]
    assert refused["error"] == "no_such_subteam"
    assert asked["users"] == ["U0BOB"]
    assert [bool(group["date_delete"]) for group in everything["usergroups"]] == [False, True]


async def test_groups_are_listed_with_what_is_asked_for(client: AsyncWebClient) -> None:
    """Handles always; members and their number only if asked for."""
    (bare,) = (await client.usergroups_list())["usergroups"]
    (full,) = (await client.usergroups_list(include_users=True, include_count=True))["usergroups"]

    assert (bare["id"], bare["handle"], bare["team_id"]) == ("S0ONCALL", "oncall", "T0HOME")
    assert not {"users", "user_count"} & bare.keys()
    assert (full["users"], full["user_count"]) == (["U0ALICE"], 1)


@pytest.mark.parametrize("method", ["usergroups.list", "usergroups.users.list"])
async def test_a_free_plan_has_no_groups(
    slack: SlackStandIn, client: AsyncWebClient, refusal: Refusal, method: str
) -> None:
    """Slack says that the plan must be upgraded."""
    slack.workspace.is_on_free_plan = True

    answer = await refusal(client.api_call(method, http_verb="GET"))

    assert answer["error"] == "plan_upgrade_required"


async def test_members_that_cannot_be_read(
    slack: SlackStandIn, client: AsyncWebClient, refusal: Refusal
) -> None:
    """A fault concerns calls by GET as well, in which Slack's client asks."""
    slack.faults.add("usergroups.users.list", error="internal_error")

    refused = await refusal(client.usergroups_users_list(usergroup="S0ONCALL"))

    assert refused["error"] == "internal_error"
    assert (await client.usergroups_users_list(usergroup="S0ONCALL"))["ok"] is True
