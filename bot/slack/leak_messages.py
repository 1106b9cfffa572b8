from collections.abc import Callable, Sequence
from dataclasses import replace

import structlog

from bot.changes.audit import ChainedEvent
from bot.changes.deciding import second_person
from bot.changes.decision import Wanted
from bot.changes.leaked import disabled
from bot.changes.owners import owner_of
from bot.changes.policy import Policy, Role
from bot.changes.ports import Remember
from bot.changes.request import ChangeRequest
from bot.changes.states import RequestState, TargetState
from bot.changes.target import Target
from bot.changes.update import ChangeKind
from bot.slack.blocks.leaks.owner import owner_message
from bot.slack.blocks.leaks.receipt import OwnerTold, owned
from bot.slack.blocks.leaks.timeline import news, timeline_message
from bot.slack.placing import Placing
from bot.slack.sending import NotReachableError, Sending

_log = structlog.get_logger()


class LeakMessages:
    """Tell what goes with a leaked secret's receipt: its timeline, and its owner's own message.

    Args:
        sending: Hands messages to Slack.
        placing: Puts messages where they belong.
        policy: Gives the policy in force: who answers for whose tokens.
    """

    def __init__(self, sending: Sending, placing: Placing, policy: Callable[[], Policy]) -> None:
        self._sending = sending
        self._placing = placing
        self._policy = policy

    def owners(self, request: ChangeRequest) -> tuple[OwnerTold, ...]:
        """Say whose token was disabled as leaked, and whether they were told."""
        told, why_not = request.leak_told.owners, request.leak_told.why_not
        owners = ((target, self._owner(target)) for target in owned(request))
        return tuple(
            OwnerTold(
                target.seen.user if target.seen else "",
                who,
                told=who in told,
                why_not=why_not.get(who or "", ""),
            )
            for target, who in owners
        )

    def undo_rule(self, request: ChangeRequest) -> str:
        """Say why the undo of a leaked token's disable needs a second person; empty if not."""
        if request.leak is None:
            return ""
        wanted = Wanted(
            Role.OPERATOR,
            frozenset({ChangeKind.ENABLE}),
            targets=max(1, len(request.in_state(TargetState.DONE))),
            leaked=True,
        )
        needed = second_person(self._policy(), wanted)
        return "" if needed is None else needed.rule

    async def tell_owners(self, request: ChangeRequest, remember: Remember) -> ChangeRequest:
        """Tell each owner once, in a direct message, that a token of theirs was disabled.

        Whoever cannot be told is not tried again: somebody else has to tell them.

        Raises:
            AnnouncementError: If Slack did not take it, and may later.
        """
        if request.leak is None or request.state is not RequestState.FINISHED:
            return request
        theirs: dict[str, list[Target]] = {}
        for target in disabled(request):
            who = self._owner(target)
            known = {*request.leak_told.owners, *request.leak_told.why_not}
            if who is not None and who not in known:
                theirs.setdefault(who, []).append(target)
        for who, targets in theirs.items():
            drawn = owner_message(request, request.leak, targets)
            try:
                await self._sending.post(who, drawn, request)
            except NotReachableError as error:
                _log.warning("an owner cannot be told", owner=who, reason=str(error))
                told = request.leak_told
                told = replace(told, unreached=(*told.unreached, (who, str(error))))
            else:
                told = request.leak_told
                told = replace(told, owners=(*told.owners, who))
            request = replace(request, leak_told=told)
            await remember(request)
        return request

    async def tell_timeline(
        self,
        request: ChangeRequest,
        record: Sequence[ChainedEvent],
        remember: Remember,
    ) -> ChangeRequest:
        """Post what the thread of a report does not tell yet, in one reply.

        Args:
            request: The report.
            record: What is recorded of it, of its undo and of what it has led to, oldest first.
            remember: Stores what Slack has taken.

        Raises:
            AnnouncementError: If Slack did not take it, and may later.
        """
        told = request.leak_told
        events = news(record, told.up_to)
        owners = [each for each in told.owners if each not in told.in_thread]
        if not record or request.message is None or not (events or owners):
            return request
        drawn = timeline_message(events, request.id, owners)
        await self._placing.in_thread(request, drawn)
        told = replace(told, up_to=record[-1].sequence, in_thread=told.owners)
        request = replace(request, leak_told=told)
        await remember(request)
        return request

    def _owner(self, target: Target) -> str | None:
        seen = target.seen
        if seen is None:
            return None
        return owner_of(self._policy(), target.instance, seen.user, seen.user_id)
