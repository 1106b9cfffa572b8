"""The bot as ``token-bot run`` runs it, which besides says how many tasks it has: GET /tasks.

python -m bench.soak.watched_bot
"""

import asyncio

import structlog
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from bot.bootstrap import Timing, running_bot
from bot.clock import system_clock
from bot.server import bind, serve_until_signalled
from bot.settings import load_settings
from bot.telemetry.logs import configure_logs


async def main() -> None:
    """Serve until it is told to end."""
    settings = load_settings()
    configure_logs(settings.log_level, settings.log_format)

    async def tasks(_request: Request) -> PlainTextResponse:
        return PlainTextResponse(str(len(asyncio.all_tasks())))

    with bind("127.0.0.1", 0) as listener:
        async with running_bot(settings, system_clock, Timing()) as bot:
            bot.app.routes.append(Route("/tasks", tasks))
            address = f"http://127.0.0.1:{listener.getsockname()[1]}"
            structlog.get_logger().info("listening", address=address)
            await serve_until_signalled(bot.app, listener, bot.drain, bot.reload)


if __name__ == "__main__":
    asyncio.run(main())
