import asyncio
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from bot.bootstrap import Bot, Timing, running_bot
from bot.cli.exit_codes import ExitCode
from bot.clock import system_clock
from bot.sandbox import cast
from bot.sandbox.influxdb import InfluxDBStandIn, Mode
from bot.sandbox.influxdb.organisation import BOT_API_TOKEN, realistic_fixture
from bot.sandbox.script import ScriptError, Step, parse
from bot.sandbox.serving import serve
from bot.sandbox.slack import SlackStandIn
from bot.sandbox.stage import Stage
from bot.sandbox.tour import tour
from bot.settings import Settings
from bot.telemetry.logs import configure_logs

_SIGNING_SECRET = "sandbox-signing-secret"  # noqa: S105 - made up, for the stand-in alone
_BOT_TOKEN = "xoxb-sandbox"  # noqa: S105 - made up, for the stand-in alone
_NEXT = """
That was the real bot; only Slack and InfluxDB were stand-ins. Try more:
  .venv/bin/python -m bot sandbox --say "/token list" --press "Disable" --press "Undo"
  .venv/bin/python -m bot sandbox --as U0MALLORY --say "/token whoami"
  make sandbox     serves the stand-ins and the bot until Ctrl-C
"""


def sandbox(tokens: Sequence[str]) -> int:
    """Serve the sandbox, or carry a script out in it; give the exit code."""
    try:
        options = _options(tokens)
    except ScriptError as error:
        sys.stderr.write(f"{error}\n")
        return ExitCode.USAGE
    configure_logs("ERROR" if options.steps else "WARNING", "console")
    return asyncio.run(_sandbox(options))


@dataclass(frozen=True)
class _Options:
    steps: list[Step]
    is_tour: bool
    mode: Mode


@dataclass(frozen=True)
class _Sandbox:
    slack: SlackStandIn
    bot: Bot
    addresses: dict[str, str]


def _options(tokens: Sequence[str]) -> _Options:
    rest, mode, is_tour = list(tokens), Mode.PLAIN, False
    if "--influxdb" in rest:
        place = rest.index("--influxdb")
        chosen = rest[place + 1] if place + 1 < len(rest) else ""
        if chosen not in set(Mode):
            raise ScriptError(f"--influxdb takes {', '.join(Mode)}")
        mode = Mode(chosen)
        del rest[place : place + 2]
    if "--tour" in rest:
        rest.remove("--tour")
        is_tour = True
    return _Options([*(tour() if is_tour else []), *parse(rest)], is_tour, mode)


async def _sandbox(options: _Options) -> int:
    async with _running_sandbox(options.mode) as running:
        if not options.steps:
            return await _serve(running)
        stage = Stage(running.slack, running.bot.settled)
        try:
            await stage.play(options.steps, _show)
        except ScriptError as error:
            sys.stderr.write(f"{error}\n")
            return ExitCode.FAILED
    if options.is_tour:
        _show(_NEXT)
    return ExitCode.DONE


async def _serve(running: _Sandbox) -> int:
    for name, address in running.addresses.items():
        _show(f"{name:9} {address}")
    _show(f"The bot takes requests signed with {_SIGNING_SECRET} at /slack/events, its bot token")
    _show(f"is {_BOT_TOKEN}, and its InfluxDB API token {BOT_API_TOKEN}: all made up.")
    _show("Ctrl-C ends it.")
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    await ended.wait()
    return ExitCode.DONE


@asynccontextmanager
async def _running_sandbox(mode: Mode) -> AsyncIterator[_Sandbox]:
    slack = SlackStandIn(
        system_clock,
        signing_secret=_SIGNING_SECRET,
        bot_token=_BOT_TOKEN,
        scopes=cast.SCOPES,
        should_escape=True,
    )
    cast.populate(slack)
    influxdb = InfluxDBStandIn(realistic_fixture(), system_clock, mode=mode)
    with tempfile.TemporaryDirectory(prefix="token-bot-") as folder:
        async with serve(slack.app) as slack_url, serve(influxdb.app) as influxdb_url:
            slack.base_url = slack_url
            settings = _settings(slack_url, influxdb_url, Path(folder))
            async with (
                running_bot(settings, system_clock, Timing()) as bot,
                serve(bot.app) as bot_url,
            ):
                slack.events_url = f"{bot_url}/slack/events"
                addresses = {"Slack": slack_url, "InfluxDB": influxdb_url, "bot": bot_url}
                yield _Sandbox(slack, bot, addresses)


def _settings(slack_url: str, influxdb_url: str, folder: Path) -> Settings:
    """Give every setting, so that none comes from the environment of whoever tries the sandbox."""
    return Settings(
        slack_bot_token=SecretStr(_BOT_TOKEN),
        slack_signing_secret=SecretStr(_SIGNING_SECRET),
        slack_api_url=f"{slack_url}/api/",
        influxdb_url=influxdb_url,
        influxdb_token=SecretStr(BOT_API_TOKEN),
        influxdb_own_authorization=None,
        influxdb_ca_file=None,
        allowed_users=frozenset(cast.ALLOWED),
        slash_command="/token",
        database_url=f"sqlite:///{folder / 'token-bot.db'}",
        read_only=False,
        slack_app_token=None,
        token_bot_config=None,
    )


def _show(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
