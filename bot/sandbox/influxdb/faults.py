"""What goes wrong on purpose: faults laid out for the requests to come."""

import re
from dataclasses import dataclass
from enum import StrEnum

from bot.sandbox.influxdb.authorizations import decode_update
from bot.sandbox.influxdb.wire import JSON_TYPE, Answer, PlatformError, Request, error_answer


class Fault(StrEnum):
    """Name what goes wrong."""

    TOO_MANY_REQUESTS = "too_many_requests"
    """429 with Retry-After; not applied."""
    UNAVAILABLE = "unavailable"
    """503 with Retry-After; not applied."""
    STARTING = "starting"
    """503 ``{"status":"starting"}`` of a server that starts, except on ``/health``."""
    BAD_GATEWAY_HTML = "bad_gateway_html"
    """502 with a proxy's page; not applied."""
    INTERNAL_ERROR = "internal_error"
    """500 with InfluxDB's envelope; not applied."""
    NOT_JSON = "not_json"
    """200 with a page of HTML, such as a captive login; not applied."""
    TIMEOUT_BEFORE = "timeout_before"
    """Not applied; no answer until the delay ends, then the connection closes."""
    TIMEOUT_AFTER = "timeout_after"
    """Applied; no answer until the delay ends, then the connection closes."""
    RESET_BEFORE = "reset_before"
    """Not applied; the connection is reset at once."""
    RESET_AFTER = "reset_after"
    """Applied; the connection is reset at once."""
    SLOW = "slow"
    """Applied; answered correctly after the delay."""
    STALE_REENABLE = "stale_reenable"
    """A PATCH that disables is applied and answered; a stale UI page then sets it active."""
    OWNER_VANISHES = "owner_vanishes"
    """The owner is deleted just before a PATCH: it is applied and answered 404."""


TIMEOUTS = frozenset({Fault.TIMEOUT_BEFORE, Fault.TIMEOUT_AFTER})
UNANSWERED = TIMEOUTS | {Fault.RESET_BEFORE, Fault.RESET_AFTER}
FROM_PROXY = frozenset({Fault.BAD_GATEWAY_HTML, Fault.NOT_JSON})
APPLIED = frozenset(
    {
        Fault.TIMEOUT_AFTER,
        Fault.RESET_AFTER,
        Fault.SLOW,
        Fault.STALE_REENABLE,
        Fault.OWNER_VANISHES,
    }
)

_PAGE = "<!DOCTYPE html>\n<html><head><title>{0}</title></head><body><h1>{0}</h1></body></html>\n"


@dataclass(slots=True)
class Rule:
    """Lay out a fault for the next requests that match.

    Attributes:
        times: How many more requests it hits.
        retry_after: Seconds for the Retry-After header of a 429 or 503; None for no header.
        delay: Seconds before the answer, or before the connection closes without one.
    """

    fault: Fault
    method: str | None
    path: re.Pattern[str] | None
    times: int
    retry_after: float | None
    delay: float

    def hits(self, request: Request) -> bool:
        """Tell whether the fault can befall this request."""
        return (
            self.times > 0
            and self.method in {None, request.method}
            and (self.path is None or self.path.fullmatch(request.path) is not None)
            and _can_befall(self.fault, request)
        )

    def answer(self) -> Answer:
        """Build what is answered instead of applying the request."""
        match self.fault:
            case Fault.TOO_MANY_REQUESTS:
                return self._refused("too many requests", "request limit reached")
            case Fault.UNAVAILABLE:
                return self._refused("unavailable", "service unavailable")
            case Fault.INTERNAL_ERROR:
                return self._refused("internal error", "an internal error has occurred")
            case Fault.STARTING:
                return Answer(503, b'{"status":"starting"}\n', (JSON_TYPE,))
            case Fault.BAD_GATEWAY_HTML:
                return _page(502, "502 Bad Gateway")
            case Fault.NOT_JSON:
                return _page(200, "Sign in")
            case _:
                raise ValueError(f"{self.fault} has no answer of its own")

    def _refused(self, code: str, message: str) -> Answer:
        answer = error_answer(PlatformError(code, message))
        if self.retry_after is None or answer.status not in {429, 503}:
            return answer
        return Answer(
            answer.status, answer.body, (*answer.headers, ("Retry-After", f"{self.retry_after:g}"))
        )


class Faults:
    """Hold the faults laid out, first come first served."""

    def __init__(self) -> None:
        self._rules: list[Rule] = []

    def add(
        self,
        fault: Fault,
        *,
        method: str | None = None,
        path: str | None = None,
        times: int = 1,
        retry_after: float | None = 1,
        delay: float = 30.0,
    ) -> None:
        """Lay out a fault.

        Args:
            fault: What goes wrong.
            method: The HTTP method it hits; None for any.
            path: A regular expression for the whole path it hits; None for any.
            times: How many requests it hits before it is used up.
            retry_after: Seconds for Retry-After on 429 and 503; None leaves the header out.
            delay: Seconds of waiting for SLOW and the two timeouts.
        """
        pattern = None if path is None else re.compile(path)
        self._rules.append(Rule(fault, method, pattern, times, retry_after, delay))

    def clear(self) -> None:
        """Take back all faults."""
        self._rules.clear()

    def take(self, request: Request) -> Rule | None:
        """Use the first fault that hits this request, if any."""
        for rule in self._rules:
            if rule.hits(request):
                rule.times -= 1
                return rule
        return None


def _can_befall(fault: Fault, request: Request) -> bool:
    if fault is Fault.STARTING:
        return request.path != "/health"
    if fault is Fault.OWNER_VANISHES:
        return request.method == "PATCH"
    if fault is Fault.STALE_REENABLE:
        return request.method == "PATCH" and _disables(request.body)
    return True


def _disables(body: bytes) -> bool:
    try:
        return decode_update(body).status == "inactive"
    except PlatformError:
        return False


def _page(status: int, title: str) -> Answer:
    headers = (("Content-Type", "text/html; charset=utf-8"), ("Server", "proxy"))
    return Answer(status, _PAGE.format(title).encode(), headers)
