"""What nobody may see, whatever came in: tracebacks, secrets, mentions, memory that grows."""

import gc
import json
import os
from collections import deque
from collections.abc import Iterator, Mapping
from io import StringIO
from pathlib import Path
from typing import Any

from bot import block_kit
from tests.fuzz import canaries
from tests.slack.fit_for_people import (
    MESSAGES,
    VIEWS,
    known_to,
    wrong_with_call,
    wrong_with_message,
)
from tests.world import World

# Slack's words for what the bot itself got wrong; the rest are about who, where and when.
_BOTS_FAULT = {
    "invalid_arguments",
    "invalid_blocks",
    "invalid_blocks_format",
    "invalid_json",
    "msg_blocks_too_long",
    "msg_too_long",
    "no_text",
    "view_too_large",
}
_FAULTS = ("Traceback (most recent call last)", '"level": "error"', '"level": "critical"')


class LogWatch(StringIO):
    """Read the log as it is written, and keep the lines that may not be there.

    Args:
        expected: What stands in lines that are there by design, such as what a refused token is
            logged with.
    """

    def __init__(self, expected: tuple[str, ...] = ()) -> None:
        super().__init__()
        self.expected = expected
        self.wrong: list[str] = []
        self.latest: deque[str] = deque(maxlen=40)

    def write(self, text: str) -> int:
        """Read what is written."""
        self.latest.append(text[:600])
        is_fault = any(fault in text for fault in _FAULTS)
        if is_fault and not any(each in text for each in self.expected):
            self.wrong.append(text[:4000])
        self.wrong += [f"{secret}… in the log: {text[:500]}" for secret in canaries.found_in(text)]
        return len(text)

    def taken(self) -> list[str]:
        """Give the lines that may not be there, and forget them."""
        wrong, self.wrong = self.wrong, []
        return wrong


def wrong_with_calls(here: World) -> Iterator[str]:
    """Say what is wrong with what the bot has sent to Slack, and forget what it was."""
    known = known_to(here)
    calls = list(here.slack.journal)
    here.slack.journal.clear()
    for call in calls:
        if call.answer.get("error") in _BOTS_FAULT:
            yield f"Slack refuses {call.method}: {dict(call.answer)}"
        for secret in canaries.found_in_value(call.arguments):
            yield f"{secret}… is sent with {call.method}"
        yield from wrong_with_call(call, known)
        if call.method in MESSAGES:
            yield from _stumbled(call.arguments)


def reached_somebody(here: World) -> bool:
    """Tell whether anybody was told anything since the calls were looked at last."""
    return any(
        call.method in {*MESSAGES, *VIEWS} and call.answer.get("ok", call.status == 200)
        for call in here.slack.journal
    )


def wrong_with_ack(
    status: int, body: str, allowed: frozenset[int] = frozenset({200})
) -> Iterator[str]:
    """Say what is wrong with what Slack is answered."""
    if status not in allowed:
        yield f"answered with {status}: {body[:200]}"
    if "Traceback" in body:
        yield f"a traceback in the answer: {body[:1000]}"
    for secret in canaries.found_in(body):
        yield f"{secret}… in the answer"


def wrong_with_answer(here: World, body: str) -> Iterator[str]:
    """Say what is wrong with what an ack shows: a message, or what becomes of a view."""
    known = known_to(here)
    try:
        answer = json.loads(body)
    except ValueError:
        return
    if "text" in answer:
        yield from wrong_with_message(answer, known)
        yield from _stumbled(answer)
    if "view" in answer and (found := block_kit.problems(answer["view"], block_kit.Surface.MODAL)):
        yield f"a view breaks Slack's rules: {found}"


def wrong_with_files(folder: Path) -> Iterator[str]:
    """Say which files of the bot hold a secret."""
    for file in sorted(folder.glob("token-bot.db*")):
        for secret in canaries.found_in(file.read_bytes()):
            yield f"{secret}… in {file.name}"


def resident() -> int:
    """Give the bytes of memory that this process has, without its garbage."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def _stumbled(message: Mapping[str, Any]) -> Iterator[str]:
    if "The bot itself stumbled" in str(message.get("text")):
        yield f"says that the bot stumbled: {str(message.get('text'))[:300]}"
