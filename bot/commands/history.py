from bot.changes.errors import ErrorCode, Problem, UserError
from bot.changes.policy import Role
from bot.changes.record_queries import History
from bot.changes.undoing import no_such_change
from bot.commands.identifiers import as_change_id, authorization_id, user_id
from bot.commands.subcommand import Call, Group, Subcommand


async def history(subject: str | None = None, /, *, call: Call) -> History:
    """Show what was done, tried and refused, of one token, change or person if given."""
    if subject is None:
        return await call.queries.history()
    person = user_id(subject)
    if person is not None:
        return await call.queries.history(actor=person)
    if subject.startswith("@"):
        raise UserError(
            Problem(
                ErrorCode.USAGE,
                f"Slack did not say who “{subject[:40]}” is.",
                "Pick the person from the list that Slack offers, or give a user id: U0ALICE.",
            )
        )
    change = as_change_id(subject)
    if change is not None:
        found = await call.queries.history(change_id=change)
        if not found.events:
            raise UserError(no_such_change(change, call.command))
        return found
    return await call.queries.history(authorization_id=authorization_id(subject))


SUBCOMMAND = Subcommand(
    name="history",
    usage="history [ID | CHANGE | @user]",
    summary="Show what was done, tried and refused: by whom, when and why.",
    group=Group.RECORD,
    role=Role.VIEWER,
    run=history,
    explained=(
        ("ID", "What concerned this token."),
        ("CHANGE", "What concerned this change, by its id, such as 7F3K2Q."),
        ("@user", "What this person did, tried and was refused."),
    ),
)
