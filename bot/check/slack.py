"""Whether Slack takes the bot's tokens, and gives it what it needs."""

from dataclasses import dataclass

from bot.changes.policy import Workspace
from bot.check.answers import Refused, Silent, Told, reason
from bot.check.findings import Finding, listed, note, ok, problem
from bot.check.refusals import refused
from bot.slack.scopes import NEEDED, USERGROUPS_READ, Scope

_GRANT = (
    "Add {scopes} under OAuth & Permissions in the app's settings, or take the manifest over "
    "anew, and install the app again."
)


@dataclass(frozen=True)
class Installed:
    """How the app is installed, as its bot token shows it.

    Attributes:
        home: The workspace.
        where: The workspace's name.
        bot: The bot user's name.
        scopes: What is granted; None if Slack did not tell.
    """

    home: Workspace
    where: str
    bot: str
    scopes: frozenset[str] | None


@dataclass(frozen=True)
class Opened:
    """A connection in Socket Mode may be opened."""


@dataclass(frozen=True)
class SlackFacts:
    """What Slack says of the tokens.

    Attributes:
        address: Where its Web API was asked.
        bot: Of the bot token.
        socket: Of the app-level token; None without one.
        has_signing_secret: Whether there is a signing secret.
    """

    address: str
    bot: Told[Installed]
    socket: Told[Opened] | None
    has_signing_secret: bool


def slack_findings(facts: SlackFacts, groups: frozenset[str]) -> list[Finding]:
    """Judge the tokens, the scopes and the signing secret.

    Args:
        facts: What Slack says.
        groups: The user groups of the policy.
    """
    return [
        *_bot_token(facts, groups),
        *socket_findings(facts.address, facts.socket),
        *_signing_secret(facts),
    ]


def socket_findings(address: str, socket: Told[Opened] | None) -> list[Finding]:
    """Judge the app-level token, if there is one."""
    match socket:
        case None:
            return []
        case Refused(code):
            return [refused("SLACK_APP_TOKEN", code)]
        case Silent():
            return [_silent(address, socket)]
        case Opened():
            return [
                ok("SLACK_APP_TOKEN is accepted: connections can be opened."),
                note(
                    "Whether Socket Mode is switched on in the app's settings cannot be told "
                    "without taking its requests."
                ),
            ]


def _bot_token(facts: SlackFacts, groups: frozenset[str]) -> list[Finding]:
    match facts.bot:
        case Refused(code):
            return [refused("SLACK_BOT_TOKEN", code)]
        case Silent():
            return [_silent(facts.address, facts.bot)]
        case Installed(home, where, bot, scopes):
            token = f"SLACK_BOT_TOKEN is accepted: {bot} in the workspace {where} ({home.team_id})."
            return [ok(token), *_scopes(scopes, groups)]


def _scopes(granted: frozenset[str] | None, groups: frozenset[str]) -> list[Finding]:
    if granted is None:
        return [note("Slack does not tell which scopes the app has, so they were not compared.")]
    missing = [scope for scope in NEEDED if scope.name not in granted]
    extra = granted - {scope.name for scope in NEEDED}
    found = [_lacking(scope, groups) for scope in missing]
    if not missing:
        found.append(ok(f"The app has all {len(NEEDED)} scopes that it needs."))
    if extra:
        found.append(
            note(
                f"The app has scopes that it does not need: {listed(extra)}.",
                "Take them away under OAuth & Permissions unless something else uses the app.",
            )
        )
    return found


def _lacking(scope: Scope, groups: frozenset[str]) -> Finding:
    what, remedy = f"The app lacks the scope {scope.name}.", _GRANT.format(scopes=scope.name)
    if scope.name == USERGROUPS_READ and not groups:
        return note(f"{what} The policy names no user group, so nothing needs it now.", remedy)
    return problem(f"{what} {scope.without}", remedy)


def _signing_secret(facts: SlackFacts) -> list[Finding]:
    if facts.socket is not None:
        unused = "SLACK_SIGNING_SECRET is not used: Slack's requests come over sockets."
        return [note(unused)] if facts.has_signing_secret else []
    if not facts.has_signing_secret:
        return [
            problem(
                "SLACK_SIGNING_SECRET is missing.",
                "Set it to the app's signing secret, from Basic Information.",
            )
        ]
    return [
        note(
            "SLACK_SIGNING_SECRET is set; whether it is the right one shows with the first request "
            "of Slack's alone."
        )
    ]


def _silent(address: str, answer: Silent) -> Finding:
    return problem(
        f"Slack {reason(answer)} ({address}).",
        "Check SLACK_API_URL, and that this machine may connect to it.",
    )
