"""Payloads with missing, odd and foreign fields: acked, answered, and without effect elsewhere."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from hypothesis import strategies as st

from tests.fuzz.conftest import Fuzzing
from tests.fuzz.mutations import Mutation
from tests.fuzz.payloads import payloads
from tests.fuzz.portions import fuzzed
from tests.fuzz.posting import CHANGED, EXPECTED, POLICY, Post
from tests.postgresql import Databases
from tests.world import world


@asynccontextmanager
async def post(folder: Path, database_url: str = "") -> AsyncIterator[Post]:
    """Start a bot of a team with something to press."""
    async with world(folder, database_url=database_url) as here:
        await here.start(policy=POLICY)
        made = await payloads(here)
        yield Post(here, made)


NEEDED = (
    *("undo_change", "approve_change", "deny_change", "confirm_change", "show_token", "page_list"),
    *("submit report_leak", "submit describe_token", "submit deny_change", "close", "Home", "leak"),
)


def test_any_payload_is_acked_and_answered(fuzzing: Fuzzing) -> None:
    """What can be told to whoever did it is told, and nothing of it does harm.

    Unchanged, each of them gets its answer: what is changed here is what Slack sends.
    """
    with fuzzing("payloads", post, lasts=60, expected=EXPECTED) as lasting:

        async def unchanged(there: Post) -> list[str]:
            names = " ".join(payload.name for payload in there.payloads)
            wrong = [f"no {name}" for name in NEEDED if name not in names]
            for which in range(len(there.payloads)):
                wrong += await there.wrong(which, [])
            lasting.inputs += len(there.payloads)
            return wrong

        def check(batch: list[tuple[int, list[Mutation]]]) -> None:
            async def sent(there: Post) -> list[str]:
                return [wrong for each in batch for wrong in await there.wrong(*each)]

            lasting.use(sent, len(batch))

        lasting.use(unchanged, 0)
        fuzzed(st.lists(CHANGED, min_size=2, max_size=10), check, share=6, whole=1_700)


def test_any_payload_is_answered_on_postgresql(fuzzing: Fuzzing, postgres: Databases) -> None:
    """PostgreSQL takes neither NUL nor half a character, where SQLite takes one of them."""

    @asynccontextmanager
    async def on_postgresql(folder: Path) -> AsyncIterator[Post]:
        url = postgres.new_database()
        try:
            async with post(folder, url) as there:
                yield there
        finally:
            postgres.drop(url)

    with fuzzing("payloads", on_postgresql, lasts=60, expected=EXPECTED) as lasting:

        def check(batch: list[tuple[int, list[Mutation]]]) -> None:
            async def sent(there: Post) -> list[str]:
                return [wrong for each in batch for wrong in await there.wrong(*each)]

            lasting.use(sent, len(batch))

        fuzzed(st.lists(CHANGED, min_size=2, max_size=10), check, share=1, whole=300)
