"""Slack's rate limits, per method and for posting per channel.

https://docs.slack.dev/apis/web-api/rate-limits
"""

import math
from collections import defaultdict, deque
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

_PER_MINUTE: Final[Mapping[str, int]] = {
    "apps.connections.open": 50,
    "auth.test": 200,
    "chat.delete": 50,
    "chat.postEphemeral": 100,
    "chat.update": 50,
    "conversations.info": 50,
    "conversations.open": 50,
    "usergroups.list": 20,
    "usergroups.users.list": 20,
    "users.info": 100,
    "views.open": 100,
    "views.publish": 100,
    "views.push": 100,
    "views.update": 100,
}
_MINUTE: Final = timedelta(minutes=1)
POSTING: Final = timedelta(seconds=1)


class RateLimits:
    """Counts calls and says how long to wait.

    Args:
        posting: How long between two messages in one channel; other than Slack's for tests.
    """

    def __init__(self, posting: timedelta = POSTING) -> None:
        self._posting = posting
        self._calls: defaultdict[tuple[str, str], deque[datetime]] = defaultdict(deque)

    def seconds_to_wait(self, method: str, channel: str, now: datetime) -> int:
        """Count a call, and give 0 if it is within the limit, else whole seconds to wait.

        Args:
            method: The Web API method.
            channel: The channel posted to; only ``chat.postMessage`` is limited by it.
            now: When the call is made.
        """
        if method == "chat.postMessage":
            key, most, window = (method, channel), 1, self._posting
        else:
            key, most, window = (method, ""), _PER_MINUTE[method], _MINUTE
        calls = self._calls[key]
        while calls and calls[0] <= now - window:
            calls.popleft()
        if len(calls) < most:
            calls.append(now)
            return 0
        return max(1, math.ceil((calls[0] + window - now).total_seconds()))
