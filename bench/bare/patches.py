"""A bare aiohttp loop: the same PATCHes, so many at once, and nothing else.

    python -m bench.bare.patches < plan.json

The plan is ``{"url": …, "token": …, "ids": […], "status": …, "at_once": …}``; what is printed is
the seconds that it took, without the start of Python.
"""

import asyncio
import json
import sys
import time
from typing import Any

import aiohttp


async def main(plan: dict[str, Any]) -> float:
    """Send all of them; give the seconds."""
    waiting = iter(plan["ids"])
    headers = {"Authorization": f"Token {plan['token']}"}
    body = {"status": plan["status"]}
    connector = aiohttp.TCPConnector(limit=plan["at_once"])
    async with aiohttp.ClientSession(plan["url"], headers=headers, connector=connector) as session:

        async def worker() -> None:
            for authorization_id in waiting:
                path = f"/api/v2/authorizations/{authorization_id}"
                async with session.patch(path, json=body) as answer:
                    answer.raise_for_status()
                    await answer.read()

        started = time.perf_counter()
        await asyncio.gather(*(worker() for _ in range(plan["at_once"])))
        return time.perf_counter() - started


if __name__ == "__main__":
    sys.stdout.write(f"{asyncio.run(main(json.load(sys.stdin)))}\n")
