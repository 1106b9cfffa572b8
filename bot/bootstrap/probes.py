"""What ``/readyz`` says of each part."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from functools import partial

from bot.changes.backlog import Backlog
from bot.changes.duration import in_words
from bot.changes.errors import StoreUnavailableError, UpstreamError
from bot.changes.ports import Authorizations
from bot.changes.queries import Queries
from bot.configuration import PolicyInForce
from bot.endpoints import Probe
from bot.slack.identity import Identity
from bot.slack.socket_mode import SocketMode
from bot.storage.store import SqlStore
from bot.telemetry.metrics import Metrics

# A scrape is not held up for longer.
_COUNTED_WITHIN_SECONDS = 1.0

Details = Mapping[str, Mapping[str, Callable[[], Awaitable[str]]]]


def needed(store: SqlStore, identity: Identity, socket: SocketMode | None) -> Mapping[str, Probe]:
    """Give the probes of what must be well for the bot to be ready."""
    return {"database": partial(_database, store), "slack": partial(_slack, identity, socket)}


def details(
    in_force: PolicyInForce,
    instances: Mapping[str, Authorizations],
    queries: Queries,
    clock: Callable[[], datetime],
) -> Details:
    """Give the probes of what is told beside: a bot that cannot reach InfluxDB still answers."""
    return {
        "policy": {"reload": partial(_policy, in_force)},
        "break_glass": {"unreviewed": partial(_unreviewed, queries, clock)},
        "influxdb": {name: partial(_influxdb, each) for name, each in instances.items()},
    }


async def _database(store: SqlStore) -> str | None:
    try:
        await store.ping()
    except StoreUnavailableError as error:
        return str(error)
    return None


async def _slack(identity: Identity, socket: SocketMode | None) -> str | None:
    return identity.trouble or (socket.trouble if socket else None)


async def _policy(in_force: PolicyInForce) -> str:
    return in_force.trouble or "ok"


async def exposition(metrics: Metrics, queries: Queries) -> bytes:
    """Give the metrics, with what waits in the database.

    What the database does not tell in time is not known; the rest is told all the same.
    """
    try:
        async with asyncio.timeout(_COUNTED_WITHIN_SECONDS):
            backlog: Backlog | None = await queries.backlog()
    except (TimeoutError, StoreUnavailableError):
        backlog = None
    return metrics.exposition(backlog)


async def _unreviewed(queries: Queries, clock: Callable[[], datetime]) -> str:
    try:
        open_still = await queries.unreviewed()
    except StoreUnavailableError as error:
        return f"not known: {error}"
    if not open_still:
        return "none"
    age = clock() - min(request.created_at for request in open_still)
    return f"{len(open_still)}, the oldest for {in_words(age)}"


async def _influxdb(instance: Authorizations) -> str:
    try:
        version = await instance.ping()
        await instance.check_credential()
    except UpstreamError as error:
        return error.problem.message
    return version
