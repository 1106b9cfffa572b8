"""The whole bot between Slack and two InfluxDBs, prod and lab, which have one id in common."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.sandbox.influxdb import InfluxDBStandIn, Mode
from bot.sandbox.influxdb.organisation import (
    BOT_API_TOKEN,
    BOT_AUTHORIZATION,
    HOME_AUTOMATION,
    SETUP_TOKEN,
    TELEGRAF_EDGE_42,
    realistic_fixture,
)
from bot.sandbox.serving import serve
from tests.world import World, world

ON_BOTH = TELEGRAF_EDGE_42
LAB_ONLY = "0ea969abae00300f"
_LAB = {
    BOT_AUTHORIZATION: (BOT_AUTHORIZATION, "token-bot in the lab"),
    SETUP_TOKEN: (SETUP_TOKEN, "operator of the lab"),
    TELEGRAF_EDGE_42: (ON_BOTH, "telegraf in the lab"),
    HOME_AUTOMATION: (LAB_ONLY, "spectrometer"),
}


@dataclass
class TwoInstances:
    """A world in which the bot's InfluxDB is called prod, and another one lab."""

    here: World
    lab: InfluxDBStandIn
    sections: str

    async def start(self, policy: str) -> World:
        """Start the bot with a policy on both."""
        await self.here.start(
            policy=f"{policy}\n{self.sections}", influxdb_url=None, influxdb_token=None
        )
        return self.here

    def patched(self) -> tuple[list[str], list[str]]:
        """Give the bodies of the PATCHes that prod and lab got."""
        prod, lab = self.here.influxdb, self.lab
        return ([str(p.body) for p in prod.patches()], [str(p.body) for p in lab.patches()])


@asynccontextmanager
async def two_instances(
    folder: Path, mode: Mode = Mode.PLAIN, *, lab_mode: Mode | None = None
) -> AsyncIterator[TwoInstances]:
    """Serve all three stand-ins, with the bot not yet started.

    Args:
        folder: For the bot's files.
        mode: What kind of InfluxDB both are.
        lab_mode: What kind the lab's is, if another.
    """
    async with world(folder, mode=mode) as here:
        lab = InfluxDBStandIn(_lab_fixture(), here.now, mode=lab_mode or mode)
        token = folder / "influxdb-token"
        token.write_text(BOT_API_TOKEN)
        token.chmod(0o600)
        async with serve(lab.app) as url:
            urls = {"prod": here.settings["influxdb_url"], "lab": url}
            try:
                yield TwoInstances(here, lab, "\n".join(_sections(urls.items())))
            finally:
                await here.stop()


def _sections(urls: Iterable[tuple[str, str]]) -> Iterable[str]:
    for name, url in urls:
        yield (
            f'[[influxdb]]\nname = "{name}"\nurl = "{url}"\ntoken_file = "influxdb-token"\n'
            f'own_authorization = "{BOT_AUTHORIZATION}"\n'
        )


def _lab_fixture() -> dict[str, Any]:
    fixture = realistic_fixture()
    fixture["authorizations"] = [
        {**each, "id": _LAB[each["id"]][0], "description": _LAB[each["id"]][1]}
        for each in fixture["authorizations"]
        if each["id"] in _LAB
    ]
    return fixture
