"""Who a user id is, for somebody who does not ask through Slack."""

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.changes.people import Person
from bot.slack.errors import error_code
from bot.slack.users import person_in


class NoSuchUserError(Exception):
    """Slack knows no user of that id."""


async def person_of(client: AsyncWebClient, user_id: str) -> Person | None:
    """Ask Slack of which workspace and organisation a user is; None where it does not tell.

    Somebody of another workspace may do nothing, whatever the policy lists. What kind of account
    it is, and in which groups, the directory tells.

    Source: https://docs.slack.dev/reference/methods/users.info

    Raises:
        NoSuchUserError: If there is no such user.
    """
    try:
        user = (await client.users_info(user=user_id))["user"]
        person = person_in(user_id, user)
    except SlackApiError as error:
        if error_code(error) == "user_not_found":
            raise NoSuchUserError from None
        return None
    except (aiohttp.ClientError, TimeoutError):
        return None
    except (AttributeError, KeyError, TypeError, ValueError):
        # What came is no answer of Slack's.
        return None
    return person if person.team_id else None
