"""Nobody writes a line into the log that is not there, or acts on the terminal that shows it."""

import json
import logging
import re
from io import StringIO

import pytest
import structlog

from bot.telemetry.logs import configure_logs

pytestmark = pytest.mark.usefixtures("logging_as_before")

FORGED = "2026-11-30T00:00:00.000000Z [info     ] all is well"
HOSTILE = (
    f"one\n{FORGED}",
    f"one\r\n{FORGED}\r",
    f"one\u2028{FORGED}\x85{FORGED}\x0b{FORGED}",
    "\x1b[2J\x1b]0;title\x07",
    "\x9b2J",
    "\u202egnp.exe\u2066",
    "\x08\x08\x08hidden\x00",
)
_LINE = re.compile(r"20\d\d-\d\d-\d\dT[0-9:.]+Z \[(?:warning|error)  +\] |  ")


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("log_format", ["console", "json"])
def test_a_hostile_text_stays_one_event(log_format: str, hostile: str) -> None:
    """As value, bound value, event, key of a payload, a library's message, and in a traceback."""
    out = StringIO()
    configure_logs("INFO", log_format, out)
    log = structlog.get_logger()
    with structlog.contextvars.bound_contextvars(actor=hostile):
        log.warning("refused", reason=hostile, payload={hostile: [hostile]})
        log.warning(hostile)
        logging.getLogger("library").warning("Invalid request: %s", hostile)
        log.error("stumbled", exc_info=ValueError(hostile))

    written = out.getvalue()
    assert {sign for sign in written if not sign.isprintable()} <= {"\n"}
    lines = written.splitlines()
    if log_format == "json":
        assert [json.loads(line)["actor"] for line in lines] == [hostile] * 4
    else:
        assert [line for line in lines if _LINE.match(line) is None] == []
        assert sum(not line.startswith(" ") for line in lines) == 4
