import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

import httpx

from bot.influxdb.call import Answer, Call
from bot.influxdb.credential import Credential
from bot.influxdb.errors import refusal
from bot.influxdb.failure import Failure, unexpected
from bot.influxdb.faults import CONNECTION_FAULTS, fault
from bot.influxdb.observing import Observer
from bot.influxdb.transport import BEARER, SOUGHT

T = TypeVar("T")

BUILD_HEADER = "x-influxdb-build"
_MOST_MEBIBYTES = 64
_LEAST_SECONDS = 1.0


class Exchanges:
    """Make single requests and read their answers.

    Whatever an answer holds stays in here: what comes out is what ``Call.read`` makes of it, or a
    Failure.

    Args:
        http: The client, with the instance's URL as its base.
        credential: The bot's own API token, to hide it in a server's words.
        timeout: Seconds for one request and its whole answer.
        observer: Told of each request.
        clock: Tells the time.

    Attributes:
        build: What the instance last called itself, such as ``OSS``; None before it did.
    """

    def __init__(
        self,
        http: httpx.AsyncClient,
        credential: Credential,
        timeout: float,
        observer: Observer,
        clock: Callable[[], datetime],
    ) -> None:
        self.build: str | None = None
        self._http = http
        self._credential = credential
        self._timeout = timeout
        self._observer = observer
        self._clock = clock

    async def once(self, call: Call[T], left: float) -> T | Failure:
        """Make one request.

        Args:
            call: What to ask for.
            left: Seconds left for the call as a whole. A request that is begun gets one at least.
        """
        elapsed = asyncio.get_running_loop().time
        begun = elapsed()
        answer = await self._answered(call, min(self._timeout, max(left, _LEAST_SECONDS)))
        result: T | Failure
        if isinstance(answer, Failure):
            result, status = answer, "none"
        else:
            result = self._read(call, answer)
            status = str(answer.status)
        outcome = result.problem.code.value if isinstance(result, Failure) else "ok"
        self._observer.request(call.asked.operation.value, outcome, status, elapsed() - begun)
        return result

    async def _answered(self, call: Call[T], seconds: float) -> Answer | Failure:
        """Send a request and take its answer in, whatever it says."""
        try:
            # The transport's own limits are for each step; drops of a body could go on for ever.
            async with asyncio.timeout(seconds):
                answer = await self._answer(call, seconds)
        except CONNECTION_FAULTS as error:
            return fault(error, call.asked, seconds)
        if isinstance(answer, str):
            return unexpected(call.asked, answer)
        return answer

    def _read(self, call: Call[T], answer: Answer) -> T | Failure:
        self.build = answer.headers.get(BUILD_HEADER, self.build)
        if not 200 <= answer.status < 300 and answer.status not in call.read_also:
            return refusal(answer, call.asked, lambda said: self._credential.mask(call.mask(said)))
        try:
            return call.read(answer)
        except ValueError:
            what = f"HTTP {answer.status}, and not what was asked for"
            return unexpected(call.asked, what)

    async def _answer(self, call: Call[T], seconds: float) -> Answer | str:
        """Send and read; where the answer is not to be read to its end, say what is wrong."""
        headers = {} if call.content is None else {"Content-Type": "application/json"}
        async with self._http.stream(
            call.method,
            call.path,
            params=call.params,
            content=call.content,
            headers=headers,
            # Less for connecting than for all: that nothing was sent is worth knowing.
            timeout=httpx.Timeout(seconds, connect=seconds / 2, pool=seconds / 2),
            extensions={BEARER: call.bearer, SOUGHT: call.sought},
        ) as response:
            if len(response.headers.get_list("content-encoding", split_commas=True)) > 1:
                # Each is undone before the length is looked at: of one, a piece of 16 KiB becomes
                # 16 MiB at most, of two, gigabytes.
                return "its body is compressed more than once"
            body = bytearray()
            async for chunk in response.aiter_bytes():
                body += chunk
                if len(body) > _MOST_MEBIBYTES * 1024 * 1024:
                    return f"its answer is longer than {_MOST_MEBIBYTES} MiB"
            return Answer(response.status_code, dict(response.headers), self._clock(), bytes(body))
