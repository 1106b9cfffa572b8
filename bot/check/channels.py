"""Whether the channels that the policy names are there, and may be posted in."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.changes.policy import ChannelRules
from bot.check.answers import Refused, Silent, Told, reason
from bot.check.findings import Finding, counted, note, ok, problem
from bot.slack.channels import ChannelKind


@dataclass(frozen=True)
class Channel:
    """What Slack says of a channel.

    Attributes:
        kind: Who may read along.
        has_bot: Whether the bot is a member.
        archived: Whether nobody can post there any more.
    """

    kind: ChannelKind = ChannelKind.INTERNAL
    has_bot: bool = True
    archived: bool = False


def named_channels(rules: ChannelRules) -> frozenset[str]:
    """List the channels that the policy names."""
    feed = frozenset() if rules.feed is None else frozenset({rules.feed})
    return feed | (rules.allowed or frozenset())


def channel_findings(rules: ChannelRules, channels: Mapping[str, Told[Channel]]) -> list[Finding]:
    """Judge the allowed channels and the feed.

    Args:
        rules: The channels of the policy.
        channels: What Slack says of each.
    """
    named = sorted(named_channels(rules))
    found = [
        finding
        for channel_id in named
        for finding in _one(channel_id, channel_id == rules.feed, channels[channel_id])
    ]
    if rules.allowed is not None and not rules.allowed:
        found.append(note("No channel is allowed: [channels] allowed is empty."))
    if named and not found:
        found.append(ok(f"The bot can post in {counted(len(named), 'channel')} of the policy."))
    return found


def _one(channel_id: str, is_feed: bool, answer: Told[Channel]) -> Iterator[Finding]:  # noqa: FBT001 - it words one channel, and is called once
    what = f"The feed {channel_id}" if is_feed else f"The channel {channel_id}"
    remedy = "Correct or remove it in [channels]."
    match answer:
        case Refused("channel_not_found"):
            yield problem(
                f"{what} does not exist, or is private and without the bot.",
                "Correct it in [channels], or invite the bot there.",
            )
        case Refused("missing_scope"):
            yield problem(
                f"{what} cannot be read: Slack says missing_scope.",
                "Give the app channels:read and groups:read, and install it again.",
            )
        case Refused() | Silent():
            yield note(f"{what} was not looked up: Slack {reason(answer)}.")
        case Channel(archived=True):
            yield problem(f"{what} is archived, so nothing can be posted there.", remedy)
        case Channel() as channel:
            yield from _open(what, is_feed, channel)


def _open(what: str, is_feed: bool, channel: Channel) -> Iterator[Finding]:  # noqa: FBT001 - it words one channel
    if not channel.has_bot:
        yield problem(f"The bot is not in it: {what} gets no messages.", "Invite the bot there.")
    if channel.kind is not ChannelKind.SHARED:
        return
    shared = f"{what} is shared with another organisation, whose people read what is posted there."
    if is_feed:
        yield problem(shared, "Choose a channel of your own for feed in [channels].")
    else:
        yield note(shared, "Remove it from allowed in [channels] unless it is meant.")
