"""The real bot between the stand-ins, as the sandbox has it."""

import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from bot.bootstrap import Bot, Timing, running_bot
from bot.clock import system_clock
from bot.commands.registry import Registry, discover
from bot.sandbox import cast
from bot.sandbox.influxdb import InfluxDBStandIn, Mode
from bot.sandbox.influxdb.organisation import BOT_API_TOKEN, realistic_fixture
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
    """

    mode: Mode = Mode.PLAIN
    policy: str = ""


@dataclass(frozen=True)
class Sandbox:
    """A sandbox that runs.

    Attributes:
        roles: What the policy calls people, by id.
        described: Tells whoever wants to use it where it is.
    """

    slack: SlackStandIn
    influxdb: InfluxDBStandIn
    bot: Bot
    roles: Mapping[str, str]
    described: tuple[str, ...]


@asynccontextmanager
async def running_sandbox(scene: Scene) -> AsyncIterator[Sandbox]:
    """Serve both stand-ins and the bot between them for as long as the context is open."""
    slack = SlackStandIn(
        system_clock,
        signing_secret=_SIGNING_SECRET,
        bot_token=_BOT_TOKEN,
        scopes=cast.SCOPES,
        rate_limits=RateLimits(),
        should_escape=True,
    )
    cast.populate(slack)
    influxdb = InfluxDBStandIn(realistic_fixture(), system_clock, mode=scene.mode)
    with tempfile.TemporaryDirectory(prefix="token-bot-") as folder:
        async with serve(slack.app) as slack_url, serve(influxdb.app) as influxdb_url:
            slack.base_url = slack_url
            settings = _settings(scene, slack_url, influxdb_url, Path(folder))
            async with (
                running_bot(settings, system_clock, Timing()) as bot,
                serve(bot.app) as bot_url,
            ):
                slack.events_url = f"{bot_url}/slack/events"
                told = (
                    f"The bot takes requests signed with {_SIGNING_SECRET} at /slack/events, its "
                    f"bot token\nis {_BOT_TOKEN}, and its InfluxDB API token {BOT_API_TOKEN}: all "
                    "made up."
                )
                addresses = (("Slack", slack_url), ("InfluxDB", influxdb_url), ("bot", bot_url))
                described = (*(f"{name:9} {address}" for name, address in addresses), told)
                yield Sandbox(slack, influxdb, bot, {}, described)


@asynccontextmanager
async def served_page(running: Sandbox, *, port: int = 0) -> AsyncIterator[str]:
    """Serve the page for as long as the context is open, and give its address.

    Args:
        running: The sandbox that it shows.
        port: The TCP port, or 0 for a free one.

    Raises:
        OSError: If the port is in use.
    """
    page = Page(
        running.slack,
        running.influxdb,
        Registry(discover(), _COMMAND),
        roles=running.roles,
        since=system_clock(),
    )
    async with serve(page.app, port=port) as address:
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
    )
