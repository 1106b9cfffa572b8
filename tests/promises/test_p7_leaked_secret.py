"""P7: a leaked secret that is reported is nowhere but in the form, and on its way to InfluxDB."""

import base64
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import httpx
import pytest

from bot.sandbox import cast
from bot.sandbox.influxdb import Fault, Mode
from bot.sandbox.influxdb.organisation import (
    BOT_AUTHORIZATION,
    TELEGRAF_EDGE_42,
    TELEGRAF_EDGE_43,
    realistic_fixture,
)
from bot.sandbox.slack import Delivery
from tests.reporting import PLACE, PLACE_FIELD, SECRET_FIELD, in_order, opened
from tests.world import World, world

MINTED = (
    "Canary_singing-in-the-mine_0123456789_qwertyuiopasdfghjklzxcvbnm_QWERTYUIOPASDFGHJK".ljust(
        86, "z"
    )
    + "=="
)
ODD = "canary/of the setup+100% & more"
ORDER = in_order(TELEGRAF_EDGE_43, TELEGRAF_EDGE_42)


def disguises(secret: str) -> Iterator[str]:
    """Give what must be nowhere: the secret, its halves, and how both are written elsewhere."""
    half = len(secret) // 2
    for piece in (secret, secret[:half], secret[half:]):
        encoded = piece.encode()
        yield piece
        yield quote(piece, safe="")
        yield quote_plus(piece)
        yield repr(piece)[1:-1]
        # However it is aligned, the middle of it is the same.
        for skipped in range(3):
            written = base64.b64encode(encoded[skipped:]).decode().rstrip("=")
            yield written[: len(written) // 4 * 4 - 4]
        yield encoded.hex()


def heard(secret: str, out: str) -> list[str]:
    """Give the surroundings of whatever tells the secret."""
    found = ((out.find(each), len(each)) for each in disguises(secret))
    return [out[max(0, at - 200) : at + length + 50] for at, length in found if at >= 0]


def fixture(secret: str) -> dict[str, Any]:
    """Give an InfluxDB in which a token is the canary."""
    content = realistic_fixture()
    for each in content["authorizations"]:
        if each["id"] == TELEGRAF_EDGE_42:
            each["token"] = secret
    return content


def contents(folder: Path) -> str:
    """Read every file of a folder: the database, its log, whatever else there is."""
    return "\n".join(
        path.read_bytes().decode("latin-1") for path in sorted(folder.rglob("*")) if path.is_file()
    )


async def everything(here: World, deliveries: list[Delivery], folder: Path, logged: str) -> str:
    """Collect whatever the bot has let out."""
    async with httpx.AsyncClient() as client:
        told = [(await client.get(f"{here.url}/{page}")).text for page in ("metrics", "readyz")]
    calls = [repr(call) for call in here.slack.journal]
    acks = [each.body for each in deliveries]
    shown = [
        m.plain + m.text + repr(m.blocks)
        for c in here.slack.workspace.channels
        for m in here.channel(c)
    ]
    answers = [m.plain for user in cast.PEOPLE for m in here.slack.ephemerals(user)]
    views = [repr(view.definition) for view in here.slack.workspace.modals.open_views()]
    return "\n".join([*told, logged, contents(folder), *calls, *acks, *shown, *answers, *views])


async def filled(
    here: World, secret: str, place: str = PLACE, waits: timedelta = timedelta()
) -> list[Delivery]:
    """Have somebody report a secret, and go on with whatever is asked."""
    deliveries = [await opened(here)]
    here.now.advance(waits)
    deliveries.append(
        await here.slack.submit(cast.ALICE, {SECRET_FIELD: secret, PLACE_FIELD: place})
    )
    await here.settled()
    if (view := here.slack.open_view(cast.ALICE)) is not None:
        # What it says is looked at; what is typed into it is the person's own.
        assert secret not in repr(view.definition)
        deliveries += [each for each in [await here.slack.close_view(cast.ALICE)] if each]
    for message in here.channel():
        if any(button.text == "Disable in this order" for button in message.buttons):
            deliveries.append(await here.press(message, "Disable in this order", chosen=ORDER))
    return deliveries


@pytest.mark.parametrize("secret", [MINTED, ODD], ids=["minted", "odd"])
@pytest.mark.parametrize("mode", list(Mode))
async def test_the_canary_is_heard_nowhere(
    tmp_path: Path,
    logs_at_debug: StringIO,
    capfd: pytest.CaptureFixture[str],
    mode: Mode,
    secret: str,
) -> None:
    """Well and badly, in every mode: not in a log, file, message, view, answer or metric."""
    folder = tmp_path / "bot"
    folder.mkdir()
    async with world(folder, mode=mode, fixture=fixture(secret)) as here:
        await here.start(influxdb_own_authorization=BOT_AUTHORIZATION, fingerprint_key="a key")
        said: list[Delivery] = []
        here.slack.faults.add("chat.postMessage", status=500)
        for fault in (Fault.NOT_JSON, Fault.INTERNAL_ERROR, Fault.RESET_BEFORE, Fault.UNAVAILABLE):
            here.influxdb.faults.add(fault, times=2)
            said += await filled(here, f"Token {secret}")
            here.influxdb.faults.clear()
            here.influxdb.edit(TELEGRAF_EDGE_42, status="active")
        said += await filled(here, secret, place=f"it was {secret}")
        # So much later Slack has to be asked who that is, and what was filled in waits for it.
        said += await filled(here, secret, waits=timedelta(minutes=20))
        said += await filled(here, secret, place=f"it was {secret}", waits=timedelta(minutes=20))
        here.influxdb.edit(TELEGRAF_EDGE_42, status="active")
        here.slack.faults.add("views.open", error="fatal_error")
        said += [await here.say("leak")]
        async with here.locked_database():
            said += [await here.slack.command(cast.ALICE, cast.INCIDENTS, "/token", "leak")]
        said += await filled(here, f"“{secret}”")
        said += [
            await here.say(f"leak {secret}"),
            await here.say("history"),
            await here.say("list"),
        ]
        sent = [repr(exchange) for exchange in here.influxdb.journal]
        logged = logs_at_debug.getvalue() + "".join(capfd.readouterr())
        out = await everything(here, said, folder, logged)

        assert here.influxdb.authorization(TELEGRAF_EDGE_42).status == "inactive"
        assert "proven dead" in out
        assert '"level": "debug"' in out
        assert any(path.name.endswith("-wal") for path in folder.iterdir())
        assert sent
        assert heard(secret, out) == []
    assert heard(secret, contents(folder)) == []
