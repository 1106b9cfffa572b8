"""Find out on which instance a leaked token is known, whose it is, and whether it is live."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from pydantic import SecretStr

from bot.changes.authorization import Authorization
from bot.changes.errors import UpstreamError
from bot.changes.ports import Authorizations
from bot.changes.probe import Probe, ProbeVerdict, Search, Sighting


@dataclass(frozen=True)
class Statement:
    """What one instance said of a leaked token."""

    instance: str
    probe: Probe
    sighting: Sighting

    @property
    def unnamed(self) -> bool:
        """Tell whether the instance did not say which authorization has the token."""
        return not self.sighting.matches


@dataclass(frozen=True)
class Match:
    """An authorization that has exactly the leaked token."""

    instance: str
    authorization: Authorization


@dataclass(frozen=True)
class LiveTokenOwner:
    """The user whose token a live one is, where the instance does not say which one of theirs."""

    instance: str
    user_id: str


@dataclass(frozen=True)
class Identification:
    """What all instances said of a leaked token.

    Attributes:
        evidence: Of each instance, in the order of the configuration.
        at: When it was known.
    """

    evidence: tuple[Statement, ...]
    at: datetime

    @property
    def matches(self) -> tuple[Match, ...]:
        """Give the authorizations that have exactly this token, active or not."""
        return tuple(
            Match(each.instance, found) for each in self.evidence for found in each.sighting.matches
        )

    @property
    def owners(self) -> tuple[LiveTokenOwner, ...]:
        """Give whose the token is where it is live, but the instance does not say which it is."""
        return tuple(
            LiveTokenOwner(each.instance, each.probe.user_id)
            for each in self._unnamed(ProbeVerdict.LIVE)
            if each.probe.user_id is not None
        )

    @property
    def already_inactive(self) -> tuple[Statement, ...]:
        """Give where the token is disabled already, but the instance does not say which it is."""
        return self._unnamed(ProbeVerdict.INACTIVE)

    @property
    def owner_inactive(self) -> tuple[Statement, ...]:
        """Give where its owner is inactive or gone, and the instance does not say which it is."""
        return self._unnamed(ProbeVerdict.OWNER_INACTIVE)

    @property
    def unknown(self) -> tuple[Statement, ...]:
        """Give the instances that do not know the token."""
        return self._unnamed(ProbeVerdict.UNKNOWN_TOKEN)

    @property
    def not_proven(self) -> tuple[Statement, ...]:
        """Give the instances that did not say whether they know the token."""
        return self._unnamed(ProbeVerdict.NOT_PROVEN)

    @property
    def found(self) -> bool:
        """Tell whether some instance knows the token, be it without saying which it is."""
        return any(
            each.sighting.matches
            or each.probe.verdict not in {ProbeVerdict.UNKNOWN_TOKEN, ProbeVerdict.NOT_PROVEN}
            for each in self.evidence
        )

    def _unnamed(self, verdict: ProbeVerdict) -> tuple[Statement, ...]:
        return tuple(
            each for each in self.evidence if each.unnamed and each.probe.verdict is verdict
        )


async def identify(
    instances: Mapping[str, Authorizations], secret: SecretStr, clock: Callable[[], datetime]
) -> Identification:
    """Ask every instance at once what it knows of a leaked token; it never raises UpstreamError.

    Each is sent the token itself as well as looked through, since a token that it does not show,
    or that the bot may not see, can be live all the same.

    Args:
        instances: The InfluxDB instances by name.
        secret: The leaked token.
        clock: Tells the time.
    """
    evidence = await asyncio.gather(
        *(_ask(name, instance, secret) for name, instance in instances.items())
    )
    return Identification(tuple(evidence), clock())


async def _ask(name: str, instance: Authorizations, secret: SecretStr) -> Statement:
    probe, sighting = await asyncio.gather(instance.probe(secret), _look(instance, secret))
    return Statement(name, probe, sighting)


async def _look(instance: Authorizations, secret: SecretStr) -> Sighting:
    try:
        return await instance.find_by_secret(secret)
    except UpstreamError as error:
        return Sighting(Search.FAILED, why=error.problem.message)
