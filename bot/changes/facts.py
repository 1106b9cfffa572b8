from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.changes.authorization import Authorization, Status
from bot.changes.errors import ErrorCode, Problem
from bot.changes.lockout import OwnToken
from bot.changes.ports import Authorizations, Filter, Requests, Store
from bot.changes.request import ChangeRequest
from bot.changes.target import Target
from bot.changes.update import AuthorizationUpdate, ChangeKind

_NEWEST = 5


@dataclass(frozen=True)
class History:
    """What the record says of a token whose change is to be taken back.

    Attributes:
        undone: The update that is to be taken back.
        recorded: The authorization as the bot's last record has it.
        touched_by: The user id of somebody who asked for a change of the same token since.
    """

    undone: AuthorizationUpdate | None = None
    recorded: Authorization | None = None
    touched_by: str | None = None


@dataclass(frozen=True)
class Touch:
    """What the bot did last with a token after a change that failed and is tried again.

    Attributes:
        change_id: The change that did it, or is about to.
        by: The user id of whoever asked for that.
        target: What became of the token there.
    """

    change_id: str
    by: str
    target: Target


@dataclass(frozen=True)
class Facts:
    """What is true just before a PATCH; the judgement is about this and nothing else.

    Attributes:
        current: The authorization as it was read a moment ago.
        barred: Why the policy does not let it pass now, or None.
        leaked: Whether it is to be enabled by itself, and was disabled as leaked.
        shown: Whether somebody has confirmed or approved what was shown.
        history: For an undo: what the record says.
        touch: For a retry: what was asked for since it failed, if anything was.
        own: What is known of the bot's own token; None where its value was shown.
        seen: The authorizations that the bot can see, where an operator token is at stake.
        active_users: The owners of operator tokens among them that may use InfluxDB.
    """

    current: Authorization
    barred: Problem | None = None
    leaked: bool = False
    shown: bool = False
    history: History | None = None
    touch: Touch | None = None
    own: OwnToken | None = None
    seen: Sequence[Authorization] = ()
    active_users: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Surroundings:
    """What is true of an instance beside the tokens that are to be changed; see ``Facts``."""

    own: OwnToken | None = None
    seen: Sequence[Authorization] = ()
    active_users: frozenset[str] = frozenset()


def weighs_operators(update: AuthorizationUpdate, current: Authorization) -> bool:
    """Tell whether an update takes an operator token out of service."""
    return update.kind is ChangeKind.DISABLE and current.operator and current.active


async def surroundings(
    targets: Sequence[Target],
    found: Mapping[str, Authorization],
    instance: Authorizations,
    listed: Sequence[Authorization] | None,
) -> Surroundings:
    """Read what the judgement of some targets needs beside them, and no more.

    Args:
        targets: Those that are to be judged.
        found: The authorizations as they were read, by id.
        instance: The instance that has them.
        listed: All that the instance showed a moment ago, if it was asked.

    Raises:
        UpstreamError: If the instance does not tell.
    """
    disabled = [
        (t, found[t.authorization_id])
        for t in targets
        if t.update.kind is ChangeKind.DISABLE and t.authorization_id in found
    ]
    own = None
    if any(current.own is None for _, current in disabled):
        own = await instance.own_token()
    if not any(weighs_operators(target.update, current) for target, current in disabled):
        return Surroundings(own)
    seen = await instance.list(Filter()) if listed is None else listed
    owners = {a.user_id for a in seen if a.operator and a.active}
    active = [user_id for user_id in sorted(owners) if await instance.user_active(user_id)]
    return Surroundings(own, seen, frozenset(active))


async def histories(
    request: ChangeRequest, targets: Sequence[Target], instance: str, store: Store
) -> Mapping[str, History]:
    """Read what the record says of targets of an undo, by their ids; nothing if it is none.

    The retry of an undo that failed is judged as the undo.

    Args:
        request: Whose targets they are.
        targets: The targets, all on one instance.
        instance: That instance.
        store: The database.
    """
    if request.undo_of is None and request.retry_of is None:
        return {}
    ids = [target.authorization_id for target in targets]
    # Where nobody asks, a later word of the requester's own counts as well.
    except_for = None if request.automatic else request.requester.user_id
    async with store.reading() as reading:
        taken_back = await _taken_back(request, reading)
        if taken_back is None:
            return {}
        original = await reading.request(taken_back)
        recorded = await reading.last_records(instance, ids)
        touched = await reading.touched_since(
            taken_back, instance, ids, except_for=except_for, until=request.id or None
        )
    undone = {} if original is None else {t.authorization_id: t.update for t in original.targets}
    return {each: History(undone.get(each), recorded.get(each), touched.get(each)) for each in ids}


async def leaked_meanwhile(
    request: ChangeRequest, targets: Sequence[Target], instance: str, store: Store
) -> frozenset[str]:
    """Name those among targets that were disabled as leaked, where nobody asks to enable them.

    Where somebody does, the policy says who else has to agree.
    """
    ids = [target.authorization_id for target in targets if target.update.status is Status.ACTIVE]
    if not request.automatic or not ids:
        return frozenset()
    async with store.reading() as reading:
        return frozenset(await reading.disabled_as_leaked(instance, ids))


async def made_so(
    request: ChangeRequest, target: Target, current: Authorization, store: Store
) -> Problem | None:
    """Name the change that left an authorization as it is, and who had asked for it.

    None where it was written to since, or before this bot's record.
    """
    async with store.reading() as reading:
        newest = await reading.changes_of(target.instance, target.authorization_id, _NEWEST)
    for change in newest:
        for each in change.targets:
            left = each.after if each.key == target.key and each.state.effective else None
            if left is None or left.updated_at is None or change.id == request.id:
                continue
            if left.revision != current.revision:
                return None
            return Problem(
                ErrorCode.ALREADY_SO,
                f"Change {change.id} made it so.",
                by=change.requester.user_id,
            )
    return None


async def touches(
    request: ChangeRequest, targets: Sequence[Target], instance: str, store: Store
) -> Mapping[str, Touch]:
    """Read what was done last with targets of a retry since they failed, by their ids.

    Nothing if it is no retry; earlier tries that failed as well have touched nothing.
    """
    if request.retry_of is None:
        return {}
    ids = [target.authorization_id for target in targets]
    async with store.reading() as reading:
        last = await reading.last_touches(request.retry_of, instance, ids, until=request.id or None)
    return {
        target.authorization_id: Touch(found.id, found.requester.user_id, target)
        for each, found in last.items()
        for target in found.targets
        if (target.instance, target.authorization_id) == (instance, each)
    }


async def _taken_back(request: ChangeRequest, reading: Requests) -> str | None:
    """Name the change that a request takes back, be it as the retry of an undo that failed."""
    while request.undo_of is None and request.retry_of is not None:
        tried_before = await reading.request(request.retry_of)
        if tried_before is None:
            return None
        request = tried_before
    return request.undo_of
