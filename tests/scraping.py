"""Read what the bot counts, as Prometheus does."""

import aiohttp
from prometheus_client.parser import text_string_to_metric_families

from tests.world import World

Scraped = dict[str, dict[tuple[str, ...], float]]


async def scraped(here: World) -> Scraped:
    """Give each sample by its name and the values of its labels, which are sorted by theirs."""
    async with aiohttp.ClientSession() as session, session.get(f"{here.url}/metrics") as answer:
        assert answer.status == 200
        text = await answer.text()
    found: Scraped = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            values = tuple(value for _, value in sorted(sample.labels.items()))
            found.setdefault(sample.name, {})[values] = sample.value
    return found
