"""Check the whole setup: ask everybody at once, each for so long and no longer, then judge."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

import aiohttp
import structlog

from bot.check.answers import Told
from bot.check.asking_influxdb import ask_instance
from bot.check.asking_slack import AskingSlack
from bot.check.channels import Channel, named_channels
from bot.check.clock import clock_findings
from bot.check.database import database_findings
from bot.check.findings import Finding, Section, problem
from bot.check.influxdb import InstanceFacts, SettingNames, instance_findings
from bot.check.looking_at_database import look_at_database
from bot.check.own_token import own_token_findings, same_server_findings
from bot.check.owners import named_owners
from bot.check.people import Crowd
from bot.check.policy import policy_findings
from bot.check.slack import Installed, SlackFacts, slack_findings
from bot.configuration import Configuration, PolicyRules
from bot.settings import Settings
from bot.slack.web import web_client

T = TypeVar("T")
_log = structlog.get_logger()


@dataclass(frozen=True)
class Patience:
    """How many seconds answers are waited for; all is done within the longest way, about 12.

    Attributes:
        greeting: For Slack to take the tokens.
        lookups: For Slack to tell of people and channels, after that.
        instance: For an InfluxDB.
        database: For the database.
    """

    greeting: float = 5.0
    lookups: float = 6.0
    instance: float = 12.0
    database: float = 5.0


@dataclass(frozen=True)
class SlackSide:
    """What Slack told.

    Attributes:
        facts: Of the tokens.
        off: How far this machine's clock is ahead of Slack's; None if Slack did not tell.
        crowd: Who is there; None if Slack does not take the bot token.
        channels: What the channels of the policy are like.
    """

    facts: SlackFacts
    off: timedelta | None
    crowd: Crowd | None = None
    channels: Mapping[str, Told[Channel]] = field(default_factory=dict)


async def check(
    settings: Settings,
    configuration: Configuration,
    clock: Callable[[], datetime],
    patience: Patience,
) -> list[Section]:
    """Check all that the settings name, and change nothing.

    Args:
        settings: What the environment says.
        configuration: What it says together with the policy file.
        clock: Tells the time.
        patience: How long to wait.
    """
    slack = asyncio.ensure_future(_ask_slack(settings, configuration.policy, clock, patience))
    address = settings.database_url.get_secret_value()
    database = asyncio.ensure_future(look_at_database(address, patience.database))
    instances = {
        each.name: asyncio.ensure_future(
            ask_instance(each, _names(settings, each.name), clock, patience.instance)
        )
        for each in configuration.instances
    }
    await asyncio.wait([slack, database, *instances.values()])
    groups = configuration.policy.roles.groups
    return [
        _section("Slack", slack, lambda side: slack_findings(side.facts, groups)),
        *_instance_sections(instances),
        _section(
            "Policy",
            slack,
            lambda side: policy_findings(configuration, side.crowd, side.channels),
        ),
        _section("Database", database, database_findings),
        _section("Clock", slack, lambda side: clock_findings(side.off)),
    ]


async def _ask_slack(
    settings: Settings,
    rules: PolicyRules,
    clock: Callable[[], datetime],
    patience: Patience,
) -> SlackSide:
    timeout = aiohttp.ClientTimeout(total=patience.greeting)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        client = web_client(settings.slack_bot_token, settings.slack_api_url, session)
        slack, socket = AskingSlack(client, clock), None
        app_token = settings.slack_app_token
        if app_token is None:
            greeting = await slack.greeting()
        else:
            greeting, socket = await asyncio.gather(
                slack.greeting(), slack.socket(app_token.get_secret_value())
            )
        has_secret = settings.slack_signing_secret is not None
        facts = SlackFacts(settings.slack_api_url, greeting.bot, socket, has_secret)
        if not isinstance(greeting.bot, Installed):
            return SlackSide(facts, greeting.off)
        crowd, channels = await asyncio.gather(
            slack.crowd(rules.roles, named_owners(rules), greeting.bot.home, patience.lookups),
            slack.channels(named_channels(rules.channels), patience.lookups),
        )
        return SlackSide(facts, greeting.off, crowd, channels)


def _instance_sections(
    instances: Mapping[str, "asyncio.Future[InstanceFacts]"],
) -> Iterator[Section]:
    earlier: list[InstanceFacts] = []
    for name, asked in instances.items():
        yield _section(f"InfluxDB {name}", asked, partial(_instance, earlier))
        if asked.exception() is None:
            earlier.append(asked.result())


def _instance(earlier: list[InstanceFacts], facts: InstanceFacts) -> list[Finding]:
    return [
        *instance_findings(facts),
        *own_token_findings(facts),
        *same_server_findings(facts, earlier),
    ]


def _section(
    title: str, asked: "asyncio.Future[T]", judge: Callable[[T], list[Finding]]
) -> Section:
    """Judge what came of asking; a fault of the check's own leaves the other sections alone."""
    error = asked.exception()
    if error is None:
        return Section(title, tuple(judge(asked.result())))
    _log.error("the check stumbled", section=title, exc_info=error)
    stumbled = f"This could not be checked: the check itself stumbled ({type(error).__name__})."
    return Section(title, (problem(stumbled, "Report it with the lines that were logged."),))


def _names(settings: Settings, instance: str) -> SettingNames:
    return SettingNames() if settings.influxdb_url else SettingNames.in_file(instance)
