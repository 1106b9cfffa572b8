"""Change the pure modules in small ways, and count the changes that no test notices: `make mutants`.

mutmut makes the mutants and tries them; the arguments are its own, and "run" without any.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from mutmut.__main__ import cli
from mutmut.configuration import config
from mutmut.stats import status_by_exit_code

from tests.mutants.pure import pure_modules

MUTANTS: Final = Path("mutants")
TARGET: Final = 85.0
# What takes far longer than the test without it would never have passed.
_KILLED: Final = frozenset({"killed", "timeout"})


def _verdicts(module: Path) -> dict[str, int | None]:
    """Read what mutmut has stored of a module: exit codes by the names of the mutants."""
    stored = MUTANTS / f"{module}.meta"
    if not stored.exists():
        return {}
    verdicts: dict[str, int | None] = json.loads(stored.read_text("utf-8"))["exit_code_by_key"]
    return verdicts


def _forget_survivors(modules: Iterable[Path]) -> None:
    """Have those tried again that a new test may kill; those killed before stay so."""
    for module in modules:
        verdicts = _verdicts(module)
        if not verdicts:
            continue
        stored = MUTANTS / f"{module}.meta"
        content = json.loads(stored.read_text("utf-8"))
        content["exit_code_by_key"] = {
            name: code if status_by_exit_code[code] in _KILLED else None
            for name, code in verdicts.items()
        }
        stored.write_text(json.dumps(content), "utf-8")


def _share(counts: Counter[str]) -> float:
    killed = sum(counts[status] for status in _KILLED)
    return 100 * killed / (counts.total() or 1)


def _print_counts(modules: Iterable[Path]) -> bool:
    """Print the count of each module and of all; say whether enough were killed."""
    everything: Counter[str] = Counter()
    print("| module | made | killed | share |\n|---|---:|---:|---:|")
    for module in modules:
        counts = Counter(status_by_exit_code[code] for code in _verdicts(module).values())
        everything += counts
        if counts:
            killed = sum(counts[status] for status in _KILLED)
            print(f"| {module} | {counts.total()} | {killed} | {_share(counts):.1f} % |")
    killed = sum(everything[status] for status in _KILLED)
    others = [
        f"{count:,} {status}"
        for status, count in everything.most_common()
        if status not in _KILLED
    ]
    share = _share(everything)
    print(
        f"\nmutants: {everything.total():,} made,"
        f" {killed:,} killed ({share:.1f} %), {everything['timeout']:,} of them by the clock",
        *others,
        sep=", ",
    )
    return share >= TARGET


def main(arguments: list[str]) -> int:
    """Try every mutant that is not yet known to be killed, or do what mutmut is told to.

    Returns:
        1 if fewer than 85 of 100 were killed.
    """
    modules = pure_modules(Path.cwd())
    config().only_mutate = [str(module) for module in modules]
    if arguments:
        cli(arguments)
    _forget_survivors(modules)
    cli(["run"], standalone_mode=False)
    return 0 if _print_counts(modules) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
