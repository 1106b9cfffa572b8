"""Everything that somebody can type or press."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from bot.sandbox import cast
from bot.sandbox.influxdb import Fault
from bot.sandbox.influxdb.organisation import (
    INACTIVE_LOAD_TEST,
    TELEGRAF_EDGE_42,
    TELEGRAF_EDGE_43,
)
from bot.sandbox.slack import Message
from tests.attacks import shows
from tests.policy.desk import Desk, Rules

Prepare = Callable[[Desk, str], Awaitable[Message | None]]


async def nothing(_desk: Desk, _user: str) -> Message | None:
    """Prepare nothing."""
    return None


async def own_change(desk: Desk, user: str) -> Message | None:
    """Let whoever may have disabled a token."""
    if user not in {cast.ALICE, cast.CAROL}:
        return None
    await desk.enter(Rules.SIMPLE)
    await desk.here.say(f"disable {TELEGRAF_EDGE_42}", user=user)
    return desk.here.channel()[-1]


async def change(desk: Desk, _user: str) -> Message | None:
    """Let Bob have disabled a token."""
    await desk.enter(Rules.SIMPLE)
    await desk.here.say(f"disable {TELEGRAF_EDGE_42}", user=cast.BOB)
    return desk.here.channel()[-1]


async def broken(desk: Desk, _user: str) -> Message | None:
    """Let Bob have disabled a token by break-glass."""
    await desk.enter(Rules.APPROVALS, disabling=True)
    text = f"disable {TELEGRAF_EDGE_42} --break-glass --reason leaked"
    await desk.here.say(text, user=cast.BOB)
    return desk.here.channel()[-1]


async def timed(desk: Desk, _user: str) -> Message | None:
    """Let Bob have disabled a token for an hour."""
    await desk.enter(Rules.SIMPLE)
    await desk.here.say(f"disable {TELEGRAF_EDGE_42} --for 1h", user=cast.BOB)
    return desk.here.channel()[-1]


async def failed(desk: Desk, _user: str) -> Message | None:
    """Let InfluxDB have refused Bob's disable."""
    await desk.enter(Rules.SIMPLE)
    desk.here.influxdb.faults.add(Fault.INTERNAL_ERROR, method="PATCH")
    await desk.here.say(f"disable {TELEGRAF_EDGE_42}", user=cast.BOB)
    return desk.here.channel()[-1]


async def drifted(desk: Desk, _user: str) -> Message | None:
    """Let somebody else have set active what Bob had disabled."""
    await desk.enter(Rules.SIMPLE)
    await desk.here.say(f"disable {TELEGRAF_EDGE_42}", user=cast.BOB)
    desk.here.influxdb.edit(TELEGRAF_EDGE_42, status="active")
    desk.here.now.advance(timedelta(minutes=1, seconds=1))
    return await shows(desk.here, "that was loaded before")


async def preview(desk: Desk, _user: str) -> Message | None:
    """Let the operator have been shown what several would be."""
    await desk.enter(Rules.SIMPLE)
    await desk.here.say(f"disable {TELEGRAF_EDGE_42} {TELEGRAF_EDGE_43}")
    return desk.here.channel()[-1]


async def waiting(desk: Desk, _user: str) -> Message | None:
    """Let Bob have asked for an approval."""
    return await _asked(desk, cast.BOB)


async def waiting_own(desk: Desk, _user: str) -> Message | None:
    """Let the operator have asked for an approval."""
    return await _asked(desk, cast.ALICE)


async def _asked(desk: Desk, user: str) -> Message:
    await desk.enter(Rules.APPROVALS)
    await desk.here.say(f"enable {INACTIVE_LOAD_TEST}", user=user)
    return desk.here.channel()[-1]


async def rows(desk: Desk, _user: str) -> Message | None:
    """Let Bob have listed an active token."""
    return await _listed(desk, f"list {TELEGRAF_EDGE_42}")


async def row_inactive(desk: Desk, _user: str) -> Message | None:
    """Let Bob have listed an inactive token."""
    return await _listed(desk, f"list {INACTIVE_LOAD_TEST}")


async def first_page(desk: Desk, user: str) -> Message | None:
    """Let whoever may have a list of two pages, and Bob in the others' place."""
    return await _listed(desk, "list", _reader(user))


async def second_page(desk: Desk, user: str) -> Message | None:
    """Let them have turned to its second page."""
    reader = _reader(user)
    page = await _listed(desk, "list", reader)
    await desk.here.press(page, "Next", user=reader)
    return desk.here.slack.ephemerals(reader)[-1]


def _reader(user: str) -> str:
    return user if user in {cast.DAVE, cast.ALICE, cast.CAROL} else cast.BOB


async def _listed(desk: Desk, text: str, user: str = cast.BOB) -> Message:
    await desk.enter(Rules.SIMPLE)
    await desk.here.say(text, user=user)
    return desk.here.slack.ephemerals(user)[-1]


@dataclass(frozen=True)
class Action:
    """Something that people type or press.

    Attributes:
        name: What it is called in the table.
        text: What is typed; ``{change}`` stands for the prepared change.
        button: The text of the button that is pressed, if one is.
        prepare: What has to be there before.
        brief: Whether the first line of an answer is enough.
        submits: Whether the form that opens is submitted as well.
    """

    name: str
    text: str = ""
    button: str = ""
    prepare: Prepare = nothing
    brief: bool = False
    submits: bool = False


_BREAK_GLASS = "--break-glass --reason leaked"
TYPED = (
    Action("list", "list edge", brief=True),
    Action("show", f"show {TELEGRAF_EDGE_42}", brief=True),
    Action("describe", f"describe {TELEGRAF_EDGE_42} new words"),
    Action("disable one", f"disable {TELEGRAF_EDGE_42}"),
    Action("disable several", f"disable {TELEGRAF_EDGE_42} {TELEGRAF_EDGE_43}"),
    Action("disable --break-glass", f"disable {TELEGRAF_EDGE_42} {_BREAK_GLASS}"),
    Action(
        "disable several --break-glass",
        f"disable {TELEGRAF_EDGE_42} {TELEGRAF_EDGE_43} {_BREAK_GLASS}",
    ),
    Action("disable --user", "disable --user telegraf"),
    Action("disable --for", f"disable {TELEGRAF_EDGE_42} --for 1h"),
    Action("disable --dry-run", f"disable {TELEGRAF_EDGE_42} --dry-run"),
    Action("enable", f"enable {INACTIVE_LOAD_TEST}"),
    Action("enable --dry-run", f"enable {INACTIVE_LOAD_TEST} --dry-run"),
    Action("undo", "undo", prepare=own_change),
    Action("undo CHANGE", "undo {change}", prepare=change),
    Action("history", "history", brief=True),
    Action("pending", "pending", brief=True),
    Action("whoami", "whoami"),
    Action("help", "help", brief=True),
)
PRESSED = (
    Action("[Show]", button="Show", prepare=rows, brief=True),
    Action("[Details]", button="Details", prepare=change, brief=True),
    Action("[Disable]", button="Disable", prepare=rows),
    Action("[Enable]", button="Enable", prepare=row_inactive),
    Action("[Undo]", button="Undo", prepare=change),
    Action("[Undo] of a break-glass", button="Undo", prepare=broken),
    Action("[Review]", button="Review", prepare=broken),
    Action("[Approve]", button="Approve", prepare=waiting),
    Action("[Deny]", button="Deny", prepare=waiting),
    Action("[Deny] and its form", button="Deny", prepare=waiting, submits=True),
    Action("[Confirm]", button="Confirm", prepare=preview),
    Action("[Cancel] one's own", button="Cancel", prepare=waiting_own),
    Action("[Cancel] another's", button="Cancel", prepare=waiting),
    Action("[Retry]", button="Retry", prepare=failed),
    Action("[Disable again]", button="Disable again", prepare=drifted),
    Action("[Keep disabled]", button="Keep disabled", prepare=timed),
    Action("[Next]", button="Next", prepare=first_page, brief=True),
    Action("[Previous]", button="Previous", prepare=second_page, brief=True),
)
ALIASES = {
    "find": "list",
    "ls": "list",
    "rename": "describe",
    "revoke": "disable one",
    "inactive": "disable one",
    "deactivate": "disable one",
    "active": "enable",
    "activate": "enable",
    "-h": "help",
}
"""Each further word of a subcommand, and the row whose decisions it shares."""


def alias(word: str) -> Action:
    """Give the action of a further word: its subcommand's, with the word in place of the name."""
    main = next(action for action in TYPED if action.name == ALIASES[word])
    _, _, rest = main.text.partition(" ")
    return Action(word, f"{word} {rest}".strip(), prepare=main.prepare, brief=main.brief)
