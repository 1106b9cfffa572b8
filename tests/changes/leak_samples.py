"""Reports of leaked secrets to begin a test with."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.changes.leak_report import Attempt, LeakReport, Looked
from bot.changes.probe import Probe, ProbeVerdict, Search
from bot.changes.request import ChangeRequest
from bot.changes.states import TargetState
from bot.changes.target import Target
from tests.changes.samples import DISABLE, NOON, authorization, change

SOON = NOON + timedelta(seconds=2)


def said(verdict: ProbeVerdict, **fields: Any) -> Probe:
    """Make what an instance said to the secret, but for what is given."""
    return replace(Probe(verdict, SOON, None, ""), **fields)


def tried(target: Target, verdict: ProbeVerdict, **fields: Any) -> Attempt:
    """Make what was said to the secret after a token was disabled."""
    return Attempt(target.instance, target.authorization_id, said(verdict), **fields)


def looked(instance: str = "default", *, matched: int = 0, **fields: Any) -> Looked:
    """Make how an instance was looked at that hides its tokens, but for what is given."""
    usual = Looked(instance, Search.HIDDEN, said(ProbeVerdict.LIVE), matched=matched)
    return replace(usual, **fields)


def candidate(
    number: int, state: TargetState = TargetState.PENDING, instance: str = "default"
) -> Target:
    """Make a token of Alice's that may be the leaked one."""
    before = authorization(id=f"0d0d0d0d0d0d000{number}", description=f"telegraf {number}")
    usual = Target(instance, before.id, DISABLE, state, before=before)
    if state is not TargetState.DONE:
        return usual
    return replace(usual, after=replace(before, revision=2), finished_at=NOON)


def case(*targets: Target, report: LeakReport, **fields: Any) -> ChangeRequest:
    """Make the request of a report whose tokens are known."""
    return change(targets=targets, leak=report, **fields)
