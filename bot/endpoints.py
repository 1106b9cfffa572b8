import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

EVENTS_PATH: Final = "/slack/events"
"""Where the bot takes everything that Slack sends by HTTP."""

# What a probe says of one part: None if it is well, else what is wrong.
Probe = Callable[[], Awaitable[str | None]]
# A probe that waits for a slow InfluxDB would take a bot out of service that can still answer.
_DETAIL_SECONDS = 1.0


def application(
    front: Callable[[Request], Awaitable[Response]] | None,
    needed: Mapping[str, Probe],
    details: Mapping[str, Mapping[str, Callable[[], Awaitable[str]]]],
    metrics: Callable[[], Awaitable[bytes]],
) -> Starlette:
    """Put the HTTP application together: Slack's requests, and what operators ask.

    Args:
        front: Takes Slack's requests, or None where none come by HTTP.
        needed: What must be well for the bot to be ready: the database and Slack.
        details: What is told beside, by its kind: each InfluxDB, and the policy. A bot that cannot
            reach an InfluxDB must still answer.
        metrics: Gives the metrics in Prometheus's text format.
    """

    async def healthz(_request: Request) -> Response:
        return PlainTextResponse("ok\n")

    async def readyz(_request: Request) -> Response:
        described = await asyncio.gather(*(_all_within(each) for each in details.values()))
        parts = {name: await probe() for name, probe in needed.items()}
        ready = all(wrong is None for wrong in parts.values())
        body = {
            "ready": ready,
            **{name: wrong or "ok" for name, wrong in parts.items()},
            **dict(zip(details, described, strict=True)),
        }
        return JSONResponse(body, status_code=200 if ready else 503)

    async def exposition(_request: Request) -> Response:
        return Response(await metrics(), media_type="text/plain; version=0.0.4")

    return Starlette(
        routes=[
            *_events(front),
            Route("/healthz", healthz),
            Route("/readyz", readyz),
            Route("/metrics", exposition),
        ]
    )


async def _all_within(parts: Mapping[str, Callable[[], Awaitable[str]]]) -> dict[str, str]:
    told = await asyncio.gather(*(_within(describe) for describe in parts.values()))
    return dict(zip(parts, told, strict=True))


def _events(front: Callable[[Request], Awaitable[Response]] | None) -> list[Route]:
    if front is None:
        return []

    async def events(request: Request) -> Response:
        return await front(request)

    return [Route(EVENTS_PATH, events, methods=["POST"])]


async def _within(describe: Callable[[], Awaitable[str]]) -> str:
    try:
        return await asyncio.wait_for(describe(), _DETAIL_SECONDS)
    except TimeoutError:
        return f"no answer within {_DETAIL_SECONDS:g} s"
