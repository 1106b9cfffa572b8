"""The stand-in's HTTP side: the Web API and the response URLs."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.sandbox.slack.arguments import parse_json_object, read_arguments
from bot.sandbox.slack.faults import Faults
from bot.sandbox.slack.replies import RefusedError, Reply
from bot.sandbox.slack.response_urls import ResponseUrls
from bot.sandbox.slack.socket_mode import OPEN
from bot.sandbox.slack.web_api import WebApi

Record = Callable[[str, Mapping[str, Any], Reply], None]
"""Writes a call with its arguments and its answer into the journal."""


def slack_app(
    web_api: WebApi,
    response_urls: ResponseUrls,
    faults: Faults,
    record: Record,
    clock: Callable[[], datetime],
) -> Starlette:
    """Put the routes together; every answer of the Web API tells the date by this clock."""

    def dated(response: Response) -> Response:
        response.headers["Date"] = format_datetime(clock().astimezone(UTC), usegmt=True)
        return response

    async def call_method(request: Request) -> Response:
        method = request.path_params["method"]
        try:
            arguments = await read_arguments(request)
            token = _token(request, method, arguments)
        except RefusedError as error:
            record(method, {}, error.reply)
            return dated(error.reply.response())
        reply = await faults.around(method, lambda: web_api.call(method, arguments, token))
        record(method, arguments, reply)
        return dated(reply.response())

    async def use_response_url(request: Request) -> Response:
        raw = await request.body()
        body: dict[str, Any] = {}

        def respond() -> Reply:
            try:
                body.update(parse_json_object(raw))
                return response_urls.respond(request.path_params["secret"], body)
            except RefusedError as error:
                reply = error.reply
                return reply if reply.status != 200 else Reply(reply.body, 400)

        reply = await faults.around("response_url", respond)
        record("response_url", body, reply)
        return reply.response(as_text="ok")

    return Starlette(
        routes=[
            Route("/api/{method}", call_method, methods=["GET", "POST"]),
            Route("/response/{secret}", use_response_url, methods=["POST"]),
        ]
    )


def _token(request: Request, method: str, arguments: dict[str, Any]) -> str:
    """Take the token out of a request.

    An app-level token is read in the header alone, and there is one method that takes it.

    Raises:
        RefusedError: ``invalid_auth`` or ``insecure_request`` where it came another way.
    """
    form_token = str(arguments.pop("token", ""))
    if method == OPEN and request.method != "POST":
        raise RefusedError("insecure_request")
    if method == OPEN and form_token:
        raise RefusedError("invalid_auth")
    return request.headers.get("authorization", "").removeprefix("Bearer ") or form_token
