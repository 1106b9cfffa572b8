"""The page's routes."""

import json
from collections.abc import Sequence
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import (
    HTMLResponse,
    JSONResponse,
    RedirectResponse,
    Response,
    StreamingResponse,
)
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from bot.commands.registry import Registry
from bot.sandbox.cast import Part
from bot.sandbox.influxdb import InfluxDBStandIn
from bot.sandbox.page.actions import ACTION
from bot.sandbox.page.events import Announcements
from bot.sandbox.page.guarding import Guard
from bot.sandbox.page.hints import hints
from bot.sandbox.page.places import find_place
from bot.sandbox.page.state import Sight, first_address, look
from bot.sandbox.page.unread import Unread
from bot.sandbox.slack import Delivery, ImpossibleInSlackError, SlackStandIn

_HERE: Final = Path(__file__).parent


class Page:
    """The stand-ins in a browser.

    Args:
        slack: The workspace, with the bot behind it.
        influxdb: What the bot changes.
        registry: Knows what can follow the slash command.
        parts: Who the people are in the sandbox.
        since: When the sandbox was started.
    """

    def __init__(
        self,
        slack: SlackStandIn,
        influxdb: InfluxDBStandIn,
        registry: Registry,
        *,
        parts: Sequence[Part],
        since: datetime,
    ) -> None:
        self._slack = slack
        self._sight = Sight(slack, influxdb, Unread(), parts, since)
        self._announcements = Announcements(slack.changed, influxdb.changed)
        templates = Environment(
            loader=FileSystemLoader(_HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        templates.globals["hints"] = hints(registry)
        self._template = templates.get_template("page.html")
        self._missing = templates.get_template("missing.html")
        self.app = Starlette(
            routes=[
                Route("/", self._first),
                Route("/events", self._events),
                Mount("/static", StaticFiles(directory=_HERE / "static")),
                Route("/{person}/actions", self._act, methods=["POST"]),
                Route("/{person}", self._first_of),
                Route("/{person}/{place}", self._show),
                Route("/{person}/{place}/{tab}", self._show),
            ],
            middleware=[Middleware(Guard)],
            exception_handlers={HTTPStatus.NOT_FOUND: self._not_there},
        )

    def end(self) -> None:
        """End the streams that browsers listen to, so that whoever serves this can end."""
        self._announcements.end()

    async def _first(self, _: Request) -> Response:
        people = self._slack.workspace.people.values()
        person = next(each for each in people if not each.is_bot)
        return RedirectResponse(first_address(self._slack, person.id))

    async def _first_of(self, request: Request) -> Response:
        person = request.path_params["person"]
        if person not in self._slack.workspace.people:
            return self._nowhere()
        return RedirectResponse(first_address(self._slack, person))

    async def _not_there(self, _request: Request, _error: Exception) -> Response:
        return self._nowhere()

    def _nowhere(self) -> Response:
        return HTMLResponse(self._missing.render(), HTTPStatus.NOT_FOUND)

    async def _show(self, request: Request) -> Response:
        names = request.path_params
        thread = request.query_params.get("thread")
        tab = names.get("tab", "messages")
        place = find_place(self._slack, names["person"], names["place"], tab, thread)
        if place is None:
            return self._nowhere()
        return HTMLResponse(self._template.render(screen=look(self._sight, place)))

    async def _events(self, _: Request) -> Response:
        headers = {"Cache-Control": "no-store"}
        stream = self._announcements.stream()
        return StreamingResponse(stream, media_type="text/event-stream", headers=headers)

    async def _act(self, request: Request) -> Response:
        try:
            action = ACTION.validate_json(await request.body())
        except ValidationError as error:
            problems = json.loads(error.json(include_input=False, include_url=False))
            return JSONResponse(
                {"done": False, "trouble": "Not an action.", "problems": problems},
                HTTPStatus.UNPROCESSABLE_ENTITY,
            )
        person = request.path_params["person"]
        try:
            delivery = await action.by(person, self._slack)
        except ImpossibleInSlackError as error:
            text = str(error)
            return JSONResponse({"done": False, "trouble": f"{text[:1].upper()}{text[1:]}."})
        return JSONResponse({"done": True, "trouble": _trouble(delivery)})


def _trouble(delivery: Delivery | None) -> str | None:
    """Say what Slack says when the app fails it; a modal says it by itself."""
    if delivery is None or delivery.error is None or delivery.request.submitted is not None:
        return None
    return f"The app failed with the error “{delivery.error}”."
