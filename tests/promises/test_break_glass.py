"""Break-glass: disabling at once what needs an approval, told to every approver and reviewed."""

import asyncio
from dataclasses import replace
from io import StringIO
from pathlib import Path

import aiohttp
import pytest

from bot.sandbox import cast
from bot.sandbox.influxdb import Fault
from bot.sandbox.influxdb.organisation import (
    BOT_AUTHORIZATION,
    GRAFANA_DASHBOARDS,
    INACTIVE_LOAD_TEST,
    ORPHAN,
    SETUP_TOKEN,
    TELEGRAF_EDGE_42,
    TELEGRAF_EDGE_43,
)
from bot.sandbox.slack import Message, Person, Usergroup
from tests.attacks import (
    ACTIVE,
    INACTIVE,
    forge_press,
    freeze,
    hold_token,
    id_of,
    path,
    reload,
    reopened,
    texts,
    unfreeze,
)
from tests.promises.at_once import NAMES, press_at_once
from tests.promises.modest_bot import with_a_modest_bot
from tests.two_instances import ON_BOTH, two_instances
from tests.world import World, world

GLASS = """
[roles]
viewer = ["U0DAVE"]
operator = ["U0ALICE"]
approver = ["U0BOB", "U0CAROL"]

[approval]
needed_for = ["disable"]
"""
SELF_APPROVAL = f"""{GLASS}
self_approval = true
"""
BREAK = f"disable {TELEGRAF_EDGE_42} --break-glass --reason pasted in a gist"
BREAK_TWO = f"disable {TELEGRAF_EDGE_43} {TELEGRAF_EDGE_42} --break-glass --reason both leaked"
SPARED = {TELEGRAF_EDGE_42, BOT_AUTHORIZATION, ORPHAN}
APPROVERS = (cast.BOB, cast.CAROL)


@pytest.fixture
async def here(idle_world: World) -> World:
    """The bot where disabling needs an approval."""
    await idle_world.start(policy=GLASS)
    return idle_world


async def broken(here: World, *, user: str = cast.ALICE) -> Message:
    """Let somebody have broken the glass, and give the message of the change."""
    await here.say(BREAK, user=user)
    return here.channel()[-1]


def copy_for(here: World, user: str) -> Message:
    """Give the one message that somebody has in their direct messages."""
    (message,) = here.slack.direct_messages(user)
    return message


async def test_it_runs_at_once(here: World) -> None:
    """One command disables the token, and its message says which approval it went without."""
    await here.say(BREAK)

    assert here.patches() == [(path(), INACTIVE)]
    assert "By break-glass: every approver is told, and one has to review it." in here.last()
    (message,) = here.channel()
    assert message.plain.startswith("Token disabled")
    assert "Break-glass: disabled at once, although disabling needs an approval." in message.plain
    assert "Not reviewed yet." in message.plain
    assert "Can review it: @bob, @carol" in message.plain
    assert "“pasted in a gist”" in message.plain
    assert texts(message) == ["Review", "Undo", "Details"]


async def test_several_run_at_once(here: World) -> None:
    """Several need neither a preview nor a Confirm; the bot's own token is left out and said so."""
    await here.say(
        f"disable {TELEGRAF_EDGE_42} {BOT_AUTHORIZATION} {TELEGRAF_EDGE_43} --break-glass "
        "--reason all leaked"
    )

    assert sorted(here.patches()) == [(path(), INACTIVE), (path(TELEGRAF_EDGE_43), INACTIVE)]
    (message,) = here.channel()
    assert message.plain.startswith("2 tokens disabled, 1 refused")
    assert "this bot itself uses" in message.plain
    assert "Not reviewed yet." in message.plain


async def test_the_last_operator_token_stays(tmp_path: Path) -> None:
    """The rule that no change takes the last operator token holds for break-glass, too."""
    async with world(tmp_path, fixture=with_a_modest_bot()) as here:
        await here.start(policy=GLASS)

        await here.say(f"disable {SETUP_TOKEN} {TELEGRAF_EDGE_42} --break-glass --reason drill")

        assert here.patches() == [(path(), INACTIVE)]
        (message,) = here.channel()
        assert message.plain.startswith("1 token disabled, 1 refused")
        assert "last active operator token" in message.plain


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (
            f"disable {TELEGRAF_EDGE_42} --break-glass",
            "--break-glass needs a reason: --reason TEXT.",
        ),
        (
            f'disable {TELEGRAF_EDGE_42} --break-glass --reason " "',
            "--break-glass needs a reason: --reason TEXT.",
        ),
        (
            "disable --user telegraf --break-glass --reason leaked",
            "--break-glass takes tokens by their ids, not --user.",
        ),
        (
            f"disable {TELEGRAF_EDGE_42} --for 1h --break-glass --reason leaked",
            "--break-glass disables for good, not --for a time.",
        ),
        (
            f"disable {TELEGRAF_EDGE_42} --describe x --break-glass --reason leaked",
            "--break-glass disables and does nothing else; describe the token afterwards.",
        ),
        (
            f"disable {' '.join(f'{n:016x}' for n in range(1, 12))} --break-glass --reason leaked",
            "That names 11 tokens, and 10 are the most by --break-glass.",
        ),
        (
            f"enable {INACTIVE_LOAD_TEST} --break-glass --reason leaked",
            "--break-glass",
        ),
    ],
)
async def test_what_it_is_not_for(here: World, text: str, why: str) -> None:
    """Without a reason, with --user or --for, for more than ten or to enable, it is refused."""
    await here.say(text)

    assert why in here.last()
    assert "Nothing was changed." in here.last()
    assert here.patches() == []
    assert here.channel() == []


async def test_ten_are_allowed(here: World) -> None:
    """Ten ids are within it, whatever the limit of tokens a person says."""
    reload(here, f"{GLASS}\n[limits]\ntargets_per_person = 2\n")
    ids = [each.id for each in here.influxdb.authorizations() if each.status == "active"]
    named = [TELEGRAF_EDGE_42, *(each for each in ids if each not in SPARED)][:10]

    await here.say(f"disable {' '.join(named)} --break-glass --reason all of them")

    assert sorted(where for where, _ in here.patches()) == sorted(map(path, named))


async def test_where_it_is_not_needed(idle_world: World) -> None:
    """Where disabling needs no approval, it is an ordinary disable, and the answer says so."""
    here = idle_world
    await here.start(policy=GLASS.replace('"disable"', '"enable"'))

    await here.say(BREAK)

    assert "It needs no --break-glass" in here.last()
    assert "this is an ordinary disable" in here.last()
    assert here.patches() == [(path(), INACTIVE)]
    (message,) = here.channel()
    assert "reak-glass" not in message.plain
    assert here.slack.direct_messages(cast.BOB) == []
    accepted = (await here.events())[0]
    assert "break_glass" not in accepted.detail


async def test_several_where_it_is_not_needed(idle_world: World) -> None:
    """Several that need no approval are previewed as ever: there is nobody to review them."""
    here = idle_world
    await here.start(policy=GLASS.replace('"disable"', '"enable"'))

    await here.say(BREAK_TWO)

    assert "It needs no --break-glass" in here.last()
    assert here.patches() == []
    assert here.channel()[-1].plain.startswith("To confirm")


@pytest.mark.parametrize("user", [cast.DAVE, cast.MALLORY, cast.GUEST])
async def test_who_may_not(here: World, user: str) -> None:
    """Nobody but an operator breaks the glass."""
    await here.say(BREAK, user=user)

    assert here.patches() == []
    assert "Not allowed" in here.last(user)


async def test_an_approver_may(here: World) -> None:
    """An approver is an operator as well; somebody else reviews what they did."""
    message = await broken(here, user=cast.BOB)

    assert here.patches() == [(path(), INACTIVE)]
    assert "Can review it: @carol" in message.plain
    assert here.slack.direct_messages(cast.BOB) == []
    assert "Break-glass" in copy_for(here, cast.CAROL).plain


async def test_nobody_could_review_it(idle_world: World) -> None:
    """Where nobody else is an approver it is refused, since it would stay open for ever."""
    here = idle_world
    await here.start(policy=GLASS.replace('"U0BOB", "U0CAROL"', '"U0ALICE"'))

    await here.say(BREAK)

    assert here.patches() == []
    assert "nobody but you is an approver who could review a break-glass" in here.last()


async def test_a_freeze_and_read_only_stop_it(here: World) -> None:
    """What stops all changes stops break-glass."""
    reload(here, f"{GLASS}\n[limits]\nread_only = true\n")

    await here.say(BREAK)

    assert here.patches() == []
    assert "changes are stopped" in here.last()


async def test_the_record_says_by_which_rule(here: World) -> None:
    """The event names break-glass as its rule, with the reason and the policy's digest."""
    await broken(here)

    accepted = (await here.events())[0]
    assert accepted.tag.value == "request.accepted"
    assert accepted.detail["rule"] == "break-glass by operator: disabling needs an approval"
    assert accepted.detail["break_glass"] is True
    assert accepted.detail["reason"] == "pasted in a gist"
    assert accepted.detail["policy"]
    await here.say("history")
    assert "by break-glass, without the approval that it needs" in here.last()


async def test_a_role_that_is_lost_meanwhile(here: World) -> None:
    """It is judged again before its PATCH: who is no operator any more changes nothing."""
    gate = await hold_token(here)
    await here.slack.command(cast.ALICE, cast.INCIDENTS, "/token", BREAK)
    reload(here, GLASS.replace('operator = ["U0ALICE"]', 'operator = ["U0DAVE"]'))
    gate.release()
    await here.settled()

    assert [body for _, body in here.patches() if body == INACTIVE] == []
    assert "Not allowed any more" in here.last()
    assert here.slack.direct_messages(cast.BOB) == []


async def test_no_approver_is_left_meanwhile(here: World) -> None:
    """Nor does it go on once nobody could review it."""
    gate = await hold_token(here)
    await here.slack.command(cast.ALICE, cast.INCIDENTS, "/token", BREAK)
    reload(here, GLASS.replace('"U0BOB", "U0CAROL"', '"U0ALICE"'))
    gate.release()
    await here.settled()

    assert [body for _, body in here.patches() if body == INACTIVE] == []
    assert "nobody but the requester is an approver" in here.last()


async def test_every_approver_is_told(here: World) -> None:
    """Each of them gets the channel's message, once, with its Review button."""
    message = await broken(here)

    for user in APPROVERS:
        copy = copy_for(here, user)
        assert copy.plain == message.plain
        assert "Review" in texts(copy)
    for user in (cast.ALICE, cast.DAVE, cast.MALLORY, cast.GUEST):
        assert here.slack.direct_messages(user) == []


async def test_approvers_by_group(idle_world: World) -> None:
    """Members of a group are told one by one; a guest among them is none and is not."""
    here = idle_world
    here.slack.add_usergroup(
        Usergroup(cast.SECURITY_GROUP, "security", (cast.CAROL, cast.BOB, cast.GUEST))
    )
    await here.start(policy=GLASS.replace('"U0BOB", "U0CAROL"', '"S0SECURITY"'))

    message = await broken(here)

    assert "Can review it: @security" in message.plain
    for user in APPROVERS:
        assert copy_for(here, user).plain == message.plain
    assert here.slack.direct_messages(cast.GUEST) == []


async def test_approvers_who_are_none(idle_world: World) -> None:
    """Who is listed, but of another workspace, deactivated or a guest by a group, reads nothing."""
    here = idle_world
    here.slack.add_usergroup(Usergroup(cast.SECURITY_GROUP, "security", (cast.GUEST, cast.CAROL)))
    listed = '"U0VISITOR", "U0GONE", "S0SECURITY"'
    await here.start(policy=GLASS.replace('"U0BOB", "U0CAROL"', listed))

    await broken(here)

    assert "Not reviewed yet" in copy_for(here, cast.CAROL).plain
    for user in (cast.VISITOR, cast.GONE, cast.GUEST):
        assert here.slack.direct_messages(user) == []


async def test_a_group_that_cannot_be_read(idle_world: World, logs_at_debug: StringIO) -> None:
    """Its mention in the channel tells it, the log says so; once it can be read, all are told."""
    here = idle_world
    group = here.slack.workspace.usergroups[cast.SECURITY_GROUP]
    here.slack.add_usergroup(replace(group, is_disabled=True))
    await here.start(policy=GLASS.replace('"U0BOB", "U0CAROL"', '"S0SECURITY", "U0DAVE"'))

    message = await broken(here)

    assert "Can review it: @security" in message.plain
    assert "Slack does not say who all the approvers are" in logs_at_debug.getvalue()
    assert "Not reviewed yet" in copy_for(here, cast.DAVE).plain
    assert here.slack.direct_messages(cast.BOB) == []


async def test_review(here: World) -> None:
    """Another approver reviews it, from their copy; every message says who and when."""
    message = await broken(here)

    await here.press(copy_for(here, cast.CAROL), "Review", user=cast.CAROL)

    assert "That is no approval: what was done stays as it is." in here.last(cast.CAROL)
    for shown in (message, copy_for(here, cast.BOB), copy_for(here, cast.CAROL)):
        assert "Reviewed by @carol at" in shown.plain
        assert "Not reviewed yet" not in shown.plain
        assert "Review" not in texts(shown)
    assert here.patches() == [(path(), INACTIVE)]
    event = (await here.events())[-1]
    assert (event.tag.value, event.actor) == ("break_glass.reviewed", cast.CAROL)
    assert event.change_id == id_of(message)
    assert event.detail["policy"]
    await here.say("history")
    assert "reviewed a break-glass of" in here.last()


async def test_review_from_elsewhere(here: World) -> None:
    """It may be reviewed in the channel, or in the list of what waits, wherever that is asked."""
    await broken(here)
    await here.say("pending", user=cast.CAROL, channel=cast.SECURITY)
    waiting = here.slack.ephemerals(cast.CAROL)[-1]
    assert "Not reviewed yet." in waiting.plain

    await here.press(waiting, "Review", user=cast.CAROL)

    assert "Reviewed by @carol" in here.channel()[-1].plain
    assert waiting.plain.startswith("Nothing waits")


async def test_review_from_a_channel_that_is_not_allowed(here: World) -> None:
    """Where changes may be asked for does not matter to whoever looks at one."""
    reload(here, f'{GLASS}\n[channels]\nallowed = ["{cast.INCIDENTS}"]\n')
    message = await broken(here)

    await forge_press(here, cast.BOB, "review_change", id_of(message), channel=cast.SECURITY)

    assert "Reviewed by @bob" in message.plain


async def test_its_confirm_dialog_says_what_a_review_is(here: World) -> None:
    """Whoever presses Review is asked first, and told that it approves nothing."""
    message = await broken(here)

    (button,) = [each for each in message.buttons if each.text == "Review"]

    assert button.confirmation is not None
    assert "no approval" in button.confirmation


@pytest.mark.parametrize(
    ("user", "why"),
    [
        (cast.ALICE, "you are an operator, and this takes an approver"),
        (cast.DAVE, "you are a viewer, and this takes an approver"),
        (cast.MALLORY, "you hold no role, and this takes an approver"),
    ],
)
async def test_who_may_not_review(here: World, user: str, why: str) -> None:
    """Whoever is no approver is told so, and who can; nothing is recorded as reviewed."""
    message = await broken(here)

    await here.press(message, "Review", user=user)

    assert why in here.last(user)
    assert "@bob" in here.last(user)
    assert "Not reviewed yet" in message.plain
    assert "break_glass.reviewed" not in await here.tags()


async def test_its_requester_may_not_review_it(idle_world: World) -> None:
    """Not even where approvers may approve what they asked for themselves."""
    here = idle_world
    await here.start(policy=SELF_APPROVAL)
    message = await broken(here, user=cast.BOB)

    await here.press(message, "Review", user=cast.BOB)

    assert "you asked for this change yourself" in here.last(cast.BOB)
    assert "@carol" in here.last(cast.BOB)
    assert "Not reviewed yet" in message.plain
    assert "break_glass.reviewed" not in await here.tags()


async def test_two_reviewers_at_once(idle_world: World) -> None:
    """One update decides who was first; the other is told who, and the record has one review."""
    here = idle_world
    await here.start(policy=GLASS)
    for number in range(1, 21):
        here.influxdb.edit(TELEGRAF_EDGE_42, status="active")
        message = await broken(here)
        told = {user: len(here.slack.ephemerals(user)) for user in APPROVERS}
        order = APPROVERS if number % 2 else APPROVERS[::-1]

        await press_at_once(here, message, *((user, "Review") for user in order))

        (winner,) = [u for u in APPROVERS if f"Reviewed by @{NAMES[u]}" in message.plain]
        (loser,) = [u for u in APPROVERS if u != winner]
        words = " ".join(m.plain for m in here.slack.ephemerals(loser)[told[loser] :])
        assert "was already reviewed at" in words
        assert f"By @{NAMES[winner]}." in words
    assert (await here.tags()).count("break_glass.reviewed") == 20


async def test_a_review_too_much(here: World) -> None:
    """Once it is reviewed, a stale button says by whom, and heals its message."""
    message = await broken(here)
    await here.press(message, "Review", user=cast.CAROL)

    await here.press(copy_for(here, cast.BOB), "Review", user=cast.BOB, outdated=True)

    assert "was already reviewed" in here.last(cast.BOB)
    assert "By @carol." in here.last(cast.BOB)


async def test_what_was_none_cannot_be_reviewed(here: World) -> None:
    """A forged Review of an ordinary change records nothing."""
    await here.say(f"describe {TELEGRAF_EDGE_42} words")

    await forge_press(here, cast.BOB, "review_change", id_of(here.channel()[-1]))

    assert "there is nothing to review" in here.last(cast.BOB)
    assert "break_glass.reviewed" not in await here.tags()


async def test_one_unreviewed_blocks_the_next(here: World) -> None:
    """The same person's next waits for the review; somebody else's does not."""
    message = await broken(here)

    await here.say(f"disable {TELEGRAF_EDGE_43} --break-glass --reason another")

    assert here.patches() == [(path(), INACTIVE)]
    assert f"Your break-glass {id_of(message)}" in here.last()
    assert "is not reviewed yet" in here.last()
    assert "@bob" in here.last()
    await here.say(f"disable {TELEGRAF_EDGE_43} --break-glass --reason another --dry-run")
    assert "It would be refused: your break-glass" in here.last()
    await here.say(f"disable {TELEGRAF_EDGE_43} --break-glass --reason another", user=cast.BOB)
    assert here.patches() == [(path(), INACTIVE), (path(TELEGRAF_EDGE_43), INACTIVE)]

    await here.press(message, "Review", user=cast.CAROL)
    await here.say(f"disable {GRAFANA_DASHBOARDS} --break-glass --reason another")

    assert here.patches()[-1] == (path(GRAFANA_DASHBOARDS), INACTIVE)


async def test_two_at_once_by_one_person(idle_world: World) -> None:
    """Two commands at the same moment: one runs, the other is refused."""
    here = idle_world
    await here.start(policy=GLASS)
    ids = (TELEGRAF_EDGE_42, TELEGRAF_EDGE_43)

    async with asyncio.TaskGroup() as group:
        for each in ids:
            text = f"disable {each} --break-glass --reason now"
            group.create_task(here.slack.command(cast.ALICE, cast.INCIDENTS, "/token", text))
    await here.settled()

    assert len(here.patches()) == 1
    assert (await here.tags()).count("request.accepted") == 1


async def test_what_changed_nothing_needs_no_review(here: World) -> None:
    """A token that was inactive already leaves nothing open, and nobody is told."""
    await here.say(f"disable {INACTIVE_LOAD_TEST} --break-glass --reason wrong one")

    assert here.patches() == []
    assert here.slack.direct_messages(cast.BOB) == []
    await here.say(BREAK)
    assert here.patches() == [(path(), INACTIVE)]


async def test_which_instance(tmp_path: Path) -> None:
    """Found on two, it asks which is meant; approvers are told once something is done."""
    async with two_instances(tmp_path) as both:
        here = await both.start(GLASS)
        await here.say(f"disable {ON_BOTH} --break-glass --reason leaked")
        asked_which = here.channel()[-1]
        assert both.patched() == ([], [])
        assert here.slack.direct_messages(cast.BOB) == []

        await here.press(asked_which, "Disable on lab")

        assert both.patched() == ([], [INACTIVE])
        assert "Not reviewed yet" in copy_for(here, cast.BOB).plain


async def test_it_waits_for_a_freeze_to_end(here: World) -> None:
    """Stopped before its turn, it says so to every approver as well, and goes on afterwards."""
    gate = await hold_token(here)
    await here.slack.command(cast.ALICE, cast.INCIDENTS, "/token", BREAK)
    await freeze(here)
    gate.release()
    await here.slack.wait_for(
        lambda: [m for m in here.slack.direct_messages(cast.BOB) if "drill" in m.plain]
    )
    assert [body for _, body in here.patches() if body == INACTIVE] == []

    await unfreeze(here)

    await here.slack.wait_for(lambda: "Not reviewed yet" in copy_for(here, cast.BOB).plain)
    assert here.patches()[-1] == (path(), INACTIVE)


async def test_copies_are_brought_up_to_date(here: World) -> None:
    """Once it is undone, no copy offers Undo any more."""
    message = await broken(here)
    await here.press(message, "Undo")
    for user in APPROVERS:
        assert texts(copy_for(here, user)) == ["Review"]

    await here.press(here.channel()[-1], "Approve", user=cast.CAROL)

    for user in APPROVERS:
        assert "then undone" in copy_for(here, user).plain


async def test_somebody_who_cannot_be_told(here: World) -> None:
    """Whom Slack lets nobody write to is tried once, and the others are told all the same."""
    here.slack.faults.add("chat.postMessage", delay=0.0)
    here.slack.faults.add("chat.postMessage", error="messages_tab_disabled")

    await broken(here)

    counts = sorted(len(here.slack.direct_messages(user)) for user in APPROVERS)
    assert counts == [0, 1]


async def test_it_is_dry_run(here: World) -> None:
    """A dry run says that it would run at once, and that approvers would be told."""
    await here.say(f"{BREAK} --dry-run")

    assert here.patches() == []
    assert (
        "It would run at once, by break-glass, although disabling needs an approval." in here.last()
    )
    assert here.slack.direct_messages(cast.BOB) == []


@pytest.mark.parametrize("policy", [GLASS, SELF_APPROVAL])
async def test_its_undo_needs_an_approver(idle_world: World, policy: str) -> None:
    """Its undo takes another approver, though enabling needs none and self_approval is on."""
    here = idle_world
    await here.start(policy=policy)
    message = await broken(here)

    await here.press(message, "Undo", user=cast.BOB)

    assert reopened(here) == []
    asked = here.channel()[-1]
    assert "Approval needed" in asked.plain
    assert "Undoing a break-glass needs an approval by somebody else." in asked.plain
    await here.press(asked, "Approve", user=cast.BOB)
    assert "you asked for this change yourself" in here.last(cast.BOB)
    assert reopened(here) == []
    await here.press(asked, "Approve", user=cast.CAROL)
    assert here.patches()[-1] == (path(), ACTIVE)
    # It was undone, and is to be reviewed all the same.
    assert "Undone by @bob" in here.channel()[0].plain
    assert "Review" in texts(here.channel()[0])


async def test_the_undo_of_what_is_reviewed(here: World) -> None:
    """A review makes no difference: it was no approval."""
    message = await broken(here)
    await here.press(message, "Review", user=cast.CAROL)

    await here.say(f"undo {id_of(message)}")

    assert reopened(here) == []
    assert "Approval needed" in here.channel()[-1].plain


async def test_a_typed_enable_is_no_way_around_the_undo(here: World) -> None:
    """Whatever it is called, it takes back a break-glass, and that takes another person."""
    await broken(here)

    await here.say(f"enable {TELEGRAF_EDGE_42}")

    assert reopened(here) == []
    assert "Approval needed" in here.channel()[-1].plain


async def test_a_retry_is_an_ordinary_disable(here: World) -> None:
    """What failed is not tried again by break-glass by a click: that asks for an approval."""
    here.influxdb.faults.add(
        Fault.INTERNAL_ERROR, method="PATCH", path=path(TELEGRAF_EDGE_43), times=5
    )
    await here.say(BREAK_TWO)
    (message,) = here.channel()
    sent = len(here.patches())

    await here.press(message, "Retry 1")

    assert len(here.patches()) == sent
    assert "Approval needed" in here.channel()[-1].plain


async def test_where_it_is_shown(here: World) -> None:
    """Pending, the token's last changes, /readyz and the metrics tell of it until its review."""
    message = await broken(here)

    await here.say("pending", user=cast.DAVE)
    assert "Not reviewed yet." in here.last(cast.DAVE)
    await here.say(f"show {TELEGRAF_EDGE_42}")
    assert "by break-glass, not reviewed" in here.last()
    status, body = await asked(here, "/readyz")
    assert status == 200
    assert '"break_glass":{"unreviewed":"1, the oldest for ' in body
    _, metrics = await asked(here, "/metrics")
    assert "token_bot_break_glass_total 1.0" in metrics
    assert "token_bot_break_glass_unreviewed 1.0" in metrics

    await here.press(message, "Review", user=cast.CAROL)

    _, body = await asked(here, "/readyz")
    assert '"break_glass":{"unreviewed":"none"}' in body
    _, metrics = await asked(here, "/metrics")
    assert "token_bot_break_glass_total 1.0" in metrics
    assert "token_bot_break_glass_unreviewed 0.0" in metrics


async def test_slack_asks_to_wait(here: World) -> None:
    """Where Slack answers 429, whoever is not told yet is told later, and nobody twice."""
    here.slack.faults.add("chat.postMessage", status=429, retry_after=1, times=2)

    await here.say(BREAK)

    await here.slack.wait_for(
        lambda: all(here.slack.direct_messages(user) for user in APPROVERS) and here.channel()
    )
    await here.settled()
    assert "Not reviewed yet" in here.channel()[-1].plain
    assert [len(here.slack.direct_messages(user)) for user in APPROVERS] == [1, 1]


async def test_thirty_approvers(idle_world: World) -> None:
    """Thirty people of a group are told once each, though Slack is in trouble in between."""
    here = idle_world
    people = [f"U0APPROVER{number:02}" for number in range(30)]
    for user in people:
        here.slack.add_person(Person(user, user.lower()))
    here.slack.add_usergroup(Usergroup(cast.SECURITY_GROUP, "security", tuple(people)))
    await here.start(policy=GLASS.replace('"U0BOB", "U0CAROL"', '"S0SECURITY"'))
    await here.say(f"describe {TELEGRAF_EDGE_42} words")
    here.slack.faults.add("chat.postMessage", delay=0.0, times=10)
    here.slack.faults.add("chat.postMessage", status=503, times=2)

    await broken(here)
    await here.slack.wait_for(lambda: all(here.slack.direct_messages(user) for user in people))
    await here.settled()

    assert {len(here.slack.direct_messages(user)) for user in people} == {1}


async def asked(here: World, where: str) -> tuple[int, str]:
    """Ask the bot over HTTP."""
    async with aiohttp.ClientSession() as session, session.get(f"{here.url}{where}") as answer:
        return answer.status, await answer.text()
