"""What forms about one token have in common: how it is named, and who may have them."""

from collections.abc import Mapping

from bot.changes.asking import Ask
from bot.changes.errors import UserError
from bot.changes.intake import Intake
from bot.changes.policy import Role
from bot.changes.queries import Queries
from bot.changes.target import Target
from bot.changes.update import AuthorizationUpdate
from bot.commands.identifiers import authorization_id
from bot.slack.other_version import of_another_version

INSTANCE, TOKEN = "instance", "token"
ABOUT = (INSTANCE, TOKEN)


def named(value: str) -> Mapping[str, str]:
    """Read a button's ``INSTANCE:ID``; raise UserError if it names no token."""
    instance, _, token = value.rpartition(":")
    if not instance:
        raise UserError(of_another_version("button"))
    return {INSTANCE: instance, TOKEN: authorization_id(token)}


def target(queries: Queries, about: Mapping[str, str], update: AuthorizationUpdate) -> Target:
    """Give what is to be changed; raise UserError if there is no such instance, or no id."""
    instance = queries.instance(about[INSTANCE]).name
    return Target(instance, authorization_id(about[TOKEN]), update)


async def admit(intake: Intake, ask: Ask, wanted: Target) -> None:
    """Raise UserError if a person may not ask for a change of a token now; nothing is stored."""
    update = wanted.update
    await intake.admit(ask, Role.OPERATOR, update.kind.value, wanted, update.kinds)
