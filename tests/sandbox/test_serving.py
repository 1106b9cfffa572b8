"""Serving an application on a real socket."""

from email.utils import parsedate_to_datetime

import httpx
import pytest
from starlette.responses import Response

from bot.clock import system_clock
from bot.sandbox.serving import serve


@pytest.mark.parametrize("name", ["Date", "date"])
async def test_an_applications_own_date_is_the_only_one(name: str) -> None:
    """A stand-in with a clock of its own is not contradicted by its server."""
    given = "Mon, 23 Nov 2026 09:00:00 GMT"
    async with serve(Response(headers={name: given})) as url, httpx.AsyncClient() as http:
        answer = await http.get(url)

    assert answer.headers.get_list("date") == [given]


async def test_an_application_without_a_clock_tells_the_real_date() -> None:
    """Every answer has a date, as a server's must."""
    async with serve(Response()) as url, httpx.AsyncClient() as http:
        (date,) = (await http.get(url)).headers.get_list("date")

    assert abs((parsedate_to_datetime(date) - system_clock()).total_seconds()) < 60
