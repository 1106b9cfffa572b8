"""Ask Slack what the findings are made of; nothing is posted or changed."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.changes.deciding import at_home
from bot.changes.policy import Roles, Workspace, is_group
from bot.check.answers import Refused, Silent, Told
from bot.check.channels import Channel
from bot.check.clock import ahead
from bot.check.people import Crowd, Group, Member
from bot.check.slack import Installed, Opened
from bot.slack.channels import kind_of
from bot.slack.errors import UnreadableAnswerError, error_code
from bot.slack.users import account_of, person_in

T = TypeVar("T")

# Slack allows 100 calls of users.info a minute, which the running bot has to share.
_MOST_USERS = 50
_LATE = Silent("did not answer in time")
_NOT_SLACK = Silent("did not answer as its Web API does")


@dataclass(frozen=True)
class Greeting:
    """What Slack says of the bot token, and how far this machine's clock is ahead of its own."""

    bot: Told[Installed]
    off: timedelta | None = None


class AskingSlack:
    """Ask the Web API, each question once.

    Args:
        client: Slack's Web API, with the bot token.
        clock: Tells the time.
    """

    def __init__(self, client: AsyncWebClient, clock: Callable[[], datetime]) -> None:
        self._client = client
        self._clock = clock

    async def greeting(self) -> Greeting:
        """Ask who the bot is, and with which scopes; a refusal tells the date as well.

        Source: https://docs.slack.dev/reference/methods/auth.test
        """
        sent = self._clock()
        headers: Mapping[str, str] = {}
        try:
            answer = await self._client.auth_test()
            headers = answer.headers
            bot: Told[Installed] = _installed(answer, headers)
        except UnreadableAnswerError:
            bot = _NOT_SLACK
        except SlackApiError as error:
            headers = getattr(error.response, "headers", {})
            bot = _refusal(error)
        except (aiohttp.ClientError, TimeoutError) as error:
            bot = _silence(error)
        except (AttributeError, KeyError, TypeError, ValueError):
            bot = _NOT_SLACK
        return Greeting(bot, _off(headers, sent, self._clock()))

    async def socket(self, app_token: str) -> Told[Opened]:
        """Ask for the address of a connection in Socket Mode, which is not opened.

        Source: https://docs.slack.dev/reference/methods/apps.connections.open
        """
        return await _told(
            self._client.apps_connections_open(app_token=app_token), lambda _: Opened()
        )

    async def crowd(
        self, roles: Roles, owners: frozenset[str], home: Workspace, seconds: float
    ) -> Crowd:
        """Ask who is in the user groups of the roles, and of what kind the people are.

        Members of groups matter as far as they may approve. Owners are asked for last, since
        roles weigh more.
        """
        deadline = asyncio.get_running_loop().time() + seconds
        groups: Told[Mapping[str, Group]] = {}
        if roles.groups:
            groups = (await _within(seconds, {"": self._groups()}))[""]
        by_group: set[str] = set()
        if not isinstance(groups, Refused | Silent):
            approving = [
                groups[each] for each in roles.approver if is_group(each) and each in groups
            ]
            by_group.update(*(group.members for group in approving))
        asked = itertools.islice(
            dict.fromkeys([*sorted(roles.users), *sorted(by_group), *sorted(owners)]), _MOST_USERS
        )
        left = deadline - asyncio.get_running_loop().time()
        users = await _within(left, {user: self._user(user, home) for user in asked})
        return Crowd(users, groups)

    async def channels(
        self, channel_ids: frozenset[str], seconds: float
    ) -> Mapping[str, Told[Channel]]:
        """Ask what kind of channels these are, and whether the bot is in them."""
        return await _within(seconds, {each: self._channel(each) for each in channel_ids})

    async def _groups(self) -> Told[Mapping[str, Group]]:
        """Ask for all user groups at once: 20 calls a minute are few.

        Source: https://docs.slack.dev/reference/methods/usergroups.list
        """
        return await _told(
            self._client.usergroups_list(include_users=True, include_disabled=True),
            lambda answer: {
                str(group["id"]): Group(
                    frozenset(group.get("users") or ()), bool(group.get("date_delete"))
                )
                for group in answer["usergroups"]
            },
        )

    async def _user(self, user_id: str, home: Workspace) -> Told[Member]:
        def read(answer: Mapping[str, Any]) -> Member:
            user = answer["user"]
            return Member(account_of(user), at_home(home, person_in(user_id, user)))

        return await _told(self._client.users_info(user=user_id), read)

    async def _channel(self, channel_id: str) -> Told[Channel]:
        def read(answer: Mapping[str, Any]) -> Channel:
            channel = answer["channel"]
            return Channel(
                kind_of(channel), bool(channel.get("is_member")), bool(channel.get("is_archived"))
            )

        return await _told(self._client.conversations_info(channel=channel_id), read)


async def _told(call: Awaitable[Any], read: Callable[[Mapping[str, Any]], T]) -> Told[T]:
    try:
        return read((await call).data)
    except UnreadableAnswerError:
        return _NOT_SLACK
    except SlackApiError as error:
        return _refusal(error)
    except (aiohttp.ClientError, TimeoutError) as error:
        return _silence(error)
    except (AttributeError, KeyError, TypeError, ValueError):
        # What came is no answer of Slack's.
        return _NOT_SLACK


async def _within(seconds: float, asking: Mapping[str, Awaitable[Told[T]]]) -> dict[str, Told[T]]:
    """Ask everything at once; what is not answered in time is given up."""
    tasks = {key: asyncio.ensure_future(each) for key, each in asking.items()}
    if tasks:
        await asyncio.wait(tasks.values(), timeout=max(seconds, 0))
    late = [task for task in tasks.values() if not task.done()]
    for task in late:
        task.cancel()
    await asyncio.gather(*late, return_exceptions=True)
    return {key: _LATE if task in late else task.result() for key, task in tasks.items()}


def _installed(answer: AsyncSlackResponse, headers: Mapping[str, str]) -> Installed:
    scopes = headers.get("x-oauth-scopes")
    return Installed(
        Workspace(str(answer["team_id"]), answer.get("enterprise_id")),
        str(answer.get("team", "")),
        str(answer.get("user", "")),
        None if scopes is None else frozenset(each.strip() for each in scopes.split(",")) - {""},
    )


def _refusal(error: SlackApiError) -> Refused | Silent:
    code = error_code(error)
    return _NOT_SLACK if code == "unknown_error" else Refused(code)


def _silence(error: aiohttp.ClientError | TimeoutError) -> Silent:
    return _LATE if isinstance(error, TimeoutError) else Silent("cannot be reached")


def _off(headers: Mapping[str, str], sent: datetime, received: datetime) -> timedelta | None:
    stated = headers.get("Date")
    try:
        return None if stated is None else ahead(parsedate_to_datetime(stated), sent, received)
    except (TypeError, ValueError):
        return None
