"""A press, however it was forged, shows nothing to strangers and is taken once."""

from bot.sandbox import cast
from bot.sandbox.influxdb.organisation import BOT_AUTHORIZATION, TELEGRAF_EDGE_42
from bot.sandbox.slack.payloads import interaction, interaction_form
from bot.slack.blocks.action_ids import ActionId
from bot.slack.home.navigation import HomeAction
from tests.attacks import forge_press, id_of
from tests.slack.fit_for_people import assert_fit_for_people
from tests.slack.home.looks import opened, pressed
from tests.world import World


async def test_a_press_of_one_change_on_the_message_of_another(here: World) -> None:
    """Whoever forges where a button stood has nothing written over where others read along."""
    await here.say(f"disable {TELEGRAF_EDGE_42}")
    (message,) = here.channel()
    change_id = id_of(message)
    await here.press(message, "Undo", user=cast.BOB)
    foreign = here.slack.workspace.post(cast.SHARED, "of another matter", [])
    own = here.slack.workspace.post(cast.INCIDENTS, "a copy that nobody knows", [])

    for other in (foreign, own):
        where = {"channel": other.channel, "ts": other.ts}
        await forge_press(here, cast.ALICE, "undo_change", change_id, **where)

    assert (foreign.plain, foreign.edited) == ("of another matter", False)
    assert "Token disabled, then undone" in own.plain


HUGE = "<!channel> " * 9_000
VALUES = (HUGE, f"default:{TELEGRAF_EDGE_42}{HUGE}", f"default:{BOT_AUTHORIZATION}")


async def test_values_that_no_button_has(here: World) -> None:
    """Whatever is pressed with them is answered, changes nothing, and is told within bounds."""
    for action in (*ActionId, HUGE):
        for value in VALUES:
            delivery = await forge_press(here, cast.ALICE, action, value)
            assert (delivery.status, delivery.error) == (200, None)

    assert here.patches() == []
    assert_fit_for_people(here)
    assert len(here.slack.ephemerals(cast.ALICE)) > len(VALUES)


async def test_home_survives_what_no_menu_offers(here: World) -> None:
    """What is chosen there is a filter and no more: the page is shown, and Clear takes it away."""
    workspace = here.slack.workspace
    alice = workspace.people[cast.ALICE]
    for action in sorted(set(HomeAction) - {HomeAction.CLEAR}):
        for value in (HUGE, "<!channel>"):
            body = interaction_form(
                {
                    "type": "block_actions",
                    **interaction(workspace, alice, alice.team_id),
                    "view": {"type": "home"},
                    "actions": [{"action_id": action, "selected_option": {"value": value}}],
                }
            )
            delivery = await here.slack.deliver_raw(body, here.slack.sign(body))
            assert (delivery.status, delivery.error) == (200, None)
        await here.settled()

    view = await opened(here)

    assert TELEGRAF_EDGE_42 not in view.plain
    assert TELEGRAF_EDGE_42 in (await pressed(here, "Clear")).plain
    assert here.slack.direct_messages(cast.ALICE) == []
    assert_fit_for_people(here)
