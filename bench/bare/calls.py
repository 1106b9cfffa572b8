"""The bare sequence of a disable's HTTP calls: the same ones, one after another, by aiohttp.

    python -m bench.bare.calls < plan.json

The plan is ``{"rounds": …, "calls": [{"method": …, "url": …, "headers": {…}, "body": …}, …]}``;
what is printed is the seconds of each round, as a list.
"""

import asyncio
import json
import sys
import time
from typing import Any

import aiohttp


async def main(plan: dict[str, Any]) -> list[float]:
    """Make all of them, round after round; give the seconds of each round."""
    taken = []
    async with aiohttp.ClientSession() as session:
        for _ in range(plan["rounds"]):
            started = time.perf_counter()
            for call in plan["calls"]:
                async with session.request(
                    call["method"], call["url"], headers=call["headers"], data=call["body"]
                ) as answer:
                    answer.raise_for_status()
                    await answer.read()
            taken.append(time.perf_counter() - started)
    return taken


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asyncio.run(main(json.load(sys.stdin)))))
