"""A bot whose token may no more than it needs."""

from typing import Any

from bot.sandbox.influxdb.organisation import (
    BOT_AUTHORIZATION,
    realistic_fixture,
)


def with_a_modest_bot() -> dict[str, Any]:
    """Give the organisation with a bot token that manages authorizations but is no operator."""
    fixture = realistic_fixture()
    own = next(a for a in fixture["authorizations"] if a["id"] == BOT_AUTHORIZATION)
    own["permissions"] = [
        {"action": action, "resource": {"type": kind}}
        for action in ("read", "write")
        for kind in ("authorizations", "users")
    ]
    return fixture
