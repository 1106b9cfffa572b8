"""A stand-in for Slack: a workspace with people in it, the Web API, and what Slack sends to apps.

What Slack would refuse, it refuses with Slack's error. Its sources are docs.slack.dev; where those
are silent it takes the stricter reading and says so beside the code.
"""

from bot.sandbox.slack.faults import Fault, Faults
from bot.sandbox.slack.impossible import ImpossibleInSlackError
from bot.sandbox.slack.journal import ApiCall
from bot.sandbox.slack.messages import Button, Message
from bot.sandbox.slack.modal_view import View
from bot.sandbox.slack.outbound import Delivery, SignedRequest
from bot.sandbox.slack.rate_limits import RateLimits
from bot.sandbox.slack.scopes import DEFAULT_SCOPES
from bot.sandbox.slack.stand_in import SlackStandIn
from bot.sandbox.slack.with_shortcuts import Shortcut
from bot.sandbox.slack.workspace import Channel, Person, Usergroup, Workspace

__all__ = [
    "DEFAULT_SCOPES",
    "ApiCall",
    "Button",
    "Channel",
    "Delivery",
    "Fault",
    "Faults",
    "ImpossibleInSlackError",
    "Message",
    "Person",
    "RateLimits",
    "Shortcut",
    "SignedRequest",
    "SlackStandIn",
    "Usergroup",
    "View",
    "Workspace",
]
