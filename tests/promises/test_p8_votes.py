"""P8: whose votes count, and until when. Each test is an attack on an approval."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest

from bot.sandbox import cast
from bot.sandbox.influxdb.organisation import BOB as BOB_IN_INFLUXDB
from bot.sandbox.influxdb.organisation import (
    INACTIVE_LOAD_TEST,
    METRICS,
    TELEGRAF_EDGE_42,
    TELEGRAF_EDGE_43,
)
from bot.sandbox.slack import Message
from tests.attacks import (
    APPROVALS,
    BY_GROUP,
    QUORUM_2,
    SIMPLE,
    become,
    forge_denial,
    forge_press,
    freeze,
    hold_in_vain,
    id_of,
    leave_group,
    path,
    reload,
    reopened,
    shows,
    texts,
    told,
    unfreeze,
)
from tests.world import World

# Long enough that nothing which Slack has said of anybody is still remembered.
FORGOTTEN = timedelta(minutes=6)
REQUESTER_APPROVES = """
[roles]
approver = ["U0ALICE", "U0BOB", "U0CAROL"]

[approval]
needed_for = ["enable", "several"]
"""
SELF_APPROVAL = f"""{REQUESTER_APPROVES}
self_approval = true
"""
QUORUM_2_REQUESTER_APPROVES = f"""{REQUESTER_APPROVES}
quorum = 2
"""
QUORUM_2_BY_GROUP = f"""{BY_GROUP}
quorum = 2
"""
GUEST_IN_THE_GROUP = """
[roles]
operator = ["U0ALICE"]
approver = ["S0SECURITY"]

[approval]
needed_for = ["enable"]
"""
VISITOR_LISTED = """
[roles]
operator = ["U0ALICE"]
approver = ["U0VISITOR", "U0GONE", "U0BOB"]

[channels]
allowed = ["C0INCIDENTS", "C0SHARED"]

[approval]
needed_for = ["enable"]
"""
WITH_A_FEED = f"""{REQUESTER_APPROVES}
[channels]
feed = "C0SECURITY"
"""


async def asked(here: World, policy: str = APPROVALS, text: str = "") -> Message:
    """Start, have Alice ask for an approval, and give its message."""
    await here.start(policy=policy)
    return await asks(here, text)


async def asks(here: World, text: str = "") -> Message:
    """Have Alice ask for an approval, and give its message."""
    await here.say(text or f"enable {INACTIVE_LOAD_TEST}")
    return here.channel()[-1]


async def held(here: World, policy: str = APPROVALS, *voters: str) -> Message:
    """Have a request approved whose execution is held back by a freeze."""
    message = await asked(here, policy)
    await freeze(here)
    for voter in voters or (cast.BOB,):
        await here.press(message, "Approve", user=voter)
    await here.slack.wait_for(lambda: "Waiting" in message.plain)
    return message


def assert_closed(here: World, authorization_id: str = INACTIVE_LOAD_TEST) -> None:
    """Check that the token was not enabled."""
    assert reopened(here) == []
    assert here.influxdb.authorization(authorization_id).status == "inactive"


async def test_an_approved_request_is_carried_out(idle_world: World) -> None:
    """The attacks below do not pass by a door that is nailed shut."""
    message = await asked(idle_world)

    await idle_world.press(message, "Approve", user=cast.BOB)

    assert reopened(idle_world) == [path(INACTIVE_LOAD_TEST)]
    assert "approved by @bob" in message.plain
    assert "read back" in message.plain


async def test_ones_own_request(idle_world: World) -> None:
    """An approver who asks does not count as the second person."""
    message = await asked(idle_world, REQUESTER_APPROVES)

    await idle_world.press(message, "Approve")

    assert "you asked for this change yourself" in idle_world.last()
    assert_closed(idle_world)


async def test_ones_own_request_where_that_is_allowed(idle_world: World) -> None:
    """With self_approval it does, as whoever runs the bot has written."""
    message = await asked(idle_world, SELF_APPROVAL)

    await idle_world.press(message, "Approve")

    assert len(reopened(idle_world)) == 1


async def test_ones_own_request_through_pending(idle_world: World) -> None:
    """The Approve in the list of what waits is the same button."""
    await asked(idle_world, REQUESTER_APPROVES)
    await idle_world.say("pending")

    await idle_world.press(idle_world.slack.ephemerals(cast.ALICE)[-1], "Approve")

    assert "you asked for this change yourself" in idle_world.last()
    assert_closed(idle_world)


async def test_ones_own_request_in_the_feed(idle_world: World) -> None:
    """Asked in a direct message, it is shown in the feed; its requester cannot agree there."""
    await idle_world.start(policy=WITH_A_FEED)
    await idle_world.say(f"enable {INACTIVE_LOAD_TEST}", user=cast.BOB, channel=cast.BOB)
    (message,) = idle_world.channel(cast.SECURITY)

    await idle_world.press(message, "Approve", user=cast.BOB)

    assert_closed(idle_world)
    await idle_world.press(message, "Approve", user=cast.CAROL)
    assert len(reopened(idle_world)) == 1


async def test_ones_own_undo(idle_world: World) -> None:
    """Who presses Undo asks for the enable, whoever asked for the disable: others must agree."""
    await idle_world.start(policy=REQUESTER_APPROVES)
    await idle_world.say(f"disable {TELEGRAF_EDGE_42}")
    await idle_world.press(idle_world.channel()[0], "Undo", user=cast.BOB)
    message = idle_world.channel()[-1]

    await idle_world.press(message, "Approve", user=cast.BOB)
    assert reopened(idle_world) == []

    await idle_world.press(message, "Approve", user=cast.ALICE)
    assert reopened(idle_world) == [path()]


async def test_one_person_twice(idle_world: World) -> None:
    """With a quorum of 2, one person's second vote is none, wherever it is given."""
    message = await asked(idle_world, QUORUM_2)
    await idle_world.press(message, "Approve", user=cast.BOB)
    await idle_world.press(message, "Approve", user=cast.BOB)
    told_why = idle_world.last(cast.BOB)
    await idle_world.say("pending", user=cast.BOB)

    await idle_world.press(idle_world.slack.ephemerals(cast.BOB)[-1], "Approve", user=cast.BOB)

    assert "You have agreed to change" in told_why
    assert "1 of 2 votes" in told_why
    assert "Votes: 1 of 2" in message.plain
    assert_closed(idle_world)


async def test_one_person_twice_at_once(idle_world: World) -> None:
    """Ten presses of one person at the same moment are one vote."""
    message = await asked(idle_world, QUORUM_2)

    await asyncio.gather(*(idle_world.slack.press(cast.BOB, message, "Approve") for _ in range(10)))
    await idle_world.settled()

    assert "Votes: 1 of 2" in message.plain
    assert_closed(idle_world)


async def test_a_vote_that_is_sent_again(idle_world: World) -> None:
    """The signed bytes of a vote, sent again as they are, are no second vote."""
    message = await asked(idle_world, QUORUM_2)
    vote = await idle_world.press(message, "Approve", user=cast.BOB)

    for _ in range(3):
        again = await idle_world.slack.replay(vote)
        assert again.status == 200
    await idle_world.settled()

    assert "Votes: 1 of 2" in message.plain
    assert (await idle_world.tags()).count("approval.voted") == 1
    assert_closed(idle_world)


async def test_a_vote_in_another_name(idle_world: World) -> None:
    """Signed bytes in which somebody has put another approver's name are refused."""
    message = await asked(idle_world, QUORUM_2)
    vote = await idle_world.press(message, "Approve", user=cast.BOB)
    body = vote.request.body.replace(b"U0BOB", b"U0CAROL")

    answer = await idle_world.slack.deliver_raw(body, vote.request.headers)
    await idle_world.settled()

    assert answer.status == 401
    assert "Votes: 1 of 2" in message.plain
    assert_closed(idle_world)


async def test_quorum_2_and_a_requester_who_is_an_approver(idle_world: World) -> None:
    """The requester's own vote does not count; two others do."""
    message = await asked(idle_world, QUORUM_2_REQUESTER_APPROVES)

    await idle_world.press(message, "Approve", user=cast.BOB)
    await idle_world.press(message, "Approve", user=cast.ALICE)
    assert "Votes: 1 of 2" in message.plain
    assert_closed(idle_world)

    await idle_world.press(message, "Approve", user=cast.CAROL)
    assert len(reopened(idle_world)) == 1
    assert "approved by @bob, @carol" in message.plain


@pytest.mark.parametrize("user", [cast.DAVE, cast.MALLORY, cast.GUEST])
async def test_whoever_is_no_approver(idle_world: World, user: str) -> None:
    """A viewer's, a stranger's and a guest's press are refused, and say what it takes."""
    message = await asked(idle_world)

    await idle_world.press(message, "Approve", user=user)

    assert "this takes an approver" in idle_world.last(user)
    assert_closed(idle_world)


async def test_an_operator(idle_world: World) -> None:
    """Who may change tokens may not agree to it."""
    await idle_world.start(policy=f"{APPROVALS}".replace('["U0ALICE"]', '["U0ALICE", "U0DAVE"]'))
    message = await asks(idle_world)

    await idle_world.press(message, "Approve", user=cast.DAVE)

    assert "you are an operator, and this takes an approver" in idle_world.last(cast.DAVE)
    assert_closed(idle_world)


async def test_a_guest_in_the_approvers_group(idle_world: World) -> None:
    """A guest who is in the group of the approvers does not count by it."""
    group = idle_world.slack.workspace.usergroups[cast.SECURITY_GROUP]
    leave_group(idle_world, cast.CAROL)
    idle_world.slack.add_usergroup(type(group)(group.id, group.handle, (cast.BOB, cast.GUEST)))
    message = await asked(idle_world, GUEST_IN_THE_GROUP)

    await idle_world.press(message, "Approve", user=cast.GUEST)

    assert "guests may do nothing here" in idle_world.last(cast.GUEST)
    assert_closed(idle_world)


async def test_somebody_of_a_connected_workspace(idle_world: World) -> None:
    """Listed by id or not: whoever presses from another workspace is refused."""
    await idle_world.start(policy=VISITOR_LISTED)
    await idle_world.say(f"enable {INACTIVE_LOAD_TEST}", channel=cast.SHARED)
    (message,) = idle_world.channel(cast.SHARED)

    await idle_world.press(message, "Approve", user=cast.VISITOR)

    assert "you belong to another Slack workspace" in idle_world.last(cast.VISITOR)
    assert_closed(idle_world)


async def test_an_approver_from_a_connected_workspace(idle_world: World) -> None:
    """The team of whoever pressed counts, even under an approver's id."""
    message = await asked(idle_world)

    await idle_world.press(message, "Approve", user=cast.BOB, team_id="T0VISITOR")

    assert "you belong to another Slack workspace" in idle_world.last(cast.BOB)
    assert_closed(idle_world)


async def test_somebody_deactivated(idle_world: World) -> None:
    """The last click of a deactivated account, still on its way, is refused."""
    await idle_world.start(policy=VISITOR_LISTED)
    message = await asks(idle_world)

    await idle_world.press(message, "Approve", user=cast.GONE)

    assert "your Slack account is deactivated" in idle_world.last(cast.GONE)
    assert_closed(idle_world)


def deactivated(here: World) -> None:
    """Deactivate Bob."""
    become(here, cast.BOB, deleted=True)


def a_guest(here: World) -> None:
    """Make Bob a guest."""
    become(here, cast.BOB, guest=True)


def out_of_the_group(here: World) -> None:
    """Take Bob out of the approvers' group."""
    leave_group(here, cast.BOB)


def off_the_list(here: World) -> None:
    """Make somebody else the approvers."""
    reload(here, BY_GROUP.replace("S0SECURITY", "U0CAROL"))


LAPSES = [deactivated, a_guest, out_of_the_group, off_the_list]


@pytest.mark.parametrize("lapse", LAPSES)
async def test_a_voter_who_may_not_approve_any_more(
    idle_world: World, lapse: Callable[[World], None]
) -> None:
    """Between vote and execution the voter lost the role: the vote is gone, and another is asked.

    Nothing is sent before somebody who may approve does.
    """
    message = await held(idle_world, BY_GROUP)
    lapse(idle_world)
    idle_world.now.advance(FORGOTTEN)

    await unfreeze(idle_world)
    await idle_world.slack.wait_for(lambda: "Votes: 0 of 1" in message.plain)
    assert_closed(idle_world)

    await idle_world.press(message, "Approve", user=cast.CAROL)
    assert len(reopened(idle_world)) == 1
    assert "approved by @carol" in message.plain
    assert "@bob" not in message.plain
    assert "approval.lapsed" in await idle_world.tags()


async def test_a_voter_whose_group_slack_does_not_tell(idle_world: World) -> None:
    """While nobody can tell whether the voter may, the vote is none; given again it counts."""
    message = await held(idle_world, BY_GROUP)
    idle_world.slack.faults.add("usergroups.users.list", error="internal_error", times=999)
    idle_world.now.advance(FORGOTTEN)
    await unfreeze(idle_world)
    await idle_world.slack.wait_for(lambda: "Votes: 0 of 1" in message.plain)
    await idle_world.press(message, "Approve", user=cast.BOB)
    assert "Slack does not tell now" in idle_world.last(cast.BOB)
    assert_closed(idle_world)

    idle_world.slack.faults.clear()
    idle_world.now.advance(timedelta(minutes=2))
    await idle_world.press(message, "Approve", user=cast.BOB)

    assert len(reopened(idle_world)) == 1


async def test_deny_before_the_bot_knows_who_pressed(idle_world: World) -> None:
    """The form opens before anybody is looked up; whoever submits it is judged all the same."""
    message = await asked(idle_world, BY_GROUP)
    idle_world.now.advance(FORGOTTEN)
    await idle_world.press(message, "Deny", user=cast.MALLORY)
    await idle_world.slack.wait_for(lambda: idle_world.slack.open_view(cast.MALLORY))
    idle_world.now.advance(FORGOTTEN)

    await idle_world.slack.submit(cast.MALLORY, {"Reason": "let me"})
    await idle_world.settled()

    assert "Not allowed" in await told(idle_world, "Not allowed", cast.MALLORY)
    assert texts(message)[:3] == ["Approve", "Deny", "Cancel"]


async def test_one_of_two_voters_who_may_not_approve_any_more(idle_world: World) -> None:
    """Of a quorum of 2 the other's vote stays, and one more is asked for; the first cannot."""
    idle_world.slack.add_usergroup(
        type(idle_world.slack.workspace.usergroups[cast.SECURITY_GROUP])(
            cast.SECURITY_GROUP, "security", (cast.BOB, cast.CAROL, cast.DAVE)
        )
    )
    message = await held(idle_world, QUORUM_2_BY_GROUP, cast.BOB, cast.CAROL)
    leave_group(idle_world, cast.BOB)
    idle_world.now.advance(FORGOTTEN)

    await unfreeze(idle_world)
    await idle_world.slack.wait_for(lambda: "Votes: 1 of 2" in message.plain)
    await idle_world.press(message, "Approve", user=cast.CAROL)
    await idle_world.press(message, "Approve", user=cast.BOB)
    assert_closed(idle_world)

    await idle_world.press(message, "Approve", user=cast.DAVE)
    assert len(reopened(idle_world)) == 1


async def test_a_voter_who_lost_the_role_while_waiting_for_the_token(idle_world: World) -> None:
    """Approved while another change has the token: judged again when its turn has come."""
    message = await asked(idle_world, BY_GROUP)
    gate = await hold_in_vain(idle_world, INACTIVE_LOAD_TEST)
    await idle_world.slack.press(cast.BOB, message, "Approve")
    await idle_world.influxdb_quiet(seconds=0.2)
    off_the_list(idle_world)

    gate.release()
    await idle_world.settled()

    assert "Votes: 0 of 1" in message.plain
    assert_closed(idle_world)


async def test_a_requester_who_may_not_ask_any_more(idle_world: World) -> None:
    """The requester lost the role after the vote: the change is refused, and says why."""
    message = await held(idle_world)
    reload(idle_world, APPROVALS.replace('operator = ["U0ALICE"]', 'operator = ["U0DAVE"]'))

    await unfreeze(idle_world)
    await idle_world.slack.wait_for(lambda: "Token not enabled" in message.plain)

    assert "Not allowed any more: the requester holds no role" in message.plain
    assert "add the Slack user id U0ALICE to operator" in message.plain
    assert "you" not in message.plain.split()
    assert_closed(idle_world)


async def test_a_requester_who_is_deactivated(idle_world: World) -> None:
    """So it is when the requester's account is gone."""
    message = await held(idle_world)
    become(idle_world, cast.ALICE, deleted=True)
    idle_world.now.advance(FORGOTTEN)

    await unfreeze(idle_world)
    await idle_world.slack.wait_for(lambda: "Token not enabled" in message.plain)

    assert "deactivated" in message.plain
    assert_closed(idle_world)


async def test_a_quorum_that_was_raised(idle_world: World) -> None:
    """One vote was enough when it was given, and is not when it is carried out."""
    message = await held(idle_world)
    reload(idle_world, QUORUM_2)

    await unfreeze(idle_world)
    await idle_world.slack.wait_for(lambda: "Votes: 1 of 2" in message.plain)
    assert_closed(idle_world)

    await idle_world.press(message, "Approve", user=cast.CAROL)
    assert len(reopened(idle_world)) == 1


async def test_self_approval_that_was_switched_off(idle_world: World) -> None:
    """The requester's vote counted when it was given, and does not when it is carried out."""
    message = await held(idle_world, SELF_APPROVAL, cast.ALICE)
    reload(idle_world, REQUESTER_APPROVES)

    await unfreeze(idle_world)
    await idle_world.slack.wait_for(lambda: "Votes: 0 of 1" in message.plain)

    assert_closed(idle_world)


async def test_a_channel_that_is_not_allowed_any_more(idle_world: World) -> None:
    """A press in a channel where the bot is not used any more is no vote."""
    message = await asked(idle_world)
    reload(idle_world, f'{APPROVALS}\n[channels]\nallowed = ["C0SECURITY"]\n')

    await idle_world.press(message, "Approve", user=cast.BOB)

    assert "this bot is not used in this channel" in idle_world.last(cast.BOB)
    assert_closed(idle_world)


async def test_a_vote_after_the_end(idle_world: World) -> None:
    """The time is over: the press is answered so, whether or not the message shows it already."""
    message = await asked(idle_world)
    idle_world.now.advance(timedelta(minutes=30))

    await idle_world.press(message, "Approve", user=cast.BOB, outdated=True)
    await idle_world.slack.wait_for(lambda: "Expired" in message.plain)

    assert "has expired" in await told(idle_world, "expired", cast.BOB)
    assert message.buttons == []
    assert_closed(idle_world)


async def test_a_vote_in_time_and_an_execution_that_is_not(idle_world: World) -> None:
    """Approved, held back by a freeze until the time was over: it is not carried out."""
    message = await held(idle_world)
    idle_world.now.advance(timedelta(minutes=30))

    await unfreeze(idle_world)
    await idle_world.slack.wait_for(lambda: "Expired" in message.plain)

    assert "ran out before it could be carried out" in message.plain
    assert_closed(idle_world)


async def test_the_time_is_over_while_waiting_for_the_token(idle_world: World) -> None:
    """Approved in time, and its turn comes a second too late: it is not carried out."""
    message = await asked(idle_world)
    change = await idle_world.request(id_of(message))
    assert change.expires_at is not None
    idle_world.now.advance(change.expires_at - idle_world.now() - timedelta(seconds=2))
    gate = await hold_in_vain(idle_world, INACTIVE_LOAD_TEST)
    await idle_world.slack.press(cast.BOB, message, "Approve")
    await idle_world.influxdb_quiet(seconds=0.2)
    # Not so far that the leases run out.
    idle_world.now.advance(timedelta(seconds=2))

    gate.release()
    await idle_world.slack.wait_for(lambda: "Expired" in message.plain)

    assert_closed(idle_world)


@pytest.mark.parametrize("what", ["status", "description", "owner", "permissions"])
@pytest.mark.parametrize("when", ["before the vote", "before the execution"])
async def test_a_token_that_is_not_what_was_shown(idle_world: World, what: str, when: str) -> None:
    """Whatever was shown of it has changed since: the approval is void, and says what changed."""
    message = await asked(idle_world)
    if when == "before the execution":
        await freeze(idle_world)
        await idle_world.press(message, "Approve", user=cast.BOB)
        await shows(idle_world, "Waiting")
    drift(idle_world, what)
    sent = len(idle_world.patches())
    if when == "before the execution":
        await unfreeze(idle_world)
    else:
        await idle_world.press(message, "Approve", user=cast.BOB)

    await idle_world.slack.wait_for(lambda: "Approval void" in message.plain)

    assert {"owner": "owner", "permissions": "what it allows"}.get(what, what) in message.plain
    assert message.buttons == []
    assert len(idle_world.patches()) == sent
    await told(idle_world, "was not carried out")


def drift(here: World, what: str) -> None:
    """Change something of the token that somebody was asked to approve."""
    match what:
        case "status":
            here.influxdb.edit(INACTIVE_LOAD_TEST, status="active")
        case "description":
            here.influxdb.edit(INACTIVE_LOAD_TEST, description="another")
        case "owner":
            here.influxdb.restore(INACTIVE_LOAD_TEST, user_id=BOB_IN_INFLUXDB)
        case _:
            wider = [{"action": "read", "resource": {"type": "buckets", "id": METRICS}}]
            here.influxdb.restore(INACTIVE_LOAD_TEST, permissions=wider)


async def test_drift_of_one_of_several(idle_world: World) -> None:
    """One of three tokens has changed since they were shown: none of them is sent."""
    idle_world.influxdb.edit(TELEGRAF_EDGE_42, status="inactive")
    idle_world.influxdb.edit(TELEGRAF_EDGE_43, status="inactive")
    await idle_world.start(policy=APPROVALS)
    await idle_world.say(f"enable {INACTIVE_LOAD_TEST} {TELEGRAF_EDGE_42} {TELEGRAF_EDGE_43}")
    message = idle_world.channel()[0]
    await idle_world.press(message, "Confirm")
    idle_world.influxdb.edit(TELEGRAF_EDGE_43, description="somebody looks into this one")

    await idle_world.press(message, "Approve", user=cast.BOB)

    assert "Approval void" in message.plain
    assert TELEGRAF_EDGE_43 in message.plain
    assert reopened(idle_world) == []


async def test_drift_between_preview_and_approval(idle_world: World) -> None:
    """What the requester confirmed is what the approvers are asked about, or nothing is sent."""
    idle_world.influxdb.edit(TELEGRAF_EDGE_42, status="inactive")
    await idle_world.start(policy=APPROVALS)
    await idle_world.say(f"enable {INACTIVE_LOAD_TEST} {TELEGRAF_EDGE_42}")
    message = idle_world.channel()[0]
    idle_world.influxdb.restore(TELEGRAF_EDGE_42, user_id=BOB_IN_INFLUXDB)

    await idle_world.press(message, "Confirm")
    await idle_world.press(message, "Approve", user=cast.BOB)

    assert "Approval void" in message.plain
    assert reopened(idle_world) == []


@pytest.mark.parametrize("end", ["Deny", "Cancel", "expiry"])
async def test_an_approve_that_was_taken_away(idle_world: World, end: str) -> None:
    """A press of the old button tells what became of the request, and moves nothing."""
    message = await asked(idle_world)
    match end:
        case "Deny":
            await idle_world.press(message, "Deny", user=cast.CAROL)
            await idle_world.slack.submit(cast.CAROL, {"Reason": "not today"})
            await idle_world.settled()
        case "Cancel":
            await idle_world.press(message, "Cancel")
        case _:
            idle_world.now.advance(timedelta(minutes=30))
            await idle_world.slack.wait_for(lambda: "Expired" in message.plain)

    await idle_world.press(message, "Approve", user=cast.BOB, outdated=True)

    words = {"Deny": "was denied", "Cancel": "was cancelled"}.get(end, "has expired")
    assert words in await told(idle_world, words, cast.BOB)
    assert message.buttons == []
    assert_closed(idle_world)


async def test_an_approve_after_the_execution(idle_world: World) -> None:
    """The old button of a request that is carried out does not carry it out again."""
    message = await asked(idle_world)
    await idle_world.press(message, "Approve", user=cast.BOB)

    await idle_world.press(message, "Approve", user=cast.CAROL, outdated=True)

    assert "is already approved" in idle_world.last(cast.CAROL)
    assert "By @bob." in idle_world.last(cast.CAROL)
    assert len(idle_world.patches()) == 1


@pytest.mark.parametrize(
    "value",
    [
        "",
        "ZZZZZZ",
        "' OR 1=1 --",
        "../..",
        "{id}:default",
        "{id} ",
        "{id}\n",
        "{lower}",
        "A" * 1999,
    ],
)
async def test_forged_names_of_changes(idle_world: World, value: str) -> None:
    """A value that names no change finds none; one that does is judged as any press."""
    message = await asked(idle_world)
    change_id = id_of(message)
    forged = value.replace("{id}", change_id).replace("{lower}", change_id.lower())

    await forge_press(idle_world, cast.ALICE, "approve_change", forged)
    await forge_press(idle_world, cast.MALLORY, "approve_change", forged)

    assert_closed(idle_world)
    assert "Approval needed" in message.plain


@pytest.mark.parametrize(
    "action",
    [
        *("confirm_change", "confirm_change:0", "retry_change", "disable_again", "undo_change"),
        "enable_token",
    ],
)
async def test_another_button_with_this_changes_id(idle_world: World, action: str) -> None:
    """The requester presses every button but Approve, with the id of what waits for approval."""
    message = await asked(idle_world)
    before = [button.text for button in message.buttons]

    await forge_press(idle_world, cast.ALICE, action, id_of(message))

    assert_closed(idle_world)
    assert texts(message) == before
    assert "request.confirmed" not in await idle_world.tags()


async def test_an_approve_of_what_nobody_confirmed(idle_world: World) -> None:
    """An approver cannot skip the requester's own look at the list."""
    idle_world.influxdb.edit(TELEGRAF_EDGE_42, status="inactive")
    await idle_world.start(policy=APPROVALS)
    await idle_world.say(f"enable {INACTIVE_LOAD_TEST} {TELEGRAF_EDGE_42}")
    (message,) = idle_world.channel()

    await forge_press(idle_world, cast.BOB, "approve_change", id_of(message))

    assert "waits for its requester to confirm it" in idle_world.last(cast.BOB)
    assert texts(message) == ["Confirm", "Cancel"]
    assert reopened(idle_world) == []


async def test_a_deny_of_what_nobody_confirmed(idle_world: World) -> None:
    """Nor can an approver deny what is still its requester's alone: they are told what it is."""
    await idle_world.start(policy=SIMPLE)
    await idle_world.say(f"disable {TELEGRAF_EDGE_42} {TELEGRAF_EDGE_43}")
    (message,) = idle_world.channel()
    named = {"change": id_of(message), "channel": cast.INCIDENTS}

    answer = await forge_denial(idle_world, cast.BOB, named)

    assert "waits for its requester to confirm it" in answer.body
    assert texts(message) == ["Confirm", "Cancel"]


@pytest.mark.parametrize("user", [cast.BOB, cast.DAVE, cast.MALLORY])
async def test_a_confirm_by_somebody_else(idle_world: World, user: str) -> None:
    """Only who asked has said that they want it."""
    await idle_world.start(policy=SIMPLE)
    await idle_world.say(f"disable {TELEGRAF_EDGE_42} {TELEGRAF_EDGE_43}")
    (message,) = idle_world.channel()

    await idle_world.press(message, "Confirm", user=user)

    assert "Nothing was changed." in idle_world.last(user)
    assert texts(message) == ["Confirm", "Cancel"]
    assert idle_world.patches() == []


async def test_a_confirm_of_an_old_preview(idle_world: World) -> None:
    """After ten minutes what was shown cannot be confirmed any more."""
    await idle_world.start(policy=SIMPLE)
    await idle_world.say(f"disable {TELEGRAF_EDGE_42} {TELEGRAF_EDGE_43}")
    (message,) = idle_world.channel()
    idle_world.now.advance(timedelta(minutes=10))

    await idle_world.press(message, "Confirm", outdated=True)
    await idle_world.slack.wait_for(lambda: "Expired" in message.plain)

    assert message.buttons == []
    assert idle_world.patches() == []


async def test_two_confirms_at_once(idle_world: World) -> None:
    """A double click on Confirm carries out once."""
    await idle_world.start(policy=SIMPLE)
    await idle_world.say(f"disable {TELEGRAF_EDGE_42} {TELEGRAF_EDGE_43}")
    (message,) = idle_world.channel()

    await asyncio.gather(
        *(idle_world.slack.press(cast.ALICE, message, "Confirm", outdated=True) for _ in range(5))
    )
    await idle_world.settled()

    assert len(idle_world.patches()) == 2


async def test_a_cancel_by_somebody_else(idle_world: World) -> None:
    """Whoever is no approver cannot take somebody else's request away."""
    await idle_world.start(policy=APPROVALS.replace('["U0ALICE"]', '["U0ALICE", "U0DAVE"]'))
    message = await asks(idle_world)

    await idle_world.press(message, "Cancel", user=cast.DAVE)

    assert "this takes an approver" in idle_world.last(cast.DAVE)
    assert texts(message) == ["Approve", "Deny", "Cancel", "Details"]


async def test_a_deny_modal_that_names_another_change(idle_world: World) -> None:
    """Opened for one request and submitted for another, it is judged for that other."""
    first = await asked(idle_world)
    change_id = id_of(first)

    for user in (cast.ALICE, cast.DAVE, cast.MALLORY):
        await forge_denial(idle_world, user, {"change": change_id, "channel": cast.INCIDENTS})
    for metadata in ({"change": "ZZZZZZ"}, {"change": 7}, {}, "[]", "no json", "[" * 5000):
        await forge_denial(idle_world, cast.BOB, metadata)
    await forge_denial(idle_world, cast.BOB, {"change": change_id}, team_id="T0VISITOR")

    assert texts(first) == ["Approve", "Deny", "Cancel", "Details"]


async def test_a_deny_modal_that_names_another_channel(idle_world: World) -> None:
    """Its channel is where it was opened; one where the bot is not used is refused.

    One that names none is Home's, where an approver may say no as in a direct message.
    """
    await idle_world.start(policy=f'{APPROVALS}\n[channels]\nallowed = ["C0INCIDENTS"]\n')
    message = await asks(idle_world)

    for channel in (cast.SECURITY, "G0MADEUP"):
        await forge_denial(idle_world, cast.BOB, {"change": id_of(message), "channel": channel})
    before = texts(message)
    await forge_denial(idle_world, cast.BOB, {"change": id_of(message), "channel": ""})

    assert before == ["Approve", "Deny", "Cancel", "Details"]
    assert message.plain.startswith("Denied")


async def test_a_deny_modal_that_was_open_too_long(idle_world: World) -> None:
    """Somebody approved while the reason was written: the modal says so, and nothing is denied."""
    message = await asked(idle_world)
    await idle_world.press(message, "Deny", user=cast.CAROL)
    await idle_world.press(message, "Approve", user=cast.BOB)

    await idle_world.slack.submit(cast.CAROL, {"Reason": "not today"})

    view = idle_world.slack.open_view(cast.CAROL)
    assert view is not None
    assert "is already approved" in view.plain
    assert "Token enabled" in message.plain


async def test_a_deny_of_ones_own(idle_world: World) -> None:
    """An approver may deny what they asked for themselves: it keeps closed what is closed."""
    message = await asked(idle_world, REQUESTER_APPROVES)
    await idle_world.press(message, "Deny")
    await idle_world.slack.submit(cast.ALICE, {"Reason": "found the cause"})
    await idle_world.settled()

    assert "found the cause" in message.plain
    assert_closed(idle_world)


async def test_the_requester_left_the_channel(idle_world: World) -> None:
    """Whoever waited for others is told directly what came of it."""
    message = await asked(idle_world)

    await idle_world.press(message, "Approve", user=cast.BOB)

    assert "is done" in idle_world.slack.direct_messages(cast.ALICE)[-1].plain
