import logging
import sys
from typing import TextIO

import stamina.instrumentation
import structlog
from structlog.typing import Processor

from bot.telemetry.redaction import redact
from bot.telemetry.unprintable import escape_unprintable

# These libraries log whole payloads, and the addresses of requests, below this level.
_QUIET = (
    "aiohttp",
    "aiosqlite",
    "alembic",
    "httpcore",
    "httpx",
    "slack_bolt",
    "slack_sdk",
    "sqlalchemy",
    "stamina",
)


def configure_logs(level: str, log_format: str, stream: TextIO | None = None) -> None:
    """Send every log line, ours and the libraries', through one redacting chain to one stream.

    Args:
        level: ``DEBUG``, ``INFO``, ``WARNING`` or ``ERROR``; libraries stay at ``WARNING``.
        log_format: ``console`` for people, ``json`` for machines.
        stream: Where the lines go; standard error unless given.
    """
    out: TextIO | None = sys.stderr if stream is None else stream
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    # Tracebacks become text before the redaction, so that it sees them too.
    rendering: list[Processor] = [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        structlog.processors.format_exc_info,
        redact,
    ]
    if log_format == "json":
        rendering.append(structlog.processors.JSONRenderer())
    else:
        # JSON escapes by itself.
        rendering += [
            escape_unprintable,
            structlog.dev.ConsoleRenderer(colors=out is not None and out.isatty()),
        ]
    # It may have been closed before the start.
    handler = logging.StreamHandler(out) if out else logging.NullHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=rendering)
    )
    structlog.configure(
        # First, so that a line below the level costs next to nothing.
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    # Its own hooks would print each retry before the logs are set up, and count in a registry
    # of the whole process; the bot measures its calls itself.
    stamina.instrumentation.set_on_retry_hooks(())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))
