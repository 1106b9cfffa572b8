"""Find out which of several instances has an authorization."""

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.changes.authorization import Authorization
from bot.changes.errors import (
    AuthorizationNotFoundError,
    ErrorCode,
    OrphanError,
    Problem,
    UpstreamError,
)
from bot.changes.ports import Authorizations, Filter
from bot.changes.reading import Reading, Readings, read
from bot.changes.suggestions import did_you_mean

FIND_THE_ID = "Find the id with list and a word of the description."


@dataclass(frozen=True)
class Place:
    """What one instance said of an authorization: it has it, it has not, or it did not say."""

    instance: str
    reading: Reading

    @property
    def token(self) -> Authorization | None:
        """Give the authorization, if it was read."""
        return self.reading if isinstance(self.reading, Authorization) else None

    @property
    def has_it(self) -> bool:
        """Tell whether the authorization is there, be it without its owner."""
        return isinstance(self.reading, Authorization | OrphanError)

    @property
    def silent(self) -> bool:
        """Tell whether the instance did not say whether it has the authorization."""
        return not self.has_it and not isinstance(self.reading, AuthorizationNotFoundError)


@dataclass(frozen=True)
class Whereabouts:
    """What all instances said of one authorization."""

    authorization_id: str
    places: tuple[Place, ...]
    suggestion: str = ""

    @property
    def only(self) -> Place | None:
        """Give the one instance that has it, if every other one said that it has not."""
        having = self.having
        return having[0] if len(having) == 1 and not self.silent else None

    @property
    def having(self) -> tuple[Place, ...]:
        """List the instances that have it."""
        return tuple(place for place in self.places if place.has_it)

    @property
    def silent(self) -> tuple[Place, ...]:
        """List the instances that did not say."""
        return tuple(place for place in self.places if place.silent)

    @property
    def problem(self) -> Problem:
        """Say why nothing can be done with it, where no instance alone has it."""
        names = " and ".join(place.instance for place in self.places if not place.silent)
        if self.having:
            return Problem(
                ErrorCode.AMBIGUOUS,
                f"{self.authorization_id} was found on "
                f"{' and '.join(place.instance for place in self.having)}{self._unheard()}, so it "
                "is not clear which one is meant. Nothing was changed.",
                f"Say which one with --on {self.having[0].instance}.",
            )
        if self.silent:
            where = f"was not found on {names}, and " if names else "could not be looked up: "
            return Problem(
                ErrorCode.INSTANCE_UNAVAILABLE,
                f"{self.authorization_id} {where}{_reasons(self.silent)} Nothing was changed.",
                "Ask again later, or name the instance with --on.",
            )
        return Problem(
            ErrorCode.AUTHORIZATION_NOT_FOUND,
            f"There is no authorization {self.authorization_id} on {names}. Nothing was changed.",
            self.suggestion or FIND_THE_ID,
        )

    def _unheard(self) -> str:
        if not self.silent:
            return ""
        return f", and {_reasons(self.silent).rstrip('.')}"


def _reasons(silent: Sequence[Place]) -> str:
    return " ".join(
        place.reading.problem.message
        for place in silent
        if isinstance(place.reading, UpstreamError)
    )


async def locate(
    instances: Mapping[str, Authorizations], ids: Sequence[str]
) -> dict[str, Whereabouts]:
    """Ask every instance at once for authorizations; never take the first that answers."""
    answers = await asyncio.gather(*(read(each, ids) for each in instances.values()))
    by_instance = dict(zip(instances, answers, strict=True))
    found = {each: _whereabouts(each, by_instance) for each in ids}
    if not any(where.having or where.silent for where in found.values()):
        known = await _known(instances)
        found = {
            each: replace(where, suggestion=did_you_mean(each, known))
            for each, where in found.items()
        }
    return found


def _whereabouts(authorization_id: str, by_instance: Mapping[str, Readings]) -> Whereabouts:
    return Whereabouts(
        authorization_id,
        tuple(
            Place(name, readings.by_id[authorization_id]) for name, readings in by_instance.items()
        ),
    )


async def _known(instances: Mapping[str, Authorizations]) -> list[Authorization]:
    """List what there is, for suggestions; a courtesy that nothing depends on."""
    known: list[Authorization] = []
    for instance in instances.values():
        with contextlib.suppress(UpstreamError):
            known += await instance.list(Filter())
    return known
