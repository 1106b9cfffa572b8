"""Whether an InfluxDB can be reached, takes the bot's token, and lets it do its work."""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.changes.authorization import Authorization
from bot.changes.errors import ErrorCode, Problem
from bot.changes.lockout import OwnToken
from bot.check.findings import Finding, counted, listed, note, ok, problem
from bot.check.permissions import lacking_to_change, may_change, sees_all

_ACCESS = "an API token that reads and writes authorizations and users"


@dataclass(frozen=True)
class SettingNames:
    """What the settings of one instance are called where they are written down.

    Attributes:
        token: The API token's.
        own: The own authorization's.
        url: The address's.
    """

    token: str = "INFLUXDB_TOKEN"  # noqa: S105 - a name, not a secret
    own: str = "INFLUXDB_OWN_AUTHORIZATION"
    url: str = "INFLUXDB_URL"

    @classmethod
    def in_file(cls, instance: str) -> "SettingNames":
        """Name them as a policy file has them."""
        section = f"[[influxdb]] {instance}"
        return cls(
            f"the token of {section}", f"own_authorization of {section}", f"url of {section}"
        )


@dataclass(frozen=True)
class InstanceFacts:
    """What one instance says; a Problem stands where it does not.

    Attributes:
        name: Its name in the configuration.
        settings: What its settings are called.
        version: Its build and version.
        user_id: The id of the bot's user; None where the bot may not read it.
        seen: The authorizations that the bot sees.
        configured: The id that is configured as the bot's own authorization.
        own: What the bot knows of its own token.
        mine: The authorization that passes for the bot's own; None where none does.
    """

    name: str
    settings: SettingNames
    version: str | Problem
    user_id: str | Problem | None
    seen: tuple[Authorization, ...] | Problem
    configured: str | None
    own: OwnToken | Problem
    mine: Authorization | Problem | None

    @property
    def known(self) -> Authorization | None:
        """Give the bot's own authorization, unless what is configured as such cannot be it."""
        mine = self.mine
        if not isinstance(mine, Authorization):
            return None
        may_be = mine.active and self.user_id in {None, mine.user_id}
        return mine if mine.own or may_be else None


def instance_findings(facts: InstanceFacts) -> list[Finding]:
    """Judge the connection, the credential, and what the token may read and write."""
    if isinstance(facts.version, Problem) and isinstance(facts.seen, Problem):
        # Whatever else it says comes of the same.
        return [_failed(facts.version, facts.settings)]
    refused = _refused(facts)
    return [
        _reached(facts),
        *([refused] if refused else [*_reading(facts), *_writing(facts)]),
    ]


def accepted(facts: InstanceFacts) -> bool:
    """Tell whether the instance answers, and takes the bot's token."""
    return not isinstance(facts.seen, Problem) and _refused(facts) is None


def _reached(facts: InstanceFacts) -> Finding:
    if isinstance(facts.version, Problem):
        return _failed(facts.version, facts.settings)
    if isinstance(facts.seen, Problem) or not facts.seen:
        return ok(f"It answers: {facts.version}.")
    shows = "does not show" if any(each.own is None for each in facts.seen) else "shows"
    return ok(f"It answers: {facts.version}, and {shows} the secrets of tokens.")


def _refused(facts: InstanceFacts) -> Finding | None:
    """Say why the bot's token is not accepted, or None."""
    names = facts.settings
    codes = {each.code for each in (facts.user_id, facts.seen) if isinstance(each, Problem)}
    if ErrorCode.OWN_TOKEN_INACTIVE in codes:
        return problem(
            "The bot's own token is inactive.",
            f"Enable it with the influx CLI, or set {names.token} to another.",
        )
    if ErrorCode.OWN_USER_INACTIVE in codes:
        return problem(
            "The user whose token the bot uses is inactive or deleted.",
            f"Activate the user, or set {names.token} to another user's token.",
        )
    if ErrorCode.BAD_CREDENTIAL in codes:
        return problem(
            "The bot's token is not accepted: there is no such token on this server.",
            f"Set {names.token} to {_ACCESS}.",
        )
    return None


def _reading(facts: InstanceFacts) -> Iterator[Finding]:
    seen, names = facts.seen, facts.settings
    if isinstance(facts.user_id, Problem):
        yield _failed(facts.user_id, names)
    if isinstance(seen, Problem):
        if seen != facts.user_id:
            yield _failed(seen, names)
        return
    if not seen:
        yield problem(
            "The bot sees no token: its own may not read authorizations, or not the users who own "
            "them.",
            f"Set {names.token} to {_ACCESS}.",
        )
        return
    owners = frozenset(each.user_id for each in seen)
    sight = f"It shows the bot {counted(len(seen), 'token')} of {counted(len(owners), 'user')}"
    yield from _sight(facts, f"{sight}.", seen, owners)


def _sight(
    facts: InstanceFacts, sight: str, seen: tuple[Authorization, ...], owners: frozenset[str]
) -> Iterator[Finding]:
    """Say how many there are to see, and why perhaps not all."""
    mine = facts.known
    own = {mine.user_id} if mine else {facts.user_id}
    if mine is not None and sees_all(mine.permissions):
        yield ok(f"{sight} These are all but orphans, whose owners are deleted.")
    elif owners <= own and len(seen) == 1:
        yield problem(
            f"{sight} That is its own, so there is nothing that it could manage: an All-Access "
            "token sees its own user's tokens alone.",
            f"Set {facts.settings.token} to {_ACCESS}.",
        )
    elif owners <= own:
        yield note(
            f"{sight} That is its own user, and other users' tokens are not found: an All-Access "
            "token, and every token of InfluxDB Cloud, sees its own user's alone."
        )
    elif mine is not None:
        yield note(
            f"{sight} There may be others: its token does not read all authorizations and users."
        )
    else:
        yield ok(sight)


def _writing(facts: InstanceFacts) -> Iterator[Finding]:
    if isinstance(facts.seen, Problem) or not facts.seen:
        return
    mine = facts.known
    if mine is None:
        yield note(
            "Whether the bot's token may change tokens cannot be told without trying, since it is "
            "not known which authorization is its own.",
            f"Set {facts.settings.own} to its id.",
        )
        return
    held = mine.permissions
    others = [each for each in facts.seen if each.id != mine.id]
    closed = [each for each in others if not may_change(held, each)]
    lacking = listed({lacking_to_change(held, each) for each in closed}).replace(", ", " and ")
    if not closed:
        yield ok("Its token may change every token that it sees.")
    elif len(closed) == len(others):
        yield problem(
            f"The bot may change none of the tokens that it sees: its token lacks {lacking}.",
            f"Set {facts.settings.token} to {_ACCESS}; permissions of a token cannot be changed.",
        )
    else:
        owners = listed({each.user or each.user_id for each in closed})
        yield note(
            f"The bot may not change {counted(len(closed), 'token')} that it sees, of {owners}: "
            f"its token lacks {lacking} there."
        )


def _failed(said: Problem, names: SettingNames) -> Finding:
    """Say what the bot would say, with this instance's own settings."""
    hint = said.hint.replace("INFLUXDB_URL", names.url).replace("INFLUXDB_TOKEN", names.token)
    if said.code is ErrorCode.INSTANCE_UNAVAILABLE and "CA_FILE" not in hint:
        hint = f"Check {names.url}, and that this machine may connect to it."
    return problem(said.message, hint)
