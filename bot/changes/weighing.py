from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.changes.authorization import Authorization, Status
from bot.changes.errors import Problem
from bot.changes.facts import (
    Facts,
    histories,
    leaked_meanwhile,
    made_so,
    surroundings,
    touches,
    weighs_operators,
)
from bot.changes.judgement import Judgement, NothingToDo, Proceed, judge
from bot.changes.ports import Authorizations, Store
from bot.changes.reading import Readings
from bot.changes.request import ChangeRequest
from bot.changes.target import Target


class Weighing:
    """Judge the targets of a request on one instance, one after the other.

    Args:
        store: The database.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    async def verdicts(
        self,
        request: ChangeRequest,
        targets: Sequence[Target],
        instance: Authorizations,
        readings: Readings,
        barred: Problem | None = None,
    ) -> Mapping[str, Judgement]:
        """Give the verdict on each target that could be read, by its id.

        An operator token that may be disabled does not count any more for those after it, so that
        a request never takes the last ones together.

        Args:
            request: Whose targets they are.
            targets: Those to judge.
            instance: The instance that has them.
            readings: What was read of them a moment ago.
            barred: Why the policy does not let the request pass now, or None.

        Raises:
            UpstreamError: If the instance does not tell what the judgement needs.
        """
        found = readings.found
        judged = [target for target in targets if target.authorization_id in found]
        around = await surroundings(judged, found, instance, readings.listed)
        past = await histories(request, judged, instance.name, self._store)
        since = await touches(request, judged, instance.name, self._store)
        leaked = await leaked_meanwhile(request, judged, instance.name, self._store)
        seen = list(around.seen)
        verdicts: dict[str, Judgement] = {}
        for target in judged:
            current = found[target.authorization_id]
            facts = Facts(
                current=current,
                barred=barred,
                leaked=target.authorization_id in leaked,
                shown=request.holds_as_shown(target),
                history=past.get(target.authorization_id),
                touch=since.get(target.authorization_id),
                own=around.own,
                seen=seen,
                active_users=around.active_users,
            )
            verdict = judge(target, facts)
            if isinstance(verdict, NothingToDo) and len(request.targets) == 1:
                verdict = NothingToDo(await made_so(request, target, current, self._store))
            verdicts[target.authorization_id] = verdict
            if isinstance(verdict, Proceed) and weighs_operators(target.update, current):
                seen = [_out_of_service(each, target) for each in seen]
        return verdicts


def _out_of_service(each: Authorization, target: Target) -> Authorization:
    if each.id != target.authorization_id:
        return each
    return replace(each, status=Status.INACTIVE)
