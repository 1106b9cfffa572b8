"""What InfluxDB must have, by the record."""

from collections.abc import Iterator
from datetime import datetime

from bot.changes.authorization import Status
from bot.changes.states import TargetState
from bot.sandbox.influxdb import InfluxDBStandIn
from bot.sandbox.influxdb.organisation import realistic_fixture
from tests.durability.records import Record


def untrue(record: Record, influxdb: InfluxDBStandIn) -> Iterator[str]:
    """Every token is as whoever came last has left it, or as it was at first.

    That is the last outcome that took effect, or what the watch has found since.
    """
    truth = {
        each["id"]: (each["status"], each["description"])
        for each in realistic_fixture()["authorizations"]
    }
    made: list[tuple[datetime, str, Status | None, str | None]] = []
    for request in record.requests:
        for target in request.targets:
            named, update, again = target.authorization_id, target.update, target.active_again
            if target.state is TargetState.DONE and target.finished_at is not None:
                made.append((target.finished_at, named, update.status, update.description))
            if again is not None:
                found_at = request.drifts[again.drift].found_at
                made.append((found_at, named, again.token.status, again.token.description))
    for _, named, status, description in sorted(made, key=lambda each: each[0]):
        was = truth[named]
        truth[named] = (
            was[0] if status is None else status.value,
            was[1] if description is None else description,
        )
    for authorization_id, should in truth.items():
        there = influxdb.authorization(authorization_id)
        if authorization_id not in record.unclear and (there.status, there.description) != should:
            yield f"{authorization_id} is {there.status}, {there.description!r}, not {should}"
