"""The real bot between the stand-ins, as the sandbox has it."""

import socket
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from bot.bootstrap import Bot, Timing, running_bot
from bot.clock import system_clock
from bot.commands.registry import Registry, discover
from bot.endpoints import EVENTS_PATH
from bot.sandbox import cast
from bot.sandbox.influxdb import InfluxDBStandIn, Mode
from bot.sandbox.influxdb.grown_organisation import grown_fixture
from bot.sandbox.influxdb.organisation import BOT_API_TOKEN
from bot.sandbox.mishaps import MISHAPS
from bot.sandbox.page import Page
from bot.sandbox.serving import serve
from bot.sandbox.slack import RateLimits, SlackStandIn
from bot.settings import Settings

_SIGNING_SECRET = "sandbox-signing-secret"  # noqa: S105 - made up, for the stand-in alone
_BOT_TOKEN = "xoxb-sandbox"  # noqa: S105 - made up, for the stand-in alone
_COMMAND = "/token"


@dataclass(frozen=True)
class Scene:
    """What the sandbox plays.

    Attributes:
        mode: The kind of InfluxDB.
        policy: What stands in the policy file; empty for a policy of ``ALLOWED_USERS`` alone.
        organisation: Gives what is in InfluxDB.
        mishaps: What goes wrong once the bot runs, by its names.
        clock: Tells the time, to every part.
    """

    mode: Mode = Mode.PLAIN
    policy: str = cast.TEAM
    organisation: Callable[[], dict[str, Any]] = grown_fixture
    mishaps: tuple[str, ...] = ()
    clock: Callable[[], datetime] = system_clock


@dataclass(frozen=True)
class Sandbox:
    """A sandbox that runs.

    Attributes:
        scene: What it plays.
        environment: The variables with which another process of the bot works beside this one.
        goes_wrong: What does, and for how long.
        described: Tells whoever wants to use it where it is.
    """

    scene: Scene
    slack: SlackStandIn
    influxdb: InfluxDBStandIn
    bot: Bot
    environment: Mapping[str, str]
    goes_wrong: tuple[str, ...]
    described: tuple[str, ...]


@asynccontextmanager
async def running_sandbox(scene: Scene) -> AsyncIterator[Sandbox]:
    """Serve both stand-ins and the bot between them for as long as the context is open."""
    slack = SlackStandIn(
        scene.clock,
        signing_secret=_SIGNING_SECRET,
        bot_token=_BOT_TOKEN,
        scopes=cast.SCOPES,
        rate_limits=RateLimits(),
        should_escape=True,
    )
    cast.populate(slack)
    influxdb = InfluxDBStandIn(scene.organisation(), scene.clock, mode=scene.mode)
    with tempfile.TemporaryDirectory(prefix="token-bot-") as folder:
        async with serve(slack.app) as slack_url, serve(influxdb.app) as influxdb_url:
            slack.base_url = slack_url
            settings = _settings(scene, slack_url, influxdb_url, Path(folder))
            async with (
                running_bot(settings, scene.clock, Timing()) as bot,
                serve(bot.app) as bot_url,
            ):
                slack.events_url = f"{bot_url}{EVENTS_PATH}"
                mishaps = [MISHAPS[name] for name in scene.mishaps]
                for mishap in mishaps:
                    mishap.befall(influxdb, slack)
                addresses = (("Slack", slack_url), ("InfluxDB", influxdb_url), ("bot", bot_url))
                described = (
                    *(f"{name:9} {address}" for name, address in addresses),
                    f"The bot takes requests at {EVENTS_PATH}. Every secret here is made up.",
                    *(f"Goes wrong: {mishap.told}" for mishap in mishaps),
                )
                yield Sandbox(
                    *(scene, slack, influxdb, bot, environment(settings)),
                    tuple(mishap.told for mishap in mishaps),
                    described,
                )


def environment(settings: Settings) -> Mapping[str, str]:
    """Give the variables that make the same settings, but for what is as it is by default."""
    secret = settings.slack_signing_secret
    found = {
        "SLACK_API_URL": settings.slack_api_url,
        "SLACK_BOT_TOKEN": settings.slack_bot_token.get_secret_value(),
        "SLACK_SIGNING_SECRET": "" if secret is None else secret.get_secret_value(),
        "INFLUXDB_URL": settings.influxdb_url or "",
        "INFLUXDB_TOKEN": BOT_API_TOKEN,
        "DATABASE_URL": settings.database_url.get_secret_value(),
        "ALLOWED_USERS": ",".join(sorted(settings.allowed_users)),
        "TOKEN_BOT_CONFIG": str(settings.token_bot_config or ""),
    }
    return {name: value for name, value in found.items() if value}


@asynccontextmanager
async def served_page(
    running: Sandbox, listener: socket.socket | None = None
) -> AsyncIterator[str]:
    """Serve the page for as long as the context is open, and give its address.

    Args:
        running: The sandbox that it shows.
        listener: Where, if not on any port that is free.
    """
    page = Page(
        running.slack,
        running.influxdb,
        Registry(discover(), _COMMAND),
        parts=cast.parts(running.scene.policy),
        since=running.scene.clock(),
    )
    async with serve(page.app, listener=listener) as address:
        try:
            yield address
        finally:
            page.end()


def _settings(scene: Scene, slack_url: str, influxdb_url: str, folder: Path) -> Settings:
    """Give every setting, so that none comes from the environment of whoever tries the sandbox."""
    file = folder / "token-bot.toml"
    if scene.policy:
        file.write_text(scene.policy, encoding="utf-8")
    return Settings(
        slack_bot_token=SecretStr(_BOT_TOKEN),
        slack_signing_secret=SecretStr(_SIGNING_SECRET),
        slack_api_url=f"{slack_url}/api/",
        influxdb_url=influxdb_url,
        influxdb_token=SecretStr(BOT_API_TOKEN),
        influxdb_own_authorization=None,
        influxdb_ca_file=None,
        allowed_users=frozenset() if scene.policy else frozenset(cast.ALLOWED),
        slash_command=_COMMAND,
        database_url=SecretStr(f"sqlite:///{folder / 'token-bot.db'}"),
        read_only=False,
        slack_app_token=None,
        token_bot_config=file if scene.policy else None,
        fingerprint_key=None,
        host="127.0.0.1",
        port=0,
        log_level="INFO",
        log_format="console",
    )
