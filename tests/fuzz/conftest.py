from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager, AbstractContextManager, contextmanager
from pathlib import Path
from typing import Protocol

import pytest

from bot.telemetry.logs import configure_logs
from tests.fuzz import summary
from tests.fuzz.lasting import Lasting, W
from tests.fuzz.watch import LogWatch


@pytest.fixture
def log(logging_as_before: None) -> LogWatch:
    """What reads all that `LOG_LEVEL=DEBUG LOG_FORMAT=json` writes."""
    del logging_as_before
    watching = LogWatch()
    configure_logs("DEBUG", "json", watching)
    return watching


class Fuzzing(Protocol):
    """Opens a surface, in a world that lasts, and notes in the end how many inputs it was given."""

    def __call__(
        self,
        surface: str,
        make: Callable[[Path], AbstractAsyncContextManager[W]],
        *,
        lasts: int,
        expected: tuple[str, ...] = (),
    ) -> AbstractContextManager[Lasting[W]]:
        """Open a surface.

        Args:
            surface: Its name, for the line at the end of the run.
            make: Makes a world in a folder.
            lasts: How many uses one is good for.
            expected: What stands in lines of the log that are faults, and there by design.
        """


@pytest.fixture
def fuzzing(log: LogWatch, tmp_path: Path, request: pytest.FixtureRequest) -> Fuzzing:
    """What opens a surface."""

    @contextmanager
    def opened(
        surface: str,
        make: Callable[[Path], AbstractAsyncContextManager[W]],
        *,
        lasts: int,
        expected: tuple[str, ...] = (),
    ) -> Iterator[Lasting[W]]:
        log.expected = expected
        lasting = Lasting(log, tmp_path, make, lasts)
        try:
            yield lasting
            lasting.close()
        except BaseException:
            lasting.abandon()
            raise
        finally:
            summary.fuzzed(request.node, surface, lasting.inputs)

    return opened
