"""P4: two approvers at the same moment lead to one execution, and the loser is told who won."""

import asyncio

from bot.sandbox import cast
from bot.sandbox.influxdb.organisation import INACTIVE_LOAD_TEST, TELEGRAF_EDGE_42
from tests.attacks import APPROVALS, QUORUM_2, id_of, path, reopened
from tests.counting import Count
from tests.promises.at_once import NAMES, press_at_once
from tests.world import World

ROUNDS = 100
# On PostgreSQL each round takes several times as long.
ROUNDS_OF_REPLICAS = 30
APPROVERS = tuple(NAMES)


async def test_two_approvers_at_once(idle_world: World, count: Count) -> None:
    """Again and again, in both orders: one PATCH a round, and the loser reads who agreed first."""
    here = idle_world
    await here.start(policy=APPROVALS)
    rounds = ROUNDS if here.replicas == 1 else ROUNDS_OF_REPLICAS
    won = dict.fromkeys(APPROVERS, 0)

    for number in range(1, rounds + 1):
        here.influxdb.edit(INACTIVE_LOAD_TEST, status="inactive")
        await here.say(f"enable {INACTIVE_LOAD_TEST}")
        message = here.channel()[-1]
        change_id = id_of(message)
        order = APPROVERS if number % 2 else APPROVERS[::-1]
        told = {user: len(here.slack.ephemerals(user)) for user in APPROVERS}

        await press_at_once(here, message, *((user, "Approve") for user in order))

        assert len(reopened(here)) == number
        (winner,) = [user for user in APPROVERS if f"approved by @{NAMES[user]}" in message.plain]
        (loser,) = [user for user in APPROVERS if user != winner]
        (words,) = [m.plain for m in here.slack.ephemerals(loser)[told[loser] :]]
        assert f"Change {change_id} is already approved" in words
        assert f"By @{NAMES[winner]}." in words
        assert "Nothing more was changed." in words
        won[winner] += 1

    tags = await here.tags()
    assert tags.count("approval.granted") == tags.count("change.done") == rounds
    assert tags.count("approval.voted") == rounds
    tally = ", ".join(f"{NAMES[user]} first {times} times" for user, times in won.items())
    count(f"two approvers at once: {rounds} rounds, {len(reopened(here))} executions ({tally})")


async def test_approve_and_deny_at_once(idle_world: World, count: Count) -> None:
    """Thirty times Approve beside Deny's form: denied or done, never both."""
    here = idle_world
    await here.start(policy=APPROVALS)
    outcomes = {"denied": 0, "carried out": 0}

    for number in range(30):
        here.influxdb.edit(INACTIVE_LOAD_TEST, status="inactive")
        await here.say(f"enable {INACTIVE_LOAD_TEST}")
        message = here.channel()[-1]
        await here.press(message, "Deny", user=cast.CAROL)
        sent = len(reopened(here))
        approve = here.slack.press(cast.BOB, message, "Approve", outdated=True)
        deny = here.slack.submit(cast.CAROL, {"Reason": "no"})

        await asyncio.gather(*((approve, deny) if number % 2 else (deny, approve)))
        await here.settled()

        done = len(reopened(here)) - sent
        denied = message.plain.startswith("Denied")
        assert (done, denied) in {(1, False), (0, True)}
        outcomes["denied" if denied else "carried out"] += 1

    told = ", ".join(f"{times} {outcome}" for outcome, times in outcomes.items())
    count(f"Approve and Deny at once: 30 rounds, {told}")


async def test_approve_and_cancel_at_once(idle_world: World, count: Count) -> None:
    """Thirty times Approve beside the requester's Cancel: cancelled or done, never both."""
    here = idle_world
    await here.start(policy=APPROVALS)
    cancelled_in_all = 0

    for number in range(30):
        here.influxdb.edit(INACTIVE_LOAD_TEST, status="inactive")
        await here.say(f"enable {INACTIVE_LOAD_TEST}")
        message = here.channel()[-1]
        sent = len(reopened(here))
        presses = [(cast.BOB, "Approve"), (cast.ALICE, "Cancel")]

        await press_at_once(here, message, *(presses if number % 2 else presses[::-1]))

        done = len(reopened(here)) - sent
        cancelled = message.plain.startswith("Cancelled")
        assert (done, cancelled) in {(1, False), (0, True)}
        cancelled_in_all += cancelled

    count(f"Approve and Cancel at once: 30 rounds, {cancelled_in_all} cancelled")


async def test_the_last_two_of_a_quorum_at_once(idle_world: World) -> None:
    """Two votes at the same moment for a quorum of 2: both count, and it is carried out once."""
    here = idle_world
    await here.start(policy=QUORUM_2)
    for number in range(1, 21):
        here.influxdb.edit(INACTIVE_LOAD_TEST, status="inactive")
        await here.say(f"enable {INACTIVE_LOAD_TEST}")
        message = here.channel()[-1]

        await press_at_once(here, message, (cast.BOB, "Approve"), (cast.CAROL, "Approve"))

        assert len(reopened(here)) == number
        assert "@bob" in message.plain
        assert "@carol" in message.plain


async def test_two_undos_that_need_an_approval(idle_world: World) -> None:
    """Two people press Undo at once where that needs an approval: one request for it."""
    here = idle_world
    await here.start(policy=APPROVALS)
    await here.say(f"disable {TELEGRAF_EDGE_42}")

    await press_at_once(here, here.channel()[0], (cast.BOB, "Undo"), (cast.CAROL, "Undo"))

    asked = [m for m in here.channel() if "Approval needed" in m.plain]
    assert len(asked) == 1
    requester = "bob" if "by @bob" in asked[0].plain else "carol"
    loser = cast.CAROL if requester == "bob" else cast.BOB
    assert f"By @{requester}." in here.last(loser)
    other = cast.CAROL if requester == "bob" else cast.BOB
    await here.press(asked[0], "Approve", user=other)
    assert reopened(here) == [path()]
