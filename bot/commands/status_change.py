"""What disable and enable share: one authorization gets a status, and a description if given."""

from bot.changes.authorization import Status
from bot.changes.policy import Role
from bot.changes.request import Target
from bot.changes.update import AuthorizationUpdate
from bot.commands.answers import Accepted, Later
from bot.commands.identifiers import authorization_id
from bot.commands.subcommand import Call


async def change_status(
    call: Call, typed_id: str, status: Status, reason: str, describe: str | None, *, dry_run: bool
) -> Accepted | Later:
    """Open the change of one authorization's status, or preview it.

    Args:
        call: Who asks.
        typed_id: The authorization's id as it was typed.
        status: The new status.
        reason: Why, for the record.
        describe: The new description, or None to leave it.
        dry_run: Whether only to say what would happen.
    """
    wanted = authorization_id(typed_id)
    update = AuthorizationUpdate(status, describe)
    if dry_run:
        await call.intake.admit(call.ask, Role.OPERATOR, f"{update.kind} --dry-run")
        return Later(lambda: call.queries.preview(call.ask.person, call.instance, wanted, update))
    target = Target(call.queries.instance(call.instance).name, wanted)
    return Accepted(await call.intake.open(call.ask, update, target, reason))
