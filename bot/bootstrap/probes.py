"""What ``/readyz`` says of each part."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial

from bot.changes.errors import StoreUnavailableError, UpstreamError
from bot.changes.ports import Authorizations
from bot.configuration import PolicyInForce
from bot.endpoints import Probe
from bot.slack.identity import Identity
from bot.slack.socket_mode import SocketMode
from bot.storage.store import SqlStore

Details = Mapping[str, Mapping[str, Callable[[], Awaitable[str]]]]


def needed(store: SqlStore, identity: Identity, socket: SocketMode | None) -> Mapping[str, Probe]:
    """Give the probes of what must be well for the bot to be ready."""
    return {"database": partial(_database, store), "slack": partial(_slack, identity, socket)}


def details(in_force: PolicyInForce, instances: Mapping[str, Authorizations]) -> Details:
    """Give the probes of what is told beside: a bot that cannot reach InfluxDB still answers."""
    return {
        "policy": {"reload": partial(_policy, in_force)},
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


async def _influxdb(instance: Authorizations) -> str:
    try:
        version = await instance.ping()
        await instance.check_credential()
    except UpstreamError as error:
        return error.problem.message
    return version
