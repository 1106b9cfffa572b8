"""Any text behind the command: read or refused by name, and answered to whoever typed it."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from hypothesis import strategies as st

from bot.changes.errors import UserError
from bot.commands import parsing
from bot.commands.grammar import straight, verbatim, words
from bot.commands.registry import Registry, discover
from bot.sandbox import cast
from bot.sandbox.influxdb.organisation import (
    BOT_AUTHORIZATION,
    INACTIVE_LOAD_TEST,
    ORPHAN,
    SETUP_TOKEN,
    TELEGRAF_EDGE_42,
    TELEGRAF_EDGE_43,
)
from tests.fuzz import watch
from tests.fuzz.conftest import Fuzzing
from tests.fuzz.mutations import MISCHIEF, OTHERS
from tests.fuzz.portions import fuzzed
from tests.world import World, world

SUBCOMMANDS = discover()
REGISTRY = Registry(SUBCOMMANDS, "/token")
NAMES = [name for each in SUBCOMMANDS for name in (each.name, *each.aliases)]
IDS = (
    TELEGRAF_EDGE_42,
    TELEGRAF_EDGE_43,
    INACTIVE_LOAD_TEST,
    SETUP_TOKEN,
    BOT_AUTHORIZATION,
    ORPHAN,
)
# What people type in a message is 12,000 characters at most; a reading must not take longer for it.
_LONGEST = 12_000
_SECONDS = 1.0

_IDS = st.sampled_from(
    [*IDS, *IDS, IDS[0].upper(), f"`{IDS[0]}`", f"<{IDS[1]}>", f"“{IDS[2]}”", f"{IDS[0]},", "0d0d"]
)
_OPTIONS = st.sampled_from(
    [
        *("--reason", "--describe", "--for", "--dry-run", "--user", "--org", "--status", "--on"),
        *(
            "—reason",
            "–for",
            "--reason=",
            "--for=2h",
            "--for 2h",
            "--on=default",
            "--user=telegraf",
        ),
        *(
            "--status active",
            "--status=",
            "-h",
            "--help",
            "-x",
            "--",
            "---",
            "--no-dry-run",
            "--=x",
        ),
        *("--break-glass", "--page", "--describe=“new name”", "--user none", "--for=99999999999w"),
    ]
)
_WORDS = st.sampled_from(
    [
        *("telegraf", "edge", "2h", "1 h 30 min", "none", "None", "true", "default", "active", "*"),
        *("<@U0ALICE|alice>", "<@U0NOBODY>", "<#C0INCIDENTS|incidents>", "<!here>", "@alice"),
        *(
            "<https://a.example/x|x>",
            "<mailto:a@b.example|a>",
            "&lt;b&gt;",
            '"',
            "'",
            "“",
            "”",
            "`",
        ),
    ]
)
_PIECES = st.one_of(
    _IDS,
    _OPTIONS,
    _WORDS,
    st.sampled_from([*MISCHIEF, *OTHERS]),
    st.text(max_size=12),
    st.sampled_from(NAMES),
)
_GAPS = st.sampled_from([" ", " ", " ", "", "  ", "\n", "\u00a0", "\u200b", "\t"])
COMMANDS = st.one_of(
    st.builds(
        lambda name, gap, pieces: name + gap + gap.join(pieces),
        st.sampled_from(NAMES),
        _GAPS,
        st.lists(_PIECES, max_size=5),
    ),
    st.builds(
        lambda name, id_, gap, pieces: " ".join([name, id_, gap.join(pieces)]),
        st.sampled_from(["disable", "enable", "describe", "show", "history", "undo"]),
        _IDS,
        _GAPS,
        st.lists(_PIECES, max_size=3),
    ),
    st.lists(_PIECES, max_size=4).map(" ".join),
    st.builds(
        lambda start, piece, times: (f"{start} " + piece * times)[:_LONGEST],
        st.sampled_from(NAMES),
        _PIECES,
        st.integers(1, 6_000),
    ),
)


def wrong_with_reading(text: str) -> list[str]:
    """Read a command's text in all ways there are; say what is wrong with what comes of it."""
    wrong = []
    name, _, rest = text.partition(" ")
    # What fits no subcommand is read as one of them, each time another.
    one = next((each for each in SUBCOMMANDS if each.name == name), None)
    subcommand = one or SUBCOMMANDS[len(text) % len(SUBCOMMANDS)]
    behind = text if one is None else rest
    readings: list[Callable[[], object]] = [
        lambda: words(text),
        lambda: verbatim(text),
        lambda: straight(text),
        lambda: REGISTRY.asked(text),
        lambda: REGISTRY.find(straight(name)),
        lambda: parsing.arguments(subcommand, behind, subcommand.usage),
    ]
    for reading in readings:
        begun = time.process_time()
        try:
            reading()
        except UserError as error:
            if not error.problem.message.endswith((".", "?", ")")):
                wrong.append(f"not a sentence: {error.problem.message!r}")
        if (seconds := time.process_time() - begun) > _SECONDS:
            wrong.append(f"took {seconds:.2f} s to read")
    return wrong


@dataclass(frozen=True)
class Typed:
    """What somebody types where."""

    text: str
    user: str = cast.ALICE
    channel: str = cast.INCIDENTS

    async def wrong(self, here: World) -> list[str]:
        """Type it, and say what is wrong with what comes of it."""
        delivery = await here.slack.command(self.user, self.channel, "/token", self.text)
        await here.settled()
        wrong = [*watch.wrong_with_ack(delivery.status, delivery.body)]
        if delivery.error is not None:
            wrong.append(f"Slack tells the person {delivery.error}")
        if not delivery.body and not watch.reached_somebody(here):
            wrong.append("nobody is answered")
        wrong += watch.wrong_with_calls(here)
        return [f"{each} ({self})" for each in wrong]


def _sendable(text: str) -> str:
    """Give a text as a form can carry it, which holds no half of a surrogate pair."""
    return text.encode("utf-8", "replace").decode()


TYPED = st.builds(
    Typed,
    COMMANDS.map(_sendable),
    st.sampled_from([cast.ALICE, cast.ALICE, cast.ALICE, cast.BOB, cast.DAVE, cast.MALLORY]),
    st.sampled_from([cast.INCIDENTS, cast.INCIDENTS, cast.INCIDENTS, "direct"]),
).map(
    lambda typed: Typed(typed.text, typed.user, typed.user) if typed.channel == "direct" else typed
)


@asynccontextmanager
async def team(folder: Path) -> AsyncIterator[World]:
    """Start a bot of a team in which several people have a say."""
    async with world(folder) as here:
        await here.start(policy=cast.TEAM)
        yield here


@asynccontextmanager
async def nobody(_folder: Path) -> AsyncIterator[None]:
    """Start nothing: what is pure needs nobody."""
    yield


def test_any_text_is_read_or_refused_by_name(fuzzing: Fuzzing) -> None:
    """It is words and arguments, or one error that says what is wrong, and at once."""
    with fuzzing("grammar", nobody, lasts=4_000) as lasting:

        def check(batch: list[str]) -> None:
            async def read(_: object) -> list[str]:
                return [f"{w} ({text!r})" for text in batch for w in wrong_with_reading(text)]

            lasting.use(read, len(batch))

        fuzzed(st.lists(COMMANDS, min_size=4, max_size=16), check, share=10, whole=5_500)


def test_any_command_is_answered(fuzzing: Fuzzing) -> None:
    """Whatever is typed, whoever typed it is told something, and nobody else is alarmed by it."""
    with fuzzing("commands", team, lasts=40) as lasting:

        def check(batch: list[Typed]) -> None:
            async def typed(here: World) -> list[str]:
                return [wrong for each in batch for wrong in await each.wrong(here)]

            lasting.use(typed, len(batch))

        fuzzed(st.lists(TYPED, min_size=2, max_size=8), check, share=6, whole=850)
