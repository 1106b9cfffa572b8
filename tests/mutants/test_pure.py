"""Which modules mutation testing is about."""

from pathlib import Path

import pytest

from tests.mutants.pure import pure_modules

PROJECT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("source", "pure"),
    [
        ("def decide() -> bool: return True", True),
        ("from bot.changes.policy import Policy", True),
        ("from bot.changes import policy", True),
        ("async def decide() -> bool: return True", False),
        ("class Desk:\n    async def decide(self) -> bool: return True", False),
        ("from bot.changes.ports import Store", False),
        ("from bot.changes.ports.store import Store", False),
        ("from bot.changes import ports", False),
        ("import bot.changes.ports", False),
    ],
)
def test_what_awaits_or_takes_a_port_is_not_pure(
    tmp_path: Path, source: str, *, pure: bool
) -> None:
    """Everything else is, wherever it lies, but for the ports themselves."""
    for folder in ("bot/changes", "bot/changes/evidence", "bot/changes/ports", "bot/slack"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "new.py").write_text(source)

    found = [Path("bot/changes/evidence/new.py"), Path("bot/changes/new.py")]
    assert pure_modules(tmp_path) == (tuple(found) if pure else ())


def test_what_decides_is_pure() -> None:
    """The modules that say what may be done, and what comes next, await nothing."""
    names = {module.stem for module in pure_modules(PROJECT)}

    assert {"policy", "deciding", "tally", "stages", "judgement", "settling", "leak_plan"} <= names
    assert not {"executor", "lifecycle", "progress"} & names
