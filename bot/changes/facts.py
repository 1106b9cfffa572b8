from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.changes.authorization import Authorization
from bot.changes.lockout import OwnToken
from bot.changes.policy import Decision
from bot.changes.ports import Authorizations, Filter, Store
from bot.changes.request import ChangeRequest
from bot.changes.update import AuthorizationUpdate, ChangeKind


@dataclass(frozen=True)
class Facts:
    """What is true just before a PATCH; the judgement is about this and nothing else.

    Attributes:
        current: The authorization as it was read a moment ago.
        decision: What the policy says now of whoever asked.
        undone: For an undo: the update that is to be taken back.
        recorded: For an undo: the authorization as the bot's last record has it.
        touched_by: For an undo: the user id of somebody else who asked for a change of the same
            authorization since.
        own: What is known of the bot's own token; None where its value was shown.
        seen: The authorizations that the bot can see, where an operator token is at stake.
        active_users: The owners of operator tokens among them that may use InfluxDB.
    """

    current: Authorization
    decision: Decision
    undone: AuthorizationUpdate | None = None
    recorded: Authorization | None = None
    touched_by: str | None = None
    own: OwnToken | None = None
    seen: Sequence[Authorization] = ()
    active_users: frozenset[str] = frozenset()


def weighs_operators(update: AuthorizationUpdate, current: Authorization) -> bool:
    """Tell whether an update takes an operator token out of service."""
    return update.kind is ChangeKind.DISABLE and current.operator and current.active


async def gather(
    request: ChangeRequest,
    current: Authorization,
    decision: Decision,
    instance: Authorizations,
    store: Store,
) -> Facts:
    """Read what the judgement of a request needs, and no more.

    Raises:
        UpstreamError: If the instance does not tell.
    """
    facts = Facts(current, decision)
    if request.undo_of is not None:
        facts = await _with_history(facts, request, request.undo_of, store)
    if request.update.kind is not ChangeKind.DISABLE:
        return facts
    if current.own is None:
        facts = replace(facts, own=await instance.own_token())
    if weighs_operators(request.update, current):
        facts = await _with_operators(facts, instance)
    return facts


async def _with_history(facts: Facts, request: ChangeRequest, undone: str, store: Store) -> Facts:
    target = request.target
    async with store.reading() as reading:
        original = await reading.request(undone)
        recorded = await reading.last_record(target.instance, target.authorization_id)
        other = await reading.touched_since(undone, target, request.requester.user_id)
    return replace(
        facts,
        undone=None if original is None else original.update,
        recorded=recorded,
        touched_by=None if other is None else other.requester.user_id,
    )


async def _with_operators(facts: Facts, instance: Authorizations) -> Facts:
    seen = await instance.list(Filter())
    owners = {a.user_id for a in seen if a.operator and a.active and a.id != facts.current.id}
    active = [user_id for user_id in sorted(owners) if await instance.user_active(user_id)]
    return replace(facts, seen=seen, active_users=frozenset(active))
