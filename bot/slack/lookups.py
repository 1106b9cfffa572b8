"""Ask Slack about one id at a time, and remember what it told."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Generic, TypeVar

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError

from bot.slack.errors import error_code, passing, retry_after

T = TypeVar("T")

# Longer than a call can take, so that all answers of one look-up still count when it ends.
_FAILURE_REMEMBERED = timedelta(seconds=12)
# What no waiting mends is not asked for again and again.
_REFUSAL_REMEMBERED = timedelta(minutes=1)
_PAUSE_UNLESS_TOLD = 30.0
_MINUTE = timedelta(minutes=1)
_LONG_AGO = datetime.min.replace(tzinfo=UTC)
_REMEDIES: Mapping[str, str] = MappingProxyType(
    {
        "missing_scope": "Give the app the scopes of manifests/slack-app.yaml; install it again.",
        "no_such_subteam": "No user group has this id: correct it where the roles are written.",
        "plan_upgrade_required": "User groups need a paid Slack plan: list users by their own ids.",
        "user_not_found": "No user has this id: correct it where the roles are written.",
    }
)
_log = structlog.get_logger()


@dataclass(frozen=True)
class Rhythm:
    """How long answers count, and how often Slack is asked.

    Attributes:
        fresh: How long an answer counts; in the last third of it, it is refreshed.
        most: How many calls within a minute may have been made before refreshing waits. What
            people wait for does not wait.
    """

    fresh: Callable[[], timedelta]
    most: int


@dataclass(frozen=True)
class Answer(Generic[T]):
    """What Slack told of one id.

    Attributes:
        told: None if Slack did not tell.
        until: When it does not count any more.
    """

    told: T | None
    until: datetime


class Lookups(Generic[T]):
    """The answers of one method of Slack's Web API, by id.

    Args:
        method: The method, for the log.
        ask: Calls it for one id, and gives what the answer says.
        clock: Tells the time.
        rhythm: How long answers count, and how often Slack is asked.
    """

    def __init__(
        self,
        method: str,
        ask: Callable[[str], Awaitable[T]],
        clock: Callable[[], datetime],
        rhythm: Rhythm,
    ) -> None:
        self._log = _log.bind(method=method)
        self._ask = ask
        self._clock = clock
        self._rhythm = rhythm
        self._answers: dict[str, Answer[T]] = {}
        self._asking: dict[str, asyncio.Task[Answer[T]]] = {}
        self._calls: deque[datetime] = deque()
        self._quiet_until = _LONG_AGO
        self._troubles: dict[str, str] = {}

    def remembered(self, key: str) -> Answer[T] | None:
        """Give an answer that still counts, or None."""
        answer = self._answers.get(key)
        return answer if answer is not None and self._clock() < answer.until else None

    async def get(self, key: str) -> T | None:
        """Give what is remembered, else what Slack tells now; None if it does not tell."""
        answer = self.remembered(key) or await self._look_up(key)
        return answer.told

    async def refresh(self, keys: Collection[str]) -> None:
        """Ask again for those whose answers will not count much longer, the stalest first."""
        now = self._clock()
        self._answers = {
            key: answer
            for key, answer in self._answers.items()
            if key in keys or now < answer.until
        }
        due = sorted((until, key) for key in keys if (until := self._until(key)) <= now)
        if due and now >= self._quiet_until:
            allowed = max(0, self._rhythm.most - self._calls_within_a_minute(now))
            await asyncio.gather(*(self._look_up(key) for _, key in due[:allowed]))

    def _until(self, key: str) -> datetime:
        """Give when an answer is to be refreshed."""
        answer = self._answers.get(key)
        if answer is None:
            return _LONG_AGO
        return answer.until if answer.told is None else answer.until - self._rhythm.fresh() / 3

    def _calls_within_a_minute(self, now: datetime) -> int:
        while self._calls and self._calls[0] <= now - _MINUTE:
            self._calls.popleft()
        return len(self._calls)

    async def _look_up(self, key: str) -> Answer[T]:
        """Ask Slack, or wait for the answer that another is waiting for already."""
        asking = self._asking.get(key)
        if asking is None:
            asking = asyncio.create_task(self._call(key), name=f"look up {key}")
            self._asking[key] = asking
            asking.add_done_callback(lambda _: self._asking.pop(key))
        # One who gives up must not take the answer from the others.
        return await asyncio.shield(asking)

    async def _call(self, key: str) -> Answer[T]:
        now = self._clock()
        if now < self._quiet_until:
            return self._not_told(key, _FAILURE_REMEMBERED)
        self._calls.append(now)
        try:
            told = await self._ask(key)
        except SlackApiError as error:
            if (pause := _pause(error)) is not None:
                self._quiet_until = self._clock() + pause
            self._note(key, error_code(error))
            return self._not_told(
                key, _FAILURE_REMEMBERED if passing(error) else _REFUSAL_REMEMBERED
            )
        except (aiohttp.ClientError, TimeoutError) as error:
            self._note(key, type(error).__name__)
            return self._not_told(key, _FAILURE_REMEMBERED)
        except (AttributeError, KeyError, TypeError, ValueError):
            # What came is no answer of Slack's.
            self._note(key, "an answer that cannot be read")
            return self._not_told(key, _FAILURE_REMEMBERED)
        if self._troubles.pop(key, None) is not None:
            self._log.info("Slack tells again", id=key)
        answer = Answer(told, now + self._rhythm.fresh())
        self._answers[key] = answer
        return answer

    def _not_told(self, key: str, remembered: timedelta) -> Answer[T]:
        """Remember that Slack did not tell, but keep an earlier answer for as long as it counts."""
        earlier = self.remembered(key)
        if earlier is not None and earlier.told is not None:
            return earlier
        answer: Answer[T] = Answer(None, self._clock() + remembered)
        self._answers[key] = answer
        return answer

    def _note(self, key: str, reason: str) -> None:
        """Log what is wrong with an id, once until it changes."""
        if self._troubles.get(key) == reason:
            return
        self._troubles[key] = reason
        remedy = _REMEDIES.get(reason, "It is asked again.")
        self._log.warning("Slack does not tell", id=key, reason=reason, remedy=remedy)


def _pause(error: SlackApiError) -> timedelta | None:
    """Give how long the method must not be called, if Slack said that it was called too often."""
    if error_code(error) != "ratelimited" and getattr(error.response, "status_code", 0) != 429:
        return None
    seconds = retry_after(error)
    return timedelta(seconds=_PAUSE_UNLESS_TOLD if seconds is None else seconds)
