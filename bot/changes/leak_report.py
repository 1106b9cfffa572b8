"""A leaked secret that somebody has reported, as far as it may be recorded: never the secret."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from bot.changes.errors import Problem
from bot.changes.probe import Probe, ProbeVerdict, Search


@dataclass(frozen=True)
class Looked:
    """How one instance was looked at for a secret, and what it said.

    Attributes:
        search: How it was looked for an authorization that has the token.
        before: What InfluxDB said to the secret itself, before anything was changed.
        shown: How many tokens the secret was compared with.
        hidden: How many tokens the server does not show.
        matched: How many of them are the reported one.
        why: What went wrong with the search, if something did.
    """

    instance: str
    search: Search
    before: Probe
    shown: int = 0
    hidden: int = 0
    matched: int = 0
    why: str = ""

    @property
    def knows(self) -> bool:
        """Tell whether the instance knows the token, be it that it only says so to the secret."""
        said = {ProbeVerdict.LIVE, ProbeVerdict.INACTIVE, ProbeVerdict.OWNER_INACTIVE}
        return self.matched > 0 or self.before.verdict in said


@dataclass(frozen=True)
class Attempt:
    """What InfluxDB said to the secret after one authorization was disabled.

    Attributes:
        left: Why a token that was not the reported one stays disabled, if it does.
    """

    instance: str
    authorization_id: str
    after: Probe
    left: Problem | None = None

    @property
    def proves(self) -> bool:
        """Tell whether it shows that the secret was this authorization's."""
        return self.after.verdict is ProbeVerdict.INACTIVE

    @property
    def key(self) -> tuple[str, str]:
        """Tell which authorization it was about."""
        return self.instance, self.authorization_id


@dataclass(frozen=True)
class Lapse:
    """What an instance said to the secret before a further token was tried: it was refused by then.

    Somebody else has seen to that, so that nothing is known of the tokens that were not tried.
    """

    instance: str
    probe: Probe


class Proof(StrEnum):
    """What a report has come to.

    DEAD: it was usable, was disabled, and InfluxDB refuses it now. ALREADY_DEAD: InfluxDB refused
    it before anything was done. NOT_PROVEN: nobody can say. ALIVE: it is still usable. NOT_FOUND:
    no instance knows it. What is known of one instance holds, though another did not answer.
    """

    DEAD = "dead"
    ALREADY_DEAD = "already_dead"
    NOT_PROVEN = "not_proven"
    ALIVE = "alive"
    NOT_FOUND = "not_found"


@dataclass(frozen=True)
class ComingBack:
    """A token that another change was to enable again by itself when a report ended.

    Attributes:
        change_id: The id of the change, which was asked for with ``--for``.
        at: When its time is over.
    """

    instance: str
    authorization_id: str
    description: str
    change_id: str
    at: datetime


@dataclass(frozen=True)
class OthersChange:
    """The change that disables the other active tokens of one owner on one instance.

    Attributes:
        user: The name of the owner in InfluxDB.
        change_id: The id of the change.
    """

    instance: str
    user: str
    change_id: str


@dataclass(frozen=True)
class LeakReport:
    """What is recorded of a leaked secret; the secret itself is in its keeper's memory alone.

    Attributes:
        found_in: Where it was found, in the reporter's words.
        unusual: Whether it has not the form of a token that InfluxDB mints.
        fingerprint: Its HMAC, where a key is configured; else empty.
        others: Whether every other active token of its owner is to be disabled as well.
        looked: How each instance was looked at; empty until it was.
        order: Those that may be it by instance and id, in the order in which they are tried; what
            is not in it is not tried. Empty means as listed.
        attempts: What InfluxDB said to the secret after each authorization that was disabled.
        lapses: Where InfluxDB accepted the secret no more, though this report had not seen to it.
        others_by: The changes that disable the owners' other tokens, one for each owner.
        kept: What another change was to enable again by itself, and does not any more.
        may_return: What another change is to enable again by itself, and may be the leaked token,
            where an instance does not say which inactive token that is.
        concluded_at: When all of this was over.
    """

    found_in: str = ""
    unusual: bool = False
    fingerprint: str = ""
    others: bool = False
    looked: tuple[Looked, ...] = ()
    order: tuple[tuple[str, str], ...] = ()
    attempts: tuple[Attempt, ...] = ()
    lapses: tuple[Lapse, ...] = ()
    others_by: tuple[OthersChange, ...] = ()
    kept: tuple[ComingBack, ...] = ()
    may_return: tuple[ComingBack, ...] = ()
    concluded_at: datetime | None = None

    def named(self, instance: str) -> bool:
        """Tell whether an instance itself told which authorizations have the secret."""
        return any(each.instance == instance and each.matched for each in self.looked)

    @property
    def secret_gone(self) -> bool:
        """Tell whether the secret was gone from memory when it was to be tried."""
        said = (*(e.after for e in self.attempts), *(e.probe for e in self.lapses))
        return not all(probe.shown for probe in said)

    @property
    def proof(self) -> Proof:
        """Say what the report has come to, by what InfluxDB said to the secret last."""
        after = {each.instance: each.after for each in self.attempts}
        lapsed = {each.instance: each.probe for each in self.lapses}
        last = {e.instance: e.before for e in self.looked} | after | lapsed
        known = [each for each in self.looked if each.knows or each.instance in after]
        if not known:
            silent = any(e.before.verdict is ProbeVerdict.NOT_PROVEN for e in self.looked)
            return Proof.NOT_PROVEN if silent else Proof.NOT_FOUND
        verdicts = {last[each.instance].verdict for each in known}
        if ProbeVerdict.LIVE in verdicts:
            return Proof.ALIVE
        # Whoever activates an owner that is inactive since lets the secret work again.
        waits = any(
            last[each.instance].verdict is ProbeVerdict.OWNER_INACTIVE and not each.before.dead
            for each in known
        )
        if ProbeVerdict.NOT_PROVEN in verdicts or waits:
            return Proof.NOT_PROVEN
        by_others = all(each.before.dead or each.instance in lapsed for each in known)
        return Proof.ALREADY_DEAD if by_others else Proof.DEAD

    @property
    def proven_at(self) -> datetime | None:
        """Give when it was proven that InfluxDB refuses the secret, after this bot saw to that."""
        if self.proof is not Proof.DEAD:
            return None
        return max((each.after.at for each in self.attempts if each.after.dead), default=None)

    def seconds_from(self, reported_at: datetime) -> float | None:
        """Give the seconds from a moment, such as that of the report, until it was proven dead."""
        return None if self.proven_at is None else (self.proven_at - reported_at).total_seconds()

    def attempt(self, instance: str, authorization_id: str) -> Attempt | None:
        """Give what was found out by disabling one authorization, if it was tried."""
        named = (instance, authorization_id)
        return next((each for each in self.attempts if each.key == named), None)

    def with_attempt(self, attempt: Attempt) -> "LeakReport":
        """Note what an attempt has shown, in the place of what it had shown before."""
        others = (each for each in self.attempts if each.key != attempt.key)
        return replace(self, attempts=(*others, attempt))


@dataclass(frozen=True)
class LeakTold:
    """Who was told of a report, and how much of it.

    Attributes:
        up_to: The number in the record of the last event that stands in the thread.
        owners: The Slack users who were told that a token of theirs has leaked.
        unreached: Those who cannot be told, each with what Slack said.
        in_thread: Those of the owners of whom the thread says that they were told.
    """

    up_to: int = 0
    owners: tuple[str, ...] = ()
    unreached: tuple[tuple[str, str], ...] = ()
    in_thread: tuple[str, ...] = ()

    @property
    def why_not(self) -> Mapping[str, str]:
        """Give what Slack said of those who cannot be told, by user."""
        return dict(self.unreached)

    def joined_with(self, other: "LeakTold") -> "LeakTold":
        """Give what was told by either of two who tell at the same time."""
        return LeakTold(
            max(self.up_to, other.up_to),
            tuple(dict.fromkeys((*self.owners, *other.owners))),
            tuple(dict.fromkeys((*self.unreached, *other.unreached))),
            tuple(dict.fromkeys((*self.in_thread, *other.in_thread))),
        )
