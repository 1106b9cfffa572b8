"""What a form says that it is about is a name, and gives nobody a right to anything."""

import json

from bot.sandbox import cast
from bot.sandbox.influxdb.organisation import (
    BOT_AUTHORIZATION,
    INACTIVE_LOAD_TEST,
    TELEGRAF_EDGE_42,
)
from tests.attacks import APPROVALS, forge_form
from tests.slack.fit_for_people import assert_fit_for_people
from tests.world import World

HUGE = "<!channel> " * 9_000
TYPED = {"description": "mine", "reason": "because", "secret": "short", "found_in": "a gist"}
FORMS = ("disable_with_reason", "describe_token", "deny_change", "report_leak", "token_details")
# Nothing, no JSON, no object, of another schema, of other types, of what there is not.
ABOUT: tuple[str, ...] = (
    *("", "not JSON", "[]", "[" * 50_000, '"text"', "null", '{"instance": "\\u0000"}'),
    *(
        json.dumps(each)
        for each in (
            {},
            {"schema": 2, "instance": "default", "token": TELEGRAF_EDGE_42},
            {"instance": ["default"], "token": {"id": TELEGRAF_EDGE_42}},
            {"instance": "eu-2", "token": TELEGRAF_EDGE_42},
            {"instance": "default", "token": "../../users"},
            {"instance": HUGE, "token": HUGE, "change": HUGE, "seen": HUGE, "channel": HUGE},
            {"instance": "default", "token": BOT_AUTHORIZATION, "seen": "x"},
            {"instance": "default", "token": INACTIVE_LOAD_TEST, "channel": "C0NONE", "seen": "x"},
        )
    ),
)


async def test_metadata_that_no_form_has(here: World) -> None:
    """Whatever it is about by its metadata, it is answered, and InfluxDB is not changed."""
    # Those about a token, and some of it to all others.
    tried = [(form, about) for form in FORMS[:2] for about in ABOUT]
    tried += [(form, about) for form in (*FORMS[2:], "no_form", HUGE) for about in ABOUT[1::4]]
    for form, about in tried:
        delivery = await forge_form(here, cast.ALICE, form, about, TYPED)
        assert (delivery.status, delivery.error) == (200, None)
        assert len(delivery.body) < 5_000

    assert here.patches() == []
    assert_fit_for_people(here)


async def test_another_forms_metadata_is_judged_as_that_other_form(idle_world: World) -> None:
    """Opened to describe and submitted to disable, it takes what disabling takes, and no less."""
    here = idle_world
    await here.start(policy=APPROVALS)
    about = {"instance": "default", "token": TELEGRAF_EDGE_42, "channel": cast.INCIDENTS}

    for user in (cast.DAVE, cast.MALLORY, cast.GUEST, cast.GONE, cast.VISITOR):
        for form in FORMS:
            await forge_form(here, user, form, about, TYPED)
        # Under somebody else's id, of their own workspace.
        await forge_form(here, cast.ALICE, FORMS[0], about, TYPED, team_id="T0OTHER")
    assert here.patches() == []

    await forge_form(here, cast.ALICE, FORMS[0], {**about, "seen": "0" * 16}, TYPED)
    assert [body for _, body in here.patches()] == ['{"status":"inactive"}']


async def test_a_form_cannot_enable(idle_world: World) -> None:
    """No form's submission sets a token active, whatever it brings along."""
    here = idle_world
    await here.start(policy=APPROVALS)
    about = {"instance": "default", "token": INACTIVE_LOAD_TEST, "status": "active"}

    for form in FORMS:
        await forge_form(here, cast.ALICE, form, {**about, "action": "enable_token"}, TYPED)

    assert '"active"' not in str(here.patches())
