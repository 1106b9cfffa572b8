"""Put the Slack side together, around the heart."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import aiohttp
from pydantic import SecretStr
from slack_bolt import BoltResponse
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.web.async_client import AsyncWebClient

from bot.bootstrap.heart import Edges, Heart
from bot.changes.message_check import MessageChecks
from bot.changes.policy import Policy
from bot.commands.dispatch import Dispatcher
from bot.commands.registry import Registry, discover
from bot.settings import Settings
from bot.slack.anchor_messages import AnchorMessages
from bot.slack.app import Listeners, bolt_app
from bot.slack.change_drawing import ChangeDrawing
from bot.slack.channels import Channels
from bot.slack.drift_messages import DriftMessages
from bot.slack.envelopes import Envelopes
from bot.slack.forms.denial import Denial
from bot.slack.forms.describing import Describing
from bot.slack.forms.details import Details
from bot.slack.forms.disabling import Disabling
from bot.slack.forms.form import Form
from bot.slack.forms.leak import LeakReporting
from bot.slack.forms.registry import Forms
from bot.slack.front import SlackFront
from bot.slack.home.pages import HomePages
from bot.slack.home.publishing import Publishing
from bot.slack.home.refreshing import Refreshing, RefreshPace
from bot.slack.home.shelf import HomeShelf
from bot.slack.home.telling import HomeTelling
from bot.slack.identity import Identity
from bot.slack.leak_messages import LeakMessages
from bot.slack.listeners.actions import ActionListener
from bot.slack.listeners.answering import Answering
from bot.slack.listeners.commands import CommandListener
from bot.slack.listeners.home import HomeListener
from bot.slack.listeners.meaning import Meaning
from bot.slack.listeners.modals import Modals
from bot.slack.listeners.reception import Reception
from bot.slack.listeners.shortcuts import ShortcutListener
from bot.slack.listeners.submissions import SubmissionListener
from bot.slack.listeners.telling import Telling
from bot.slack.messenger import SlackMessenger
from bot.slack.pacing import Pacing
from bot.slack.placing import Placing
from bot.slack.redrawing import Redrawing
from bot.slack.responder import Responder
from bot.slack.sending import Sending
from bot.slack.socket_mode import SocketMode, SocketPace
from bot.slack.web import web_client
from bot.tasks import Tasks
from bot.telemetry.metrics import Metrics
from bot.telemetry.slack_metrics import SlackMetrics


class Outgoing:
    """What hands messages to Slack.

    Args:
        client: Slack's Web API.
        session: For response URLs.
        policy: Gives the policy in force.
        clock: Tells the time.
        pacing: Says whose turn it is to post.
        metrics: Measure calls of Slack.
    """

    def __init__(
        self,
        client: AsyncWebClient,
        session: aiohttp.ClientSession,
        policy: Callable[[], Policy],
        clock: Callable[[], datetime],
        pacing: Pacing,
        metrics: SlackMetrics,
    ) -> None:
        sending = Sending(client, session, pacing, metrics)
        self.client = client
        self.pacing = pacing
        self.session = session
        self.responder = Responder(sending)
        placing = Placing(sending, Channels(client, clock), policy)
        self.told_directly = placing.told_directly
        drifts, leaks = DriftMessages(placing), LeakMessages(sending, placing, policy)
        drawing = ChangeDrawing(leaks, policy, clock)
        self.anchor_feed = AnchorMessages(placing)
        self.redrawing = Redrawing(sending, placing, drawing, drifts)
        self.messenger = SlackMessenger(sending, self.responder, placing, drawing, drifts, leaks)


@dataclass(frozen=True)
class Incoming:
    """What takes Slack's requests in: by HTTP or by sockets, one of the two.

    Attributes:
        reception: Decides what an earlier process had received and not decided.
        refreshing: Shows Home anew after changes.
    """

    front: SlackFront | None
    socket: SocketMode | None
    reception: Reception
    refreshing: Refreshing


@dataclass(frozen=True)
class Ground:
    """What the listeners stand on.

    Attributes:
        tasks: Holds on to what runs beside a request.
        metrics: Counts what was asked.
        draining: Tells whether the bot is about to end.
        socket_pace: Of connections in Socket Mode.
        shelf: Keeps what people look at in Home.
        home_pace: How often Home is shown anew.
    """

    tasks: Tasks
    metrics: Metrics
    draining: Callable[[], bool]
    socket_pace: SocketPace
    shelf: HomeShelf
    home_pace: RefreshPace


def incoming(
    settings: Settings,
    edges: Edges,
    heart: Heart,
    identity: Identity,
    outgoing: Outgoing,
    ground: Ground,
) -> Incoming:
    """Put together what takes Slack's requests in.

    Args:
        settings: Say whether requests come by HTTP or by sockets.
        edges: What the heart was given.
        heart: Decides, stores and carries out.
        identity: Knows who the bot is.
        outgoing: Hands messages to Slack.
        ground: What the listeners stand on.
    """
    tasks, metrics, clock = ground.tasks, ground.metrics, edges.clock
    registry = Registry(discover(), settings.slash_command)
    dispatcher = Dispatcher(registry, heart.intake, heart.reversals, heart.queries, edges.policy)
    answering = Answering(
        *(outgoing.responder, outgoing.told_directly, tasks, metrics), ground.draining
    )
    pages = HomePages(
        shelf=ground.shelf,
        queries=heart.queries,
        directory=edges.directory,
        policy=edges.policy,
        publishing=Publishing(outgoing.client, outgoing.pacing, ground.shelf, clock),
        clock=clock,
    )
    at_home = HomeTelling(ground.shelf, pages, outgoing.responder, tasks, clock)
    telling = Telling(answering, heart.queries, outgoing.redrawing, at_home, tasks)
    forms = Forms(every_form(heart))
    reception = Reception(
        directory=edges.directory,
        intake=heart.intake,
        store=edges.store,
        meaning=Meaning(dispatcher, heart.reversals, heart.moves, heart.reviews, forms),
        answering=answering,
        telling=telling,
        tasks=tasks,
    )
    checks = MessageChecks(
        *(edges.instances, heart.intake, edges.policy, clock), settings.slash_command
    )
    modals = Modals(outgoing.client, edges.directory, forms, answering, tasks)
    lending = _borrowing_client(settings, outgoing.session, metrics.slack)
    bolt = bolt_app(
        settings.slash_command,
        Listeners(
            CommandListener(reception, telling, modals, registry, clock),
            ActionListener(reception, telling, answering, modals, clock),
            SubmissionListener(reception, telling, forms, clock),
            ShortcutListener(edges.directory, checks, forms, modals, answering, clock),
            HomeListener(ground.shelf, pages, answering, tasks, clock),
        ),
        identity,
        lending,
    )

    async def dispatch(request: AsyncBoltRequest) -> BoltResponse:
        with heart.acks.awaited():
            return await bolt.async_dispatch(request)

    front, socket = None, None
    if settings.slack_app_token is not None:
        envelopes = Envelopes(dispatch, answering.tell, metrics.front)
        socket = SocketMode(
            *(lending, settings.slack_app_token, envelopes, ground.socket_pace, metrics.slack)
        )
    elif (secret := settings.slack_signing_secret) is not None:
        front = SlackFront(secret, dispatch, clock, metrics.front)
    refreshing = Refreshing(ground.shelf, heart.queries, pages, clock, ground.home_pace)
    return Incoming(front, socket, reception, refreshing)


def every_form(heart: Heart) -> tuple[Form, ...]:
    """List the forms that people fill in."""
    return (
        Denial(heart.moves),
        Describing(heart.intake, heart.queries),
        Disabling(heart.intake, heart.queries),
        LeakReporting(heart.intake, heart.leak_intake),
        Details(heart.intake, heart.queries),
    )


def _borrowing_client(
    settings: Settings, session: aiohttp.ClientSession, metrics: SlackMetrics
) -> AsyncWebClient:
    """Give Bolt a client without a token; it would warn that it skips one."""
    client = web_client(SecretStr(""), settings.slack_api_url, session, metrics)
    client.token = None
    return client
