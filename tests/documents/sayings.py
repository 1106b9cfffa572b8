"""What the bot's code says, as far as it stands there: texts with … for what differs."""

import ast
import re
from collections.abc import Iterator

from tests.documents.pages import ROOT

TREES = [
    ast.parse(path.read_text(encoding="utf-8"))
    for path in sorted((ROOT / "bot").rglob("*.py"))
    if "sandbox" not in path.parts
]


def template(node: ast.expr) -> str:
    """Give a text as it is written; what is computed is …."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return re.sub("…+", "…", "".join(template(part) or "…" for part in parts))
        case ast.BinOp(op=ast.Add(), left=left, right=right):
            return template(left) + template(right)
        case _:
            return "…"


def texts() -> Iterator[str]:
    """Give every text of the code."""
    for tree in TREES:
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant | ast.JoinedStr | ast.BinOp):
                yield template(node)


def problems() -> Iterator[tuple[str, str]]:
    """Give the code and the message of each problem that the code words."""
    for tree in TREES:
        for node in ast.walk(tree):
            match node:
                case ast.Call(func=ast.Name(id="Problem"), args=[code, message, *_]):
                    for each in ast.walk(code):
                        match each:
                            case ast.Attribute(value=ast.Name(id="ErrorCode"), attr=name):
                                yield name.lower(), template(message)
                case _:
                    pass
