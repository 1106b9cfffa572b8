import structlog

from bot.bootstrap import Timing, running_bot
from bot.changes.errors import StoreUnavailableError
from bot.cli.exit_codes import ExitCode
from bot.cli.interruptible import interruptible
from bot.cli.refusals import refuse, refuse_database, refuse_slack_token
from bot.clock import system_clock
from bot.endpoints import EVENTS_PATH
from bot.server import bind, serve_until_signalled
from bot.settings import Settings, SettingsError, load_settings
from bot.slack.identity import BadSlackTokenError
from bot.slack.socket_mode import BadAppTokenError
from bot.telemetry.logs import configure_logs

_log = structlog.get_logger()


def run() -> int:
    """Serve until SIGTERM or SIGINT; give the exit code."""
    try:
        settings = load_settings()
    except SettingsError as error:
        return refuse(*error.lines)
    configure_logs(settings.log_level, settings.log_format)
    try:
        return interruptible(lambda: _serve(settings))
    except SettingsError as error:
        return refuse(*error.lines)
    except BadSlackTokenError as error:
        return refuse_slack_token("slack_bot_token", error)
    except BadAppTokenError as error:
        return refuse_slack_token("slack_app_token", error)
    except StoreUnavailableError as error:
        return refuse_database(error, "token-bot check says what to do.")


async def _serve(settings: Settings) -> int:
    try:
        listener = bind(settings.host, settings.port)
    except OSError as error:
        return refuse(
            f"HOST and PORT cannot be listened on: {settings.host}:{settings.port}, "
            f"{error.strerror}. Set PORT to one that is free."
        )
    with listener:
        async with running_bot(settings, system_clock, Timing()) as bot:
            host, port, *_ = listener.getsockname()
            by = "sockets" if settings.slack_app_token else EVENTS_PATH
            _log.info("listening", address=f"http://{host}:{port}", slack=by)
            await serve_until_signalled(bot.app, listener, bot.drain, bot.reload)
            _log.info("draining")
    _log.info("ended")
    return ExitCode.DONE
