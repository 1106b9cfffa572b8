"""From a leaked secret to the authorizations that have it, or may have it."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from bot.changes.errors import ErrorCode, Problem, UpstreamError
from bot.changes.identifying import Identification, Statement, identify
from bot.changes.leak_report import LeakReport, Looked
from bot.changes.ports import Authorizations
from bot.changes.preparation import Preparation
from bot.changes.request import ChangeRequest
from bot.changes.target import Target
from bot.changes.update import DISABLED
from bot.changes.vault import SECRET_GONE, Vault


class Tracing:
    """Look on every instance for the token of a leaked secret.

    Args:
        instances: The InfluxDB instances by name.
        vault: Holds the secret, if this process does.
        preparation: Reads the tokens, and leaves out what could not be disabled anyway.
        clock: Tells the time.
    """

    def __init__(
        self,
        instances: Mapping[str, Authorizations],
        vault: Vault,
        preparation: Preparation,
        clock: Callable[[], datetime],
    ) -> None:
        self._instances = instances
        self._vault = vault
        self._preparation = preparation
        self._clock = clock

    async def trace(
        self, request: ChangeRequest, report: LeakReport, *, last_try: bool
    ) -> tuple[ChangeRequest, Problem | None]:
        """Give a report with what was found, and why there is nothing to disable, if there is not.

        Args:
            request: The request.
            report: What is recorded of its secret.
            last_try: Whether what cannot be reached now stays unknown; without it, an instance
                that may be reached later is waited for where nothing is found elsewhere.

        Raises:
            UpstreamError: Where an instance cannot be reached, and this is not the last try.
        """
        secret = self._vault.get(request.id)
        if secret is None:
            return request, SECRET_GONE
        found = await identify(self._instances, secret, self._clock)
        report = replace(report, looked=tuple(_looked(each) for each in found.evidence))
        request = replace(request, leak=report)
        try:
            targets = await self._targets(found)
        except UpstreamError as error:
            if error.passing and not last_try:
                raise
            return request, _owner_unread(error.problem)
        if targets:
            request = replace(request, targets=targets)
            return await self._preparation.prepare(request, last_try=last_try), None
        if found.not_proven and not found.found and not last_try:
            raise _not_reached(found.not_proven[0])
        return request, nothing_to_disable(found)

    async def _targets(self, found: Identification) -> tuple[Target, ...]:
        """Give what has the secret, where an instance tells, and else all that may have it."""
        candidates = [
            Target(each.instance, each.authorization.id, DISABLED) for each in found.matches
        ]
        for owner in found.owners:
            theirs = await self._instances[owner.instance].of_user_id(owner.user_id)
            candidates += [
                Target(owner.instance, each.id, DISABLED) for each in theirs if each.active
            ]
        return tuple(candidates)


def nothing_to_disable(found: Identification) -> Problem:
    """Say why there is no token to disable, by what the instances have said."""
    live = [each.instance for each in found.evidence if each.instance in _owned(found)]
    if live:
        return Problem(
            ErrorCode.LEAK_OWNER_UNSEEN,
            f"The secret is usable on {_named(live)}, but none of its owner's active tokens can be "
            "seen by this bot. Nothing was changed.",
            "Disable it on the API Tokens page of its owner's organisation at once, and let this "
            "bot's token read that user's authorizations.",
        )
    if found.already_inactive:
        where = _named([each.instance for each in found.already_inactive])
        return Problem(
            ErrorCode.LEAK_ALREADY_DISABLED,
            f"The secret is already disabled on {where}; this server does not say whose it is. "
            "Nothing was changed.",
            "It works again if somebody enables it, as the end of --for does: look at what waits "
            "for its end with pending, and keep it disabled.",
        )
    if found.owner_inactive:
        where = _named([each.instance for each in found.owner_inactive])
        return Problem(
            ErrorCode.LEAK_OWNER_INACTIVE,
            f"InfluxDB refuses the secret on {where}, since its owner is inactive or deleted. It "
            "works again if that user is activated. Nothing was changed.",
            "Disable the user's tokens before anybody activates them.",
        )
    if found.not_proven:
        where = _named([each.instance for each in found.not_proven])
        return Problem(
            ErrorCode.LEAK_NOT_LOOKED_AT,
            f"It is not known whether {where} knows the secret: {found.not_proven[0].probe.detail} "
            "Nothing was changed.",
            "Report it again once that is mended.",
        )
    return Problem(
        ErrorCode.LEAK_NOT_FOUND,
        "No InfluxDB instance of this bot knows the secret. Nothing was changed.",
        "It may be of another product or instance, be incomplete, or be of a token that was "
        "deleted.",
    )


def _owned(found: Identification) -> set[str]:
    return {owner.instance for owner in found.owners}


def _looked(each: Statement) -> Looked:
    sighting = each.sighting
    return Looked(
        instance=each.instance,
        search=sighting.search,
        before=each.probe,
        shown=sighting.shown,
        hidden=sighting.hidden,
        matched=len(sighting.matches),
        why=sighting.why,
    )


def _named(instances: list[str]) -> str:
    return " and ".join(instances)


def _owner_unread(problem: Problem) -> Problem:
    return Problem(
        problem.code,
        f"The secret is usable, but its owner's tokens could not be listed. {problem.message} "
        "Nothing was changed.",
        problem.hint,
    )


def _not_reached(silent: Statement) -> UpstreamError:
    problem = Problem(ErrorCode.INSTANCE_UNAVAILABLE, silent.probe.detail)
    return UpstreamError(problem, passing=True)
