"""Change the pure modules in small ways and count what no test notices: `make mutants`.

mutmut makes the mutants and tries them; arguments are options of its `run`. What was killed is
remembered in mutants/, so that only the rest is tried again; remove that to begin anew.
"""

import json
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from mutmut.__main__ import cli
from mutmut.configuration import config
from mutmut.stats import status_by_exit_code

from tests.mutants.pure import pure_modules

_MUTANTS: Final = Path("mutants")
_TARGET: Final = 85.0
# A mutant that takes far longer than its tests do without it is as good as dead.
_DEAD: Final = frozenset({"killed", "timeout"})


def main(options: list[str]) -> int:
    """Try every mutant that is not yet known to be killed, and print the counts.

    Returns:
        1 if fewer than 85 of 100 are killed, or if any was not tried.
    """
    modules = pure_modules(Path.cwd())
    config().only_mutate = [str(module) for module in modules]
    # It is kept by the tests' names, though what they reach changes.
    (_MUTANTS / "mutmut-stats.json").unlink(missing_ok=True)
    for module in modules:
        _forget_survivors(module)
    cli(["run", *options], standalone_mode=False)
    counts = {module: _counts(module) for module in modules}
    every = sum(counts.values(), Counter[str]())
    sys.stdout.write(_table(counts) + _summary(every))
    return 0 if _share(every) >= _TARGET and not every["not checked"] else 1


def _stored(module: Path) -> Path:
    """Say where mutmut keeps what it knows of a module's mutants."""
    return _MUTANTS / f"{module}.meta"


def _forget_survivors(module: Path) -> None:
    """Have all others tried again: a new test may kill them, or a busy machine was slow."""
    if not _stored(module).exists():
        return
    content = json.loads(_stored(module).read_text("utf-8"))
    verdicts = content["exit_code_by_key"]
    for name, code in verdicts.items():
        if status_by_exit_code[code] != "killed":
            verdicts[name] = None
    _stored(module).write_text(json.dumps(content), "utf-8")


def _counts(module: Path) -> Counter[str]:
    content = json.loads(_stored(module).read_text("utf-8"))
    return Counter(status_by_exit_code[code] for code in content["exit_code_by_key"].values())


def _killed(counts: Mapping[str, int]) -> int:
    return sum(count for status, count in counts.items() if status in _DEAD)


def _share(counts: Counter[str]) -> float:
    return 100 * _killed(counts) / max(1, counts.total())


def _table(counts: Mapping[Path, Counter[str]]) -> str:
    rows = (
        f"| `{module.relative_to('bot/changes')}` | {each.total()} | {_killed(each)} "
        f"| {_share(each):.1f} % |\n"
        for module, each in counts.items()
        if each
    )
    return "".join(["\n| module | made | killed | share |\n|---|---:|---:|---:|\n", *rows, "\n"])


def _summary(every: Counter[str]) -> str:
    rest = "".join(
        f", {count:,} {status}" for status, count in every.most_common() if status not in _DEAD
    )
    return (
        f"mutants: {every.total():,} made, {_killed(every):,} killed ({_share(every):.1f} %; "
        f"{every['timeout']} by the clock){rest}\n"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
