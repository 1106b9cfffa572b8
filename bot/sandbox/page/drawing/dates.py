from datetime import UTC, datetime

from bot.block_kit.dates import show_date
from bot.block_kit.mrkdwn import Reader
from bot.sandbox.page.drawing.spans import Look, Span, linked


def dated(
    timestamp: object, template: str, fallback: str, reader: Reader, *, url: str = ""
) -> Span:
    """Give a date as Slack's clients show it, which tells its exact time; else the fallback."""
    try:
        seconds = int(str(timestamp))
        text = show_date(seconds, template, reader.now)
    except ValueError:
        return Span(fallback)
    exact = datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    looks = frozenset({Look.DATE})
    return linked(url, text, looks) if url else Span(text, looks, title=exact)
