"""What is said of a change once the database is silent, or Ctrl-C was pressed again and again."""

import asyncio
from typing import cast

import pytest

from bot.bootstrap import Desk
from bot.changes.errors import StoreUnavailableError
from bot.changes.request import ChangeRequest
from bot.changes.states import RequestState
from bot.cli.attending import Attended, Interruption, ended
from bot.cli.do import exit_code
from bot.cli.exit_codes import ExitCode
from bot.cli.starting import Confirming
from tests.changes.samples import change


class SilentDesk:
    """A desk whose database hangs once, and then says that it is gone.

    Attributes:
        asked: Set once it was asked.
    """

    def __init__(self) -> None:
        self.asked = asyncio.Event()

    async def request(self, change_id: str) -> ChangeRequest:
        """Hang, and fail from then on."""
        if self.asked.is_set():
            raise StoreUnavailableError(f"no {change_id}")
        self.asked.set()
        await asyncio.Event().wait()
        raise AssertionError


@pytest.mark.parametrize("is_stored", [True, False])
async def test_a_silent_database(capsys: pytest.CaptureFixture[str], *, is_stored: bool) -> None:
    """Of a stored change it is never said that nothing was changed; where to look is."""
    desk, stored = SilentDesk(), change(state=RequestState.ACCEPTED)

    async def work(attended: Attended) -> ExitCode:
        if not is_stored:
            raise StoreUnavailableError("gone")
        with attended.interruption.held():
            starting = Confirming(lambda _: "", yes=True)
            return await attended.followed(stored, starting, exit_code)

    async def at_desk() -> ExitCode:
        return await ended(Attended(cast("Desk", desk), interruption), "U0ALICE", work)

    working = asyncio.ensure_future(at_desk())
    interruption = Interruption(working)
    if is_stored:
        await desk.asked.wait()
        interruption()
        interruption()
    code = await working

    said = capsys.readouterr().err
    if is_stored:
        assert code is ExitCode.UNKNOWN
        assert f"on its record, under change {stored.id}." in said
        assert "Nothing was changed" not in said
    else:
        assert code is ExitCode.FAILED
        assert said == "The database does not answer: gone. Nothing was changed.\n"


@pytest.mark.parametrize(
    ("stored", "over", "code", "said"),
    [
        (None, None, ExitCode.INTERRUPTED, "Interrupted. Nothing was changed.\n"),
        ("7F3K2Q", None, ExitCode.UNKNOWN, "on its record, under change 7F3K2Q.\n"),
        ("7F3K2Q", ExitCode.DONE, ExitCode.DONE, ""),
    ],
)
async def test_what_an_interruption_says(
    capsys: pytest.CaptureFixture[str],
    stored: str | None,
    over: ExitCode | None,
    code: ExitCode,
    said: str,
) -> None:
    """What is stored is named, and what has ended keeps its exit code without another word."""

    async def wait() -> ExitCode:
        await asyncio.Event().wait()
        return ExitCode.DONE

    working = asyncio.ensure_future(wait())
    interruption = Interruption(working)
    interruption.stored, interruption.ended = stored, over
    interruption()
    with pytest.raises(asyncio.CancelledError):
        await working

    assert interruption.cut_short() is code
    assert capsys.readouterr().err.endswith(said)
