"""What people do while bots are killed: each act is done as far as Slack lets them."""

from dataclasses import dataclass
from datetime import timedelta

from bot.sandbox import cast
from bot.sandbox.influxdb import Fault, InfluxDBStandIn
from bot.sandbox.influxdb.organisation import (
    INACTIVE_LOAD_TEST,
    TELEGRAF_EDGE_42,
    TELEGRAF_EDGE_43,
    realistic_fixture,
)
from bot.sandbox.influxdb.product import Mode
from tests.attacks import SIMPLE, path

WATCHED_AFTER = timedelta(hours=12)
"""When what was disabled is looked at: not while a test waits for everything to be done."""


@dataclass(frozen=True)
class Say:
    """Somebody types a command, once: whoever gets no answer looks, and does not repeat it."""

    text: str
    user: str = cast.ALICE


@dataclass(frozen=True)
class Press:
    """Somebody presses a button, and presses it again if it is still there after a crash."""

    action: str
    user: str = cast.ALICE
    inputs: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Pass:
    """Time passes."""

    by: timedelta


@dataclass(frozen=True)
class Hinder:
    """InfluxDB is about to fail at the next PATCH of a token."""

    authorization_id: str

    def lay_out(self, influxdb: InfluxDBStandIn) -> None:
        """Lay the fault out."""
        where = path(self.authorization_id)
        influxdb.faults.add(Fault.INTERNAL_ERROR, method="PATCH", path=where)


@dataclass(frozen=True)
class Reopen:
    """Somebody else sets a token active, beside the bot."""

    authorization_id: str

    def lay_out(self, influxdb: InfluxDBStandIn) -> None:
        """Set it active."""
        influxdb.edit(self.authorization_id, status="active")


@dataclass(frozen=True)
class Report:
    """Somebody reports the secret of a token as leaked, once: it is forgotten with the bot.

    Attributes:
        others: Whether the owner's other tokens are to be disabled as well.
    """

    authorization_id: str
    others: bool = False
    user: str = cast.ALICE

    @property
    def secret(self) -> str:
        """Give the token that has leaked."""
        return next(
            str(each["token"])
            for each in realistic_fixture()["authorizations"]
            if each["id"] == self.authorization_id
        )


Act = Say | Press | Pass | Hinder | Reopen | Report


@dataclass(frozen=True)
class Scenario:
    """What people do, one after the other, and what stands in the policy file.

    Attributes:
        mode: Whether InfluxDB shows tokens.
    """

    name: str
    policy: str
    acts: tuple[Act, ...]
    mode: Mode = Mode.PLAIN


_DISABLE = Say(f"disable {TELEGRAF_EDGE_42}")
_DISABLE_TWO = Say(f"disable {TELEGRAF_EDGE_42} {TELEGRAF_EDGE_43}")
_ENABLE = Say(f"enable {INACTIVE_LOAD_TEST}")
_TWO = (_DISABLE_TWO, Press("confirm_change"))
_UNDO = Press("undo_change")
_GLASS = cast.SECOND_PERSON.replace('"enable"', '"disable"')
_DENY = Press("deny_change", cast.CAROL, (("Reason", "not tonight"),))

SCENARIOS = {
    scenario.name: scenario
    for scenario in (
        Scenario("disable", SIMPLE, (_DISABLE,)),
        Scenario("describe", SIMPLE, (Say(f"disable {TELEGRAF_EDGE_42} --describe leaked"),)),
        Scenario("approval", cast.SECOND_PERSON, (_ENABLE, Press("approve_change", cast.CAROL))),
        Scenario("several", SIMPLE, _TWO),
        Scenario("undo", SIMPLE, (_DISABLE, _UNDO)),
        Scenario("typed undo", SIMPLE, (_DISABLE, Say("undo"))),
        Scenario(
            "undo that fails at first",
            SIMPLE,
            (_DISABLE, Hinder(TELEGRAF_EDGE_42), _UNDO, _UNDO),
        ),
        Scenario("undo that is cancelled", SIMPLE, (*_TWO, _UNDO, Press("cancel_change"))),
        Scenario("retry", SIMPLE, (Hinder(TELEGRAF_EDGE_43), *_TWO, Press("retry_change"))),
        Scenario(
            "timer",
            SIMPLE,
            (
                Say(f"disable {TELEGRAF_EDGE_42} --for 1h"),
                Pass(timedelta(minutes=51)),
                Pass(timedelta(minutes=10)),
            ),
        ),
        Scenario(
            "drift",
            SIMPLE,
            (
                _DISABLE,
                Reopen(TELEGRAF_EDGE_42),
                Pass(WATCHED_AFTER + timedelta(minutes=1)),
                Press("disable_again"),
            ),
        ),
        Scenario(
            "leak",
            SIMPLE,
            (Report(TELEGRAF_EDGE_42, others=True), Press("confirm_change"), _UNDO),
        ),
        Scenario(
            "leak of a hidden token",
            SIMPLE,
            (Report(TELEGRAF_EDGE_43), Press("confirm_change")),
            Mode.HASHED,
        ),
        Scenario(
            "break-glass",
            _GLASS,
            (
                Say(f"disable {TELEGRAF_EDGE_42} --break-glass --reason leaked"),
                Press("review_change", cast.CAROL),
                _UNDO,
                Press("approve_change", cast.BOB),
            ),
        ),
        Scenario("deny", cast.SECOND_PERSON, (_ENABLE, _DENY)),
        Scenario("cancel", cast.SECOND_PERSON, (_ENABLE, Press("cancel_change"))),
        Scenario("expired preview", SIMPLE, (_DISABLE_TWO, Pass(timedelta(minutes=11)))),
        Scenario("cancelled preview", SIMPLE, (_DISABLE_TWO, Press("cancel_change"))),
    )
}
