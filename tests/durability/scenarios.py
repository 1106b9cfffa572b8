"""What people do while bots are killed: each act is done as far as Slack lets them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from bot.sandbox import cast
from bot.sandbox.influxdb import Fault, InfluxDBStandIn
from bot.sandbox.influxdb.organisation import (
    INACTIVE_LOAD_TEST,
    TELEGRAF_EDGE_42,
    TELEGRAF_EDGE_43,
)
from tests.attacks import SIMPLE, path


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


Act = Say | Press | Pass


@dataclass(frozen=True)
class Scenario:
    """What people do, one after the other, and what stands in the policy file.

    Attributes:
        hinder: Lays out what goes wrong in InfluxDB.
    """

    name: str
    policy: str
    acts: tuple[Act, ...]
    hinder: Callable[[InfluxDBStandIn], None] | None = None

    @property
    def by_real_time(self) -> bool:
        """Tell whether it works where clocks cannot be moved."""
        return not any(isinstance(act, Pass) for act in self.acts)


def _second_fails(influxdb: InfluxDBStandIn) -> None:
    influxdb.faults.add(Fault.INTERNAL_ERROR, method="PATCH", path=path(TELEGRAF_EDGE_43))


_DISABLE = Say(f"disable {TELEGRAF_EDGE_42}")
_DISABLE_TWO = Say(f"disable {TELEGRAF_EDGE_42} {TELEGRAF_EDGE_43}")
_ENABLE = Say(f"enable {INACTIVE_LOAD_TEST}")
_DENY = Press("deny_change", cast.CAROL, (("Reason", "not tonight"),))

SCENARIOS = {
    scenario.name: scenario
    for scenario in (
        Scenario("disable", SIMPLE, (_DISABLE,)),
        Scenario("describe", SIMPLE, (Say(f"disable {TELEGRAF_EDGE_42} --describe leaked"),)),
        Scenario("approval", cast.SECOND_PERSON, (_ENABLE, Press("approve_change", cast.CAROL))),
        Scenario("several", SIMPLE, (_DISABLE_TWO, Press("confirm_change"))),
        Scenario("undo", SIMPLE, (_DISABLE, Press("undo_change", cast.BOB))),
        Scenario("typed undo", SIMPLE, (_DISABLE, Say("undo"))),
        Scenario(
            "retry",
            SIMPLE,
            (_DISABLE_TWO, Press("confirm_change"), Press("retry_change")),
            _second_fails,
        ),
        Scenario(
            "timer",
            SIMPLE,
            (
                Say(f"disable {TELEGRAF_EDGE_42} --for 1h"),
                Pass(timedelta(minutes=51)),
                Pass(timedelta(minutes=10)),
            ),
        ),
        Scenario("deny", cast.SECOND_PERSON, (_ENABLE, _DENY)),
        Scenario("cancel", cast.SECOND_PERSON, (_ENABLE, Press("cancel_change"))),
        Scenario("cancelled preview", SIMPLE, (_DISABLE_TWO, Press("cancel_change"))),
    )
}
