"""What was found in a message that somebody has checked."""

from dataclasses import replace

import pytest
from syrupy.assertion import SnapshotAssertion

from bot import block_kit
from bot.changes.authorization import Authorization, Status
from bot.changes.errors import (
    AuthorizationNotFoundError,
    ErrorCode,
    OrphanError,
    Problem,
    UpstreamError,
)
from bot.changes.identifying import Identification, LiveTokenOwner, Statement
from bot.changes.locating import Place, Whereabouts
from bot.changes.message_check import CheckedMessage
from bot.changes.probe import Probe, ProbeVerdict, Search, Sighting
from bot.slack.blocks.checked_message import checked_message
from tests.slack.blocks.samples import BUSY, NOW, OWNER_GONE, TOKEN, drawn

INACTIVE = replace(TOKEN, id="0f0b90b49dc03001", status=Status.INACTIVE, description="")
AWKWARD = replace(TOKEN, description="<!channel> *bold* & `code`", user="<@U0ALICE>")
NONE = Problem(ErrorCode.AUTHORIZATION_NOT_FOUND, "There is none.")


def _evidence(
    verdict: ProbeVerdict, *matches: Authorization, instance: str = "prod", detail: str = "HTTP 401"
) -> Statement:
    user_id = TOKEN.user_id if verdict is ProbeVerdict.LIVE else None
    how = Search.COMPARED if matches else Search.HIDDEN
    return Statement(instance, Probe(verdict, NOW, user_id, detail), Sighting(how, matches))


def _secret(*evidence: Statement) -> Identification:
    return Identification(evidence, NOW)


def _checked(*secrets: Identification, **more: object) -> CheckedMessage:
    usual = {
        "ids": (),
        "more_secrets": 0,
        "more_ids": 0,
        "cut": False,
        "may_disable": True,
        "command": "/token",
        **more,
    }
    return CheckedMessage(secrets, **usual)  # type: ignore[arg-type]  # its own fields


SILENT = _evidence(
    ProbeVerdict.NOT_PROVEN, instance="lab", detail="InfluxDB lab did not answer within 10 s."
)
OWNED = _secret(_evidence(ProbeVerdict.LIVE))


@pytest.mark.parametrize(
    "checked",
    [
        pytest.param(_checked(), id="nothing"),
        pytest.param(_checked(_secret(_evidence(ProbeVerdict.LIVE, TOKEN))), id="live and named"),
        pytest.param(
            _checked(_secret(_evidence(ProbeVerdict.NOT_PROVEN, TOKEN))), id="active but not probed"
        ),
        pytest.param(
            _checked(_secret(_evidence(ProbeVerdict.LIVE, TOKEN)), may_disable=False),
            id="by a viewer",
        ),
        pytest.param(_checked(_secret(_evidence(ProbeVerdict.LIVE, AWKWARD))), id="awkward words"),
        pytest.param(
            _checked(_secret(_evidence(ProbeVerdict.INACTIVE, INACTIVE))), id="named and inactive"
        ),
        pytest.param(
            _checked(_secret(_evidence(ProbeVerdict.OWNER_INACTIVE, TOKEN))),
            id="its owner is inactive",
        ),
        pytest.param(
            _checked(OWNED, names={LiveTokenOwner("prod", TOKEN.user_id): "telegraf"}),
            id="hidden and live",
        ),
        pytest.param(_checked(OWNED), id="hidden and live, of a user without a name"),
        pytest.param(_checked(_secret(_evidence(ProbeVerdict.INACTIVE))), id="hidden and inactive"),
        pytest.param(_checked(_secret(_evidence(ProbeVerdict.OWNER_INACTIVE))), id="an orphan's"),
        pytest.param(
            _checked(
                _secret(
                    _evidence(ProbeVerdict.UNKNOWN_TOKEN),
                    _evidence(ProbeVerdict.UNKNOWN_TOKEN, instance="lab"),
                )
            ),
            id="unknown on both",
        ),
        pytest.param(
            _checked(_secret(_evidence(ProbeVerdict.UNKNOWN_TOKEN), SILENT)), id="one does not say"
        ),
        pytest.param(
            _checked(more_secrets=1, more_ids=3, cut=True, ids=()), id="more than are looked up"
        ),
    ],
)
def test_what_is_known_of_a_secret(checked: CheckedMessage, snapshot: SnapshotAssertion) -> None:
    """What it is, what can be done, and what to do about the message; never the secret."""
    assert drawn(checked_message(checked)) == snapshot


@pytest.mark.parametrize(
    "places",
    [
        pytest.param((Place("prod", TOKEN),), id="active"),
        pytest.param((Place("prod", INACTIVE),), id="inactive"),
        pytest.param((Place("prod", TOKEN), Place("lab", UpstreamError(BUSY))), id="one is silent"),
        pytest.param((Place("prod", OrphanError(OWNER_GONE)),), id="an orphan"),
        pytest.param(
            (
                Place("prod", AuthorizationNotFoundError(NONE)),
                Place("lab", AuthorizationNotFoundError(NONE)),
            ),
            id="on none",
        ),
        pytest.param(
            (
                Place("prod", AuthorizationNotFoundError(NONE)),
                Place("lab", UpstreamError(BUSY)),
            ),
            id="perhaps on the other",
        ),
    ],
)
def test_what_is_known_of_an_id(places: tuple[Place, ...], snapshot: SnapshotAssertion) -> None:
    """Each instance that has it offers Show and Disable."""
    checked = _checked(ids=(Whereabouts(TOKEN.id, places),))
    assert drawn(checked_message(checked)) == snapshot


@pytest.mark.parametrize("description", ["short", "as long as what is shown of one " * 10])
def test_tokens_on_many_instances_fit_into_one_message(description: str) -> None:
    """Its buttons must be there, for what is live above all; what is left out is said."""
    token = replace(TOKEN, description=description, user="u" * 300, org="o" * 300)
    on = ("prod", "standby", "staging", "lab")
    unknown = _secret(*(_evidence(ProbeVerdict.UNKNOWN_TOKEN, instance=each) for each in on))
    live = _secret(*(_evidence(ProbeVerdict.LIVE, token, instance=each) for each in on))
    where = Whereabouts(token.id, tuple(Place(each, token) for each in on))

    message = checked_message(_checked(unknown, *[live] * 4, ids=(where,) * 5))

    assert block_kit.problems({"text": message.text, "blocks": list(message.blocks)}) == []
    assert str(message.blocks[1]).count("A live API token") == 1
    assert " more do not fit in here. Check the message again" in str(message.blocks[-1])
