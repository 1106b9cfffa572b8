"""The steps in the life of a change, by name: where a process can end and another goes on."""

from collections.abc import Callable
from enum import StrEnum
from typing import TypeAlias

import structlog

_log = structlog.get_logger()


class Step(StrEnum):
    """A moment between two effects that outlast the process: on the database, InfluxDB or Slack.

    RECEIVED: stored, before it is known who asks. STORED: what somebody asked for is committed, a
    request or a move of one. CLAIMED: an executor has the request's lease. PREPARED: its targets
    were looked up and stored. PREVIEWED, APPROVAL_ASKED: stored that it waits, for its requester
    or for others. HELD: its authorizations are this executor's alone. TAKEN_UP: the interruption
    of an earlier executor is recorded. READ_BEFORE, JUDGED: the targets were read, and weighed.
    INTENDED: the intents are committed. SENDING, ANSWERED: before a PATCH, and after its answer.
    READ_BACK: the targets were read once more. RECORDED: outcomes are committed. CLOSED: stored
    that it ended before anything was sent. LET_GO: its authorizations are free again. POSTING,
    POSTED: before Slack is told, and once it was. PLACED: stored where the message is, and whether
    the outcome is told. END_NOTED: stored that it was said that a timer is about to end.
    RESTORING: the change that a timer ends with is stored. REREAD: what was disabled was read
    again, and nothing is made of it yet. WATCHED: stored what this look has found. DRIFT_TOLD:
    stored that it was told. IDENTIFIED: stored whose a leaked secret is, as far as it is known.
    PROBED: InfluxDB was shown the secret, and that is not recorded yet. PROVEN: stored what it
    said. OTHERS_ASKED: the change of its owner's other tokens is stored. CONCLUDED: stored that a
    report is over. APPROVERS_LISTED: stored which approvers are told of a break-glass.
    APPROVER_TOLD: stored what one of them was told. RELEASED: the lease is given back.
    """

    RECEIVED = "received"
    STORED = "stored"
    CLAIMED = "claimed"
    PREPARED = "prepared"
    PREVIEWED = "previewed"
    APPROVAL_ASKED = "approval asked"
    HELD = "held"
    TAKEN_UP = "taken up"
    READ_BEFORE = "read before"
    JUDGED = "judged"
    INTENDED = "intended"
    SENDING = "sending"
    ANSWERED = "answered"
    READ_BACK = "read back"
    RECORDED = "recorded"
    CLOSED = "closed"
    LET_GO = "let go"
    POSTING = "posting"
    POSTED = "posted"
    PLACED = "placed"
    END_NOTED = "end noted"
    RESTORING = "restoring"
    REREAD = "reread"
    WATCHED = "watched"
    DRIFT_TOLD = "drift told"
    IDENTIFIED = "identified"
    PROBED = "probed"
    PROVEN = "proven"
    OTHERS_ASKED = "others asked"
    CONCLUDED = "concluded"
    APPROVERS_LISTED = "approvers listed"
    APPROVER_TOLD = "approver told"
    RELEASED = "released"


Reached: TypeAlias = Callable[[Step], None]
"""Is told of each step when it is reached, before anything else happens."""


def unobserved(step: Step) -> None:
    """Do nothing: nobody is told."""


def logged(step: Step) -> None:
    """Write the step to the log, at DEBUG."""
    _log.debug("reached", step=step.value)
