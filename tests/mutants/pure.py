"""Which modules are pure: what mutation testing has to prove the tests of."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

_CHANGES: Final = Path("bot/changes")
_PORTS: Final = "bot.changes.ports"


def pure_modules(project: Path) -> tuple[Path, ...]:
    """List the modules of bot/changes/ that do no I/O: nothing awaits there, nor is a port taken.

    Args:
        project: Where the project lies.

    Returns:
        Their files, relative to the project, by name.
    """
    files = sorted((project / _CHANGES).rglob("*.py"))
    return tuple(file.relative_to(project) for file in files if _is_pure(file, project))


def _is_pure(file: Path, project: Path) -> bool:
    if file.is_relative_to(project / _CHANGES / "ports"):
        return False
    tree = ast.parse(file.read_text("utf-8"))
    awaits = any(isinstance(node, ast.AsyncFunctionDef) for node in ast.walk(tree))
    return not awaits and not any(name.startswith(_PORTS) for name in _imported(tree))


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
