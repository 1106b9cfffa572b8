"""Find and read the targets of a request before anybody confirms or approves it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from bot.changes import outcomes
from bot.changes.errors import (
    AuthorizationNotFoundError,
    BotError,
    ErrorCode,
    OrphanError,
    Problem,
    UpstreamError,
)
from bot.changes.judgement import Judgement, NothingToDo, Refuse
from bot.changes.locating import Whereabouts, locate
from bot.changes.ports import Authorizations
from bot.changes.reading import Reading, Readings, of_user, read
from bot.changes.request import ChangeRequest
from bot.changes.states import TargetState, move_target
from bot.changes.target import Choice, Selection, Target
from bot.changes.weighing import Weighing


class Preparation:
    """Prepare requests: look up a user's tokens, find the instance, read, and leave out.

    What could not be changed anyway is left out, each with its reason: the bot's own token, the
    last operator token, what is so already, what is not there.

    Args:
        instances: The InfluxDB instances by name.
        weighing: Judges targets.
        clock: Tells the time.
    """

    def __init__(
        self,
        instances: Mapping[str, Authorizations],
        weighing: Weighing,
        clock: Callable[[], datetime],
    ) -> None:
        self._instances = instances
        self._weighing = weighing
        self._clock = clock

    async def prepare(self, request: ChangeRequest, *, last_try: bool) -> ChangeRequest:
        """Give a request with its targets found and read.

        Args:
            request: The request.
            last_try: Whether what cannot be read has failed; without it, an instance that may be
                reached later is waited for.

        Raises:
            BotError: If the tokens of the selected user cannot be listed, or there are none.
            UpstreamError: Where an instance cannot be reached, and this is not the last try.
        """
        request = replace(request, prepared=True)
        if request.selection is not None and not request.targets:
            request = replace(request, targets=await self._selected(request.selection))
        request = await self._located(request, last_try=last_try)
        for name in dict.fromkeys(target.instance for target in request.targets):
            instance = self._instances.get(name)
            theirs = [
                target
                for target in request.targets
                if target.instance == name and target.state is TargetState.PENDING
            ]
            if name and theirs:
                request = request.with_targets(
                    *await self._read(request, theirs, instance, last_try=last_try)
                )
        return request

    async def _selected(self, selection: Selection) -> tuple[Target, ...]:
        instance = self._instances.get(selection.instance)
        if instance is None:
            raise BotError(outcomes.untouched(outcomes.instance_unknown(selection.instance)))
        found = await of_user(instance, selection.user)
        if not found:
            raise BotError(
                Problem(
                    ErrorCode.NOTHING_SELECTED,
                    f"{selection.user} has no active token on {selection.instance} that this bot "
                    "can see. Nothing was changed.",
                    "List the user's tokens with list --user.",
                )
            )
        return tuple(Target(selection.instance, a.id, selection.update) for a in found)

    async def _located(self, request: ChangeRequest, *, last_try: bool) -> ChangeRequest:
        lost = [t for t in request.targets if not t.instance and t.state is TargetState.PENDING]
        if not lost:
            return request
        if len(self._instances) == 1:
            (name,) = self._instances
            return request.with_targets(*(replace(t, instance=name) for t in lost))
        places = await locate(self._instances, [t.authorization_id for t in lost])
        for target in lost:
            place = places[target.authorization_id]
            if place.only is not None:
                located = replace(target, instance=place.only.instance)
                request = request.with_targets(located)
            elif len(request.targets) == 1 and _choices(place):
                request = replace(request, choices=_choices(place))
            else:
                if not place.having and not last_try:
                    _wait_for(each.reading for each in place.silent)
                state = TargetState.FAILED if place.silent else TargetState.REFUSED
                request = request.with_targets(self._ended(target, state, place.problem))
        return request

    async def _read(
        self,
        request: ChangeRequest,
        targets: list[Target],
        instance: Authorizations | None,
        *,
        last_try: bool,
    ) -> list[Target]:
        if instance is None:
            problem = outcomes.untouched(outcomes.instance_unknown(targets[0].instance))
            return [self._ended(target, TargetState.FAILED, problem) for target in targets]
        readings = await read(
            instance, [t.authorization_id for t in targets], suggesting=len(request.targets) == 1
        )
        try:
            verdicts = await self._weighing.verdicts(request, targets, instance, readings)
        except UpstreamError as error:
            readings = Readings(dict.fromkeys(readings.by_id, error))
            verdicts = {}
        if not last_try:
            _wait_for(readings.by_id.values())
        return [
            self._prepared(t, readings.by_id[t.authorization_id], verdicts.get(t.authorization_id))
            for t in targets
        ]

    def _prepared(self, target: Target, reading: Reading, verdict: Judgement | None) -> Target:
        if isinstance(reading, UpstreamError):
            gone = isinstance(reading, AuthorizationNotFoundError | OrphanError)
            state = TargetState.REFUSED if gone else TargetState.FAILED
            return self._ended(target, state, outcomes.untouched(reading.problem))
        target = replace(target, before=reading)
        match verdict:
            case Refuse(problem):
                return self._ended(target, TargetState.REFUSED, outcomes.untouched(problem))
            case NothingToDo(made_so):
                return replace(self._ended(target, TargetState.UNCHANGED, made_so), after=reading)
            case _:
                return target

    def _ended(self, target: Target, state: TargetState, problem: Problem | None) -> Target:
        return replace(
            target,
            state=move_target(target.state, state),
            problem=problem,
            finished_at=self._clock(),
        )


def _wait_for(readings: Iterable[Reading]) -> None:
    """Raise the error of an instance that may be reached later, if there is one."""
    for reading in readings:
        if isinstance(reading, UpstreamError) and reading.passing:
            raise reading


def _choices(place: Whereabouts) -> tuple[Choice, ...]:
    return tuple(
        Choice(each.instance, each.token) for each in place.having if each.token is not None
    )
