"""Secrets that are nobody's, put where secrets are, and looked for where none may be."""

import json

from bot.sandbox.influxdb.organisation import realistic_fixture
from tests.world import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET

TYPED = "PtYgjmUhBel31iEl2hpChYgCfrL1spNxnyVmihA_2O76UMFxFkM_R5Kjp1vRt-1fjORS_6ilI8ihN5KXSc7Tvo=="
"""In the shape of an API token that InfluxDB mints; people type it where they must not."""

_SHOWN_BY_INFLUXDB = {str(each["token"]) for each in realistic_fixture()["authorizations"]}
ALL = (TYPED, SIGNING_SECRET, BOT_TOKEN, APP_TOKEN, *sorted(_SHOWN_BY_INFLUXDB))
_AS_BYTES = tuple(each.encode() for each in ALL)


def found_in(text: str | bytes) -> list[str]:
    """Give the beginnings of the secrets that a text holds."""
    if isinstance(text, bytes):
        return [each[:12].decode() for each in _AS_BYTES if each in text]
    return [each[:12] for each in ALL if each in text]


def found_in_value(value: object) -> list[str]:
    """Give the beginnings of the secrets that a value holds, wherever in it."""
    return found_in(json.dumps(value, default=str))
