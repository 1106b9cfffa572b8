"""Whatever the bot has let out."""

from pathlib import Path

import httpx

from tests.world import World


def contents(folder: Path) -> list[str]:
    """Read every file of a folder."""
    return [path.read_bytes().decode("latin-1") for path in sorted(folder.iterdir())]


async def everything(here: World, folder: Path, captured: str) -> str:
    """Collect whatever the bot has let out: messages, database files, logs, metrics."""
    async with httpx.AsyncClient() as client:
        metrics = (await client.get(f"{here.url}/metrics")).text
        ready = (await client.get(f"{here.url}/readyz")).text
    calls = [repr(call) for call in here.slack.journal]
    return "\n".join([metrics, ready, captured, *contents(folder), *calls])
