"""Home by clicking: what there is, what is looked for, what is changed, and for whom."""

import copy
from datetime import timedelta

import pytest

from bot.sandbox import cast
from bot.sandbox.influxdb.organisation import INACTIVE_LOAD_TEST, TELEGRAF_EDGE_42
from bot.sandbox.influxdb.state import api_token
from bot.sandbox.slack import Usergroup
from tests.attacks import become
from tests.slack.home.looks import entered, names, opened, pressed, seen, texts
from tests.world import World

ROLES = f"""
[roles]
viewer = ["{cast.DAVE}"]
operator = ["{cast.ONCALL_GROUP}"]
approver = ["{cast.SECURITY_GROUP}"]
"""
POLICY = f"""{ROLES}
[approval]
needed_for = ["enable", "several"]
"""


@pytest.fixture
async def here(idle_world: World) -> World:
    """The whole bot, where enabling needs somebody of the security group."""
    await idle_world.start(policy=POLICY)
    return idle_world


async def test_an_operator_sees_every_token_with_its_buttons(here: World) -> None:
    """Ten to a page, in the order of their names, and whether each is active in words."""
    view = await opened(here)

    assert names(view)[0] == '*bold* <!channel> & "quotes"'
    assert len(names(view)) == 10
    assert "tokens, page 1 of " in view.plain
    assert texts(view)[-1] == "Next"
    assert texts(view).count("Edit description") == 10
    assert texts(view).count("Details") == 10
    assert texts(view).count("Disable…") + texts(view).count("Enable") == 10


async def test_the_messages_tab_is_no_home(here: World) -> None:
    """Slack tells of both tabs; only one of them shows Home."""
    delivery = await here.slack.open_home(cast.ALICE, tab="messages")
    await here.settled()

    assert delivery.status == 200
    assert here.slack.home(cast.ALICE) is None


async def test_pages_are_turned(here: World) -> None:
    """Forth and back; a page that is not there any more shows the last one."""
    first = names(await opened(here))
    second = names(await pressed(here, "Next"))
    back = names(await pressed(here, "Previous"))

    assert first == back
    assert not set(first) & set(second)


async def test_search(here: World) -> None:
    """Every word must occur somewhere; Clear takes it away, also out of the field."""
    await opened(here)

    view = await entered(here, "Search", "edge  TELEGRAF")
    found = (names(view), view.plain)
    view = await pressed(here, "Clear")

    assert found[0] == ["telegraf on edge-42", "telegraf on edge-43"]
    assert "[ edge  TELEGRAF ]" in found[1]
    assert "2 tokens\n" in found[1]
    assert len(names(view)) == 10
    assert "edge  TELEGRAF" not in view.plain


async def test_what_does_not_show_hides_nothing_from_a_search(here: World) -> None:
    """Chats and pages put it into ids that are copied from them; JSON can hold half an emoji."""
    await opened(here)

    view = await entered(here, "Search", f"\u200b{TELEGRAF_EDGE_42}\u202e \ud83d")

    assert names(view) == ["telegraf on edge-42"]
    assert f"[ {TELEGRAF_EDGE_42} ]" in view.plain


async def test_an_empty_search_finds_everything(here: World) -> None:
    """Who empties the field and presses Enter searches for nothing."""
    await opened(here)
    await entered(here, "Search", "edge")

    view = await entered(here, "Search", "")

    assert len(names(view)) == 10


async def test_a_search_that_finds_nothing(here: World) -> None:
    """It says so; the search is there to be changed."""
    await opened(here)

    view = await entered(here, "Search", "no such words")

    assert "No tokens" in view.plain
    assert names(view) == []


@pytest.mark.parametrize(
    ("menu", "option", "line"),
    [
        ("home_status", "Inactive", "Inactive · "),
        ("home_status", "Active", "Active · "),
        ("home_owner", "telegraf", " · owner telegraf · "),
        ("home_organisation", "acme", " · organisation acme"),
    ],
)
async def test_filters(here: World, menu: str, option: str, line: str) -> None:
    """Each leaves what fits alone, is shown as chosen, and is taken away by its first option."""
    await opened(here)
    everything = seen(here).plain

    view = await entered(here, menu, option)

    rows = [each for each in view.plain.split("\n") if each.startswith(("Active · ", "Inactive"))]
    assert rows
    assert all(line in each for each in rows)
    assert f"[ {option} ▾ ]" in view.plain
    again = await entered(here, menu, "*")
    assert [each for each in again.plain.split("\n") if "token" in each][:1] == [
        each for each in everything.split("\n") if "token" in each
    ][:1]


@pytest.mark.parametrize(
    ("option", "first"),
    [
        ("Description, A to Z", '*bold* <!channel> & "quotes"'),
        ("Inactive first", "load test of June"),
    ],
)
async def test_sorting(here: World, option: str, first: str) -> None:
    """The order is kept while something else is looked for."""
    await opened(here)

    view = await entered(here, "home_sort", option)

    assert names(view)[0] == first
    assert f"[ {option} ▾ ]" in view.plain


async def test_opposite_orders(here: World) -> None:
    """What comes first upwards comes last downwards."""
    await opened(here)
    await entered(here, "Search", "telegraf")

    for up, down in [
        ("Description, A to Z", "Description, Z to A"),
        ("Oldest first", "Newest first"),
        ("Last modified last", "Last modified first"),
    ]:
        upwards = names(await entered(here, "home_sort", up))
        downwards = names(await entered(here, "home_sort", down))
        assert upwards[0] == downwards[-1], up


async def test_what_is_looked_at_survives_a_restart(here: World) -> None:
    """Search, filter, order and page are the person's own, and nobody else's."""
    await opened(here)
    await entered(here, "Search", "telegraf")
    before = names(await entered(here, "home_sort", "Description, Z to A"))
    await here.stop()
    await here.start(policy=POLICY)

    assert names(await opened(here)) == before
    assert len(names(await opened(here, cast.BOB))) == 10


async def test_a_press_after_a_restart_needs_no_new_opening(here: World) -> None:
    """The page that stands there works on."""
    await opened(here)
    await here.stop()
    await here.start(policy=POLICY)

    assert names(await entered(here, "Search", "edge-42")) == ["telegraf on edge-42"]


async def test_disable_with_a_reason(here: World) -> None:
    """A form; then the page says what was asked, and soon that it is inactive."""
    await opened(here)
    await entered(here, "Search", "edge-42")

    await pressed(here, "Disable…")
    view = here.slack.open_view(cast.ALICE)
    assert view is not None
    await here.slack.submit(cast.ALICE, {"Reason": "pasted in a gist"})
    await here.settled()
    told = seen(here).plain
    await here.slack.wait_for(lambda: "Inactive · " in seen(here).plain)

    assert told.startswith(f"Disabling {TELEGRAF_EDGE_42} as change ")
    assert here.influxdb.authorization(TELEGRAF_EDGE_42).status == "inactive"
    (direct,) = here.slack.direct_messages(cast.ALICE)
    assert direct.plain.startswith("Token disabled · telegraf on edge-42")
    assert "“pasted in a gist”" in direct.plain
    assert "Recent changes" in seen(here).plain
    assert "disable telegraf on edge-42 · done · by @alice · change " in seen(here).plain


async def test_enabling_asks_for_approval_as_the_command_does(here: World) -> None:
    """It waits on the page of whoever can approve it, and is approved there."""
    await opened(here)
    await entered(here, "home_status", "Inactive")
    await entered(here, "Search", "load test of June")
    view = await pressed(here, "Enable")
    asked = view.plain

    carol = await opened(here, cast.CAROL)
    offered = carol.plain
    view = await pressed(here, "Approve", cast.CAROL)

    assert asked.startswith(f"Asked to enable {INACTIVE_LOAD_TEST} as change ")
    assert "It needs an approval; nothing is changed before." in asked
    assert "Waits for you\nEnable load test of June\nWaits for approval: 0 of 1 votes" in offered
    assert view.plain.startswith("You have approved change ")
    assert here.influxdb.authorization(INACTIVE_LOAD_TEST).status == "active"
    assert here.slack.ephemerals(cast.CAROL) == []


async def test_denying_from_home(here: World) -> None:
    """The same form as on the message; the page says what came of it."""
    await here.say(f"enable {INACTIVE_LOAD_TEST}")
    await opened(here, cast.CAROL)

    await pressed(here, "Deny", cast.CAROL)
    await here.slack.submit(cast.CAROL, {"Reason": "not tonight"})
    await here.settled()

    assert seen(here, cast.CAROL).plain.startswith("You have denied change ")
    assert "Waits for you" not in seen(here, cast.CAROL).plain
    assert here.patches() == []


async def test_what_waits_for_others_is_not_in_ones_way(here: World) -> None:
    """A viewer's page shows no approvals, a requester's their own alone."""
    await here.say(f"enable {INACTIVE_LOAD_TEST}")

    assert "Waits for you" in (await opened(here)).plain
    assert "Waits for you" not in (await opened(here, cast.DAVE)).plain


async def test_a_break_glass_is_reviewed_in_home(idle_world: World) -> None:
    """Its requester sees that it is open, an approver reviews it there, a viewer is not asked."""
    here = idle_world
    both = cast.SECOND_PERSON.replace('["enable"]', '["enable", "disable"]')
    await here.start(policy=both)
    await here.say(f"disable {TELEGRAF_EDGE_42} --break-glass --reason leaked")

    requesters = await opened(here)
    own, viewers = requesters.plain, (await opened(here, cast.DAVE)).plain
    approvers = (await opened(here, cast.CAROL)).plain
    view = await pressed(here, "Review", cast.CAROL)

    assert "Waits for you\nDisable telegraf on edge-42" in own
    assert "Review" not in texts(requesters)
    assert "Waits for you" not in viewers
    assert "Waits for you\nDisable telegraf on edge-42" in approvers
    assert view.plain.startswith("You have reviewed change ")
    assert "Waits for you" not in view.plain


async def test_edit_description(here: World) -> None:
    """The form opens over Home, and the page tells what came of it."""
    await opened(here)
    await entered(here, "Search", "edge-42")

    await pressed(here, "Edit description")
    await here.slack.submit(cast.ALICE, {"Description": "edge-42, cellar"})
    await here.settled()
    await here.slack.wait_for(lambda: "edge-42, cellar" in names(seen(here)))

    assert here.influxdb.authorization(TELEGRAF_EDGE_42).description == "edge-42, cellar"


async def test_details(here: World) -> None:
    """Permissions in plain words and the last changes, in a modal without anything to press."""
    await here.say(f"disable {TELEGRAF_EDGE_42} --reason leaked")
    await opened(here, cast.DAVE)
    await entered(here, "Search", "edge-42", cast.DAVE)

    await pressed(here, "Details", cast.DAVE)

    view = here.slack.open_view(cast.DAVE)
    assert view is not None
    assert view.plain.startswith("Token\ntelegraf on edge-42\n")
    assert "Allows\n" in view.plain
    assert "disable: done · by @alice" in view.plain
    assert (view.submit, view.buttons) == (None, [])


async def test_a_viewer_sees_no_button_that_changes_anything(here: World) -> None:
    """They read; a button that somebody pressed all the same is refused on the page."""
    view = await opened(here, cast.DAVE)

    assert set(texts(view)) == {"Details", "Next"}
    assert "You can change nothing here" not in view.plain


async def test_who_was_an_operator_a_moment_ago_is_refused_on_the_page(here: World) -> None:
    """A press on an older page is judged by what is so now; the answer is never silent."""
    await opened(here)
    await entered(here, "home_status", "Inactive")
    older = copy.copy(seen(here))
    here.slack.add_usergroup(Usergroup(cast.ONCALL_GROUP, "oncall", (cast.BOB,)))
    here.now.advance(timedelta(minutes=20))

    await pressed(here, "Enable", seen=older)

    refused, closed = seen(here).plain.split("\nThis page is not for you: ")
    assert refused.startswith("Not allowed: you hold no role, and this takes an operator.")
    assert closed.startswith("you hold no role, and this takes a viewer.")
    assert here.patches() == []


@pytest.mark.parametrize("user", [cast.MALLORY, cast.GUEST])
async def test_strangers_see_one_sentence(here: World, user: str) -> None:
    """And who can help; nothing of any token."""
    view = await opened(here, user)

    assert view.plain.startswith(
        "This page is not for you: you hold no role, and this takes a viewer.\nAsk whoever runs"
    )
    assert "Can help: @security" in view.plain
    assert view.buttons == []
    assert "telegraf" not in str(view.definition)


async def test_somebody_of_another_workspace(here: World) -> None:
    """By their own team id: what they press shows them nothing."""
    await opened(here)

    view = await pressed(here, "Refresh", team_id="T0VISITOR")

    assert "you belong to another Slack workspace than this bot" in view.plain
    assert view.buttons == []


async def test_somebody_whose_account_was_deactivated(here: World) -> None:
    """What was on its way shows them nothing any more."""
    await opened(here, cast.DAVE)
    become(here, cast.DAVE, deleted=True)
    here.now.advance(timedelta(minutes=20))

    view = await pressed(here, "Refresh", cast.DAVE)

    assert "your Slack account is deactivated" in view.plain
    assert view.buttons == []


async def test_where_changes_from_home_are_switched_off(idle_world: World) -> None:
    """No buttons that change something, and why; what is pressed all the same is refused."""
    await idle_world.start(policy=ROLES)
    before = await opened(idle_world)
    older = copy.copy(before)
    assert "Disable…" in texts(older)
    idle_world.write_policy(f"{ROLES}[channels]\ndirect = false\n")
    assert idle_world.bot is not None
    idle_world.bot.reload()

    view = await pressed(idle_world, "Refresh")
    there = (view.plain, set(texts(view)))
    await pressed(idle_world, "Disable…", seen=older)

    assert there[0].startswith(
        "You can change nothing here: changes from direct messages and Home are switched off."
    )
    assert there[1] == {"Details", "Next"}
    assert idle_world.slack.open_view(cast.ALICE) is None
    assert "Not allowed: changes from direct messages and Home" in seen(idle_world).plain
    assert idle_world.patches() == []


async def test_a_secret_in_the_search(here: World) -> None:
    """It is neither looked for nor kept; its person is told what to do."""
    await opened(here)
    secret = api_token("typed into the search")

    await here.slack.enter_in_home(cast.ALICE, "Search", secret[:149])
    await here.settled()

    (told,) = here.slack.direct_messages(cast.ALICE)
    assert "What you searched for looks like a secret." in told.plain
    assert secret.encode() not in (here.folder / "token-bot.db").read_bytes()
    assert secret not in str([call.arguments for call in here.slack.journal])


async def test_the_feed_gets_what_is_changed_from_home(idle_world: World) -> None:
    """Where there is one; the person has it on their page."""
    await idle_world.start(policy=f'{ROLES}[channels]\nfeed = "{cast.SECURITY}"\n')
    await opened(idle_world)
    await entered(idle_world, "Search", "edge-42")

    await pressed(idle_world, "Disable…")
    await idle_world.slack.submit(cast.ALICE)
    await idle_world.settled()

    (told,) = idle_world.channel(cast.SECURITY)
    assert told.plain.startswith("Token disabled · telegraf on edge-42")
    assert idle_world.slack.direct_messages(cast.ALICE) == []
