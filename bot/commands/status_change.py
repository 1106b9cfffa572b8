"""What disable and enable share: tokens get a status, and a description if given."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from bot.changes.authorization import Status
from bot.changes.break_glass import MOST_TOKENS
from bot.changes.errors import ErrorCode, Problem, UserError
from bot.changes.policy import Role
from bot.changes.target import Selection, Target
from bot.changes.update import AuthorizationUpdate
from bot.changes.wish import Wish
from bot.commands.answers import Accepted, Later
from bot.commands.identifiers import authorization_id
from bot.commands.subcommand import Call, Explained

IDS: Final[Explained] = ("ID…", "The tokens, by their ids; list shows them.")
REASON: Final[Explained] = ("--reason TEXT", "Why, for the record and for whoever reads of it.")
DESCRIBE: Final[Explained] = ("--describe TEXT", "Sets this description as well.")
DRY_RUN: Final[Explained] = ("--dry-run", "Says what would happen, and changes nothing.")
# More ids do not fit into one command's text anyway.
_MOST_IDS = 100


@dataclass(frozen=True)
class StatusChange:
    """How the status of some tokens is to be changed, as it was typed.

    Attributes:
        ids: The authorizations' ids.
        status: The new status.
        user: The name of a user whose active tokens are meant, in place of ids.
        reason: Why, for the record.
        describe: The new description, or None to leave it.
        lasts: After how long it ends by itself; None for never.
        on: The name of the InfluxDB instance, if it was named.
        dry_run: Whether only to say what would happen.
        break_glass: Whether to disable at once even where that needs an approval.
    """

    ids: Sequence[str]
    status: Status
    user: str | None = None
    reason: str = ""
    describe: str | None = None
    lasts: timedelta | None = None
    on: str | None = None
    dry_run: bool = False
    break_glass: bool = False


async def change_status(call: Call, wanted: StatusChange) -> Accepted | Later:
    """Open the change of tokens' status, or preview it.

    Raises:
        UserError: If it names no token, or both ids and a user, or what break-glass is not for.
    """
    if wanted.break_glass:
        _check_break_glass(wanted)
    update = AuthorizationUpdate(wanted.status, wanted.describe)
    wish = _wish(call, wanted, update)
    if wanted.dry_run:
        await call.intake.admit(call.ask, Role.OPERATOR, f"{update.kind} --dry-run")
        draft = wish.draft(call.ask)
        return Later(lambda: call.queries.preview(draft))
    request = await call.intake.open(call.ask, wish)
    return Accepted(request, needlessly=wanted.break_glass and request.break_glass is None)


def _check_break_glass(wanted: StatusChange) -> None:
    """Refuse what is not named, explained, and to be disabled for good."""
    if wanted.user is not None:
        raise _usage("--break-glass takes tokens by their ids, not --user.")
    if wanted.lasts is not None:
        raise _usage("--break-glass disables for good, not --for a time.")
    if wanted.describe is not None:
        raise _usage("--break-glass disables and does nothing else; describe the token afterwards.")
    if not wanted.reason.strip():
        raise _usage("--break-glass needs a reason: --reason TEXT.")
    if len(_ids(wanted.ids)) > MOST_TOKENS:
        count = len(_ids(wanted.ids))
        raise _usage(f"That names {count} tokens, and {MOST_TOKENS} are the most by --break-glass.")


def _wish(call: Call, wanted: StatusChange, update: AuthorizationUpdate) -> Wish:
    instance = call.instance_named(wanted.on)
    if wanted.user is not None:
        if wanted.ids:
            raise _usage("Name tokens by their ids, or a user with --user, not both.")
        if not instance:
            raise _usage("--user needs --on INSTANCE, since there are several instances.")
        selection = Selection(instance, wanted.user, update)
        return Wish(selection=selection, reason=wanted.reason, lasts=wanted.lasts)
    ids = _ids(wanted.ids)
    if not ids:
        raise _usage("ID or --user NAME is missing.")
    if len(ids) > _MOST_IDS:
        raise _usage(f"That names {len(ids)} tokens, and {_MOST_IDS} are the most at once.")
    targets = tuple(Target(instance, each, update) for each in ids)
    return Wish(targets, reason=wanted.reason, lasts=wanted.lasts, break_glass=wanted.break_glass)


def _ids(typed: Sequence[str]) -> list[str]:
    """Read ids, each once; words that follow one may be meant as the reason."""
    found: list[str] = []
    for each in (part for word in typed for part in word.replace(",", " ").split()):
        try:
            found.append(authorization_id(each))
        except UserError as error:
            if not found:
                raise
            hint = f"{error.problem.hint} For a reason write --reason TEXT."
            raise UserError(replace(error.problem, hint=hint)) from None
    return list(dict.fromkeys(found))


def _usage(message: str) -> UserError:
    return UserError(Problem(ErrorCode.USAGE, message))
