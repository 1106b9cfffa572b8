import time
from collections.abc import Iterator
from contextlib import contextmanager

import aiohttp
from slack_sdk.errors import SlackApiError

from bot.slack.errors import error_code
from bot.telemetry.slack_metrics import SlackMetrics


class Measured:
    """A call of Slack that is measured, by what it raises unless it says better.

    Attributes:
        outcome: What it came to if it raises nothing.
    """

    def __init__(self) -> None:
        self.outcome = "ok"


@contextmanager
def measured(metrics: SlackMetrics | None, method: str) -> Iterator[Measured]:
    """Measure one call of Slack.

    Args:
        metrics: None for calls that nobody counts.
        method: Its method, or what stands for it.
    """
    begun, call = time.monotonic(), Measured()
    try:
        yield call
    except SlackApiError as error:
        call.outcome = error_code(error)
        raise
    except TimeoutError:
        call.outcome = "timeout"
        raise
    except aiohttp.ClientError:
        call.outcome = "connection"
        raise
    except BaseException:
        # Whoever waited is cancelled, or what came is no answer of Slack's.
        call.outcome = "broken_off"
        raise
    finally:
        if metrics is not None:
            metrics.call(method, call.outcome, time.monotonic() - begun)
