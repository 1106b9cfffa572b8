"""Whether the bot can tell its own token from others, which it must not disable."""

from collections.abc import Iterator, Sequence

from bot.changes.authorization import Authorization
from bot.changes.errors import ErrorCode, Problem
from bot.changes.lockout import OwnToken, own_token_problem
from bot.check.findings import Finding, counted, note, ok, problem
from bot.check.influxdb import InstanceFacts, accepted
from bot.influxdb.endpoints import CLOUD

_IGNORED = "The bot goes on as if it were not set."


def own_token_findings(facts: InstanceFacts) -> list[Finding]:
    """Judge what is known of the bot's own token, and what is refused for want of it."""
    if not accepted(facts):
        return []
    if facts.configured is not None:
        return [*_configured(facts, facts.configured), *_owner(facts)]
    return [*_found(facts), *_owner(facts)]


def same_server_findings(facts: InstanceFacts, earlier: Sequence[InstanceFacts]) -> list[Finding]:
    """Note that an instance is one of those before it: the ids of authorizations are unique."""
    found = []
    for other in earlier:
        same = _ids(facts) & _ids(other)
        if same:
            found.append(
                note(
                    f"It is the same server as InfluxDB {other.name}, or a copy of it: "
                    f"{counted(len(same), 'token')} of both have the same id.",
                    "Remove one of the two unless it is meant.",
                )
            )
    return found


def _configured(facts: InstanceFacts, configured: str) -> Iterator[Finding]:
    """Compare what is configured with what the server tells."""
    names, mine = facts.settings, facts.mine
    real = next((each for each in _seen(facts) if each.own), None)
    remedy = f"Set {names.own} to the id of the authorization of {names.token}, or remove it."
    if real is not None and real.id != configured:
        yield problem(
            f"{names.own} names {configured}, and the bot's token is that of {real.id}.", remedy
        )
    elif isinstance(mine, Problem):
        yield _not_found(facts, configured, mine, remedy)
    elif mine is not None and facts.known is None:
        why = "is inactive" if not mine.active else f"belongs to another user, {mine.user}"
        yield problem(
            f"{names.own} names {configured}, which {why}, so it is not the bot's own. {_IGNORED}",
            remedy,
        )
    else:
        yield ok(f"Its own authorization is {configured}, as {names.own} says.")


def _not_found(facts: InstanceFacts, configured: str, said: Problem, remedy: str) -> Finding:
    names = facts.settings
    if said.code is ErrorCode.AUTHORIZATION_NOT_FOUND:
        return problem(
            f"{names.own} names {configured}, which does not exist. {_IGNORED}",
            remedy,
        )
    if said.code is ErrorCode.ORPHAN:
        return problem(
            f"{names.own} names {configured}, whose owner is deleted, so it is not the bot's own. "
            f"{_IGNORED}",
            remedy,
        )
    return note(f"Whether {names.own} is right cannot be told: {said.message}", said.hint)


def _found(facts: InstanceFacts) -> Iterator[Finding]:
    names, own = facts.settings, facts.own
    if isinstance(own, Problem):
        yield note(f"The bot's own token cannot be told from others now: {own.message}", own.hint)
        return
    hidden = [each for each in _seen(facts) if each.own is None]
    if facts.known is not None:
        yield ok(f"Its own authorization is {facts.known.id}, found {_way(facts.known, own)}.")
        return
    if not hidden:
        yield note(
            "The bot does not see its own authorization among those that this server shows.",
            "Let its token read its own user and the authorizations of its organisation.",
        )
        return
    remedy = f"Set {names.own} to the id of the authorization of {names.token}."
    hashed = "This server does not show tokens"
    refused = [each for each in hidden if own_token_problem(each, own) is not None]
    if len(refused) == len(_seen(facts)):
        yield problem(
            f"{hashed} and does not tell which is the bot's own, so disabling is refused "
            "altogether.",
            remedy,
        )
    else:
        owner = refused[0].user if refused else "the bot's user"
        yield note(
            f"{hashed}, and {owner} has several, so disabling any of "
            f"{counted(len(refused), 'token')} of that user is refused: one is the bot's own.",
            remedy,
        )


def _way(mine: Authorization, own: OwnToken) -> str:
    if mine.own:
        return "by its token"
    if own.authorization_id is not None:
        return f"by InfluxDB {CLOUD}"
    return "as the only one of its user; tokens are not shown"


def _owner(facts: InstanceFacts) -> Iterator[Finding]:
    """Note that the bot's user has other tokens, so that it is hardly the bot's alone."""
    mine = facts.known
    if mine is None:
        return
    others = [each for each in _seen(facts) if each.user_id == mine.user_id and each.id != mine.id]
    if mine.operator and others:
        yield note(
            f"The bot's token is an operator token of {mine.user}, who has "
            f"{counted(len(others), 'other token')}: a person perhaps.",
            "Make a user of its own for the bot, so that leaving and passwords of people do not "
            "concern it.",
        )


def _seen(facts: InstanceFacts) -> tuple[Authorization, ...]:
    return () if isinstance(facts.seen, Problem) else facts.seen


def _ids(facts: InstanceFacts) -> frozenset[str]:
    return frozenset(each.id for each in _seen(facts))
