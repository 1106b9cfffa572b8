"""Who a user id is, for somebody who does not ask through Slack."""

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.changes.people import Person
from bot.changes.policy import Workspace
from bot.slack.web import error_code


class NoSuchUserError(Exception):
    """Slack knows no user of that id."""


async def person_of(client: AsyncWebClient, user_id: str, home: Workspace) -> Person:
    """Ask Slack of which workspace a user is; where it does not tell, of the bot's own.

    Somebody of another workspace may do nothing, whatever the policy lists. What kind of account
    it is, and in which groups, the directory tells.

    Source: https://docs.slack.dev/reference/methods/users.info

    Raises:
        NoSuchUserError: If there is no such user.
    """
    try:
        answer = await client.users_info(user=user_id)
    except SlackApiError as error:
        if error_code(error) == "user_not_found":
            raise NoSuchUserError from None
        return Person(user_id, home.team_id)
    except (aiohttp.ClientError, TimeoutError):
        return Person(user_id, home.team_id)
    user = answer.get("user")
    if not isinstance(user, dict):
        return Person(user_id, home.team_id)
    enterprise = (user.get("enterprise_user") or {}).get("enterprise_id")
    return Person(user_id, str(user.get("team_id") or home.team_id), enterprise)
