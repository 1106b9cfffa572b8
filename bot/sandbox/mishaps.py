"""What can be made to go wrong in the sandbox, by a name that says what does."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from bot.sandbox.influxdb import Fault, InfluxDBStandIn
from bot.sandbox.slack import SlackStandIn

_OUTAGE: Final = 8


@dataclass(frozen=True)
class Mishap:
    """Something that goes wrong.

    Attributes:
        told: What goes wrong, and for how long.
        befall: Lays it out for the stand-ins' next requests.
    """

    told: str
    befall: Callable[[InfluxDBStandIn, SlackStandIn], None]


def _influxdb(told: str, fault: Fault, **matching: Any) -> Mishap:
    return Mishap(told, lambda influxdb, _: influxdb.faults.add(fault, **matching))


def _slack(told: str, method: str, **fault: Any) -> Mishap:
    return Mishap(told, lambda _, slack: slack.faults.add(method, **fault))


def _change(told: str, fault: Fault, **more: Any) -> Mishap:
    return _influxdb(told, fault, method="PATCH", **more)


MISHAPS: Final[Mapping[str, Mishap]] = MappingProxyType(
    {
        "influxdb-busy": _change(
            "InfluxDB answers the next change with 429, and asks to wait 2 s.",
            Fault.TOO_MANY_REQUESTS,
            retry_after=2,
        ),
        "influxdb-error": _change(
            "InfluxDB answers the next change with 500, and does not make it.",
            Fault.INTERNAL_ERROR,
        ),
        "influxdb-starting": _influxdb(
            f"InfluxDB answers the next {_OUTAGE} requests with 503, as while it starts.",
            Fault.STARTING,
            times=_OUTAGE,
        ),
        "influxdb-bad-gateway": _influxdb(
            f"A proxy answers the next {_OUTAGE} requests to InfluxDB with 502 and a page.",
            Fault.BAD_GATEWAY_HTML,
            times=_OUTAGE,
        ),
        "influxdb-lost-request": _change(
            "The connection breaks at the next change, before InfluxDB makes it.",
            Fault.RESET_BEFORE,
        ),
        "influxdb-lost-answer": _change(
            "InfluxDB makes the next change, and the connection breaks before it says so.",
            Fault.RESET_AFTER,
        ),
        "influxdb-slow": _change(
            "InfluxDB makes the next change, and takes 5 s to say so.", Fault.SLOW, delay=5
        ),
        "influxdb-stale-page": _change(
            "A stale page of InfluxDB's UI enables the next disabled token again.",
            Fault.STALE_REENABLE,
        ),
        "influxdb-owner-deleted": _change(
            "The owner of the next changed token is deleted at that moment.",
            Fault.OWNER_VANISHES,
        ),
        "slack-busy": _slack(
            "Slack answers the next message with 429, and asks to wait 3 s.",
            "chat.postMessage",
            status=429,
            retry_after=3,
        ),
        "slack-down": _slack(
            "Slack answers the next 3 messages with 503.",
            "chat.postMessage",
            status=503,
            times=3,
        ),
        "slack-lost-answer": _slack(
            "Slack posts the next message, and the connection breaks before it says so.",
            "chat.postMessage",
            drop=True,
            applied=True,
        ),
        "slack-expired-answers": _slack(
            "The next answer by a response URL comes too late for Slack.",
            "response_url",
            error="used_url",
        ),
    }
)
"""Everything that can go wrong, by its name; each is laid out once a time that it is named."""
