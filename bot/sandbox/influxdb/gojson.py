"""JSON as Go's encoding/json reads and writes it, down to the error messages clients meet."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from bot.sandbox.influxdb.goscanner import GoJSONError, JSONValue, Members, Scanner


@dataclass(frozen=True, slots=True)
class GoType:
    """Name a Go type and the kind of JSON value it takes (``string``, ``array``, ``object``)."""

    name: str
    kind: str


_HTML = str.maketrans({c: f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"})


def encode(value: object, *, indent: str | None = None) -> bytes:
    """Write JSON with HTML characters escaped; compact without an indent."""
    separators = (",", ":") if indent is None else (",", ": ")
    text = json.dumps(value, indent=indent, separators=separators, ensure_ascii=False)
    return text.translate(_HTML).encode()


def first_value(body: bytes) -> JSONValue:
    """Read the first JSON value of a body and leave alone what follows it.

    Raises:
        GoJSONError: ``EOF`` for no value, ``unexpected EOF`` for half of one, else the character
            that does not fit and where.
    """
    scanner = Scanner(body.decode("utf-8", "replace"))
    if scanner.at_end():
        raise GoJSONError("EOF")
    return scanner.value()


def struct(
    value: JSONValue, go_type: str, fields: Mapping[str, GoType], *, where: str | None = None
) -> dict[str, JSONValue]:
    """Fit an object into a Go struct: names in any case, unknown ones ignored, null for absent.

    Args:
        value: What was decoded; null gives no field at all.
        go_type: The struct's qualified name, such as ``influxdb.AuthorizationUpdate``.
        fields: The type of each field by its JSON name.
        where: The path to the value when it is itself a field, as Go's message states it.

    Raises:
        GoJSONError: For the first value of a wrong kind.
    """
    if value is None:
        return {}
    if not isinstance(value, Members):
        raise mismatch(value, go_type, where)
    names = {name.casefold(): name for name in fields}
    path = "" if where is None else where.partition(".")[2] + "."
    owner = go_type.rpartition(".")[2]
    found: dict[str, JSONValue] = {}
    for key, member in value.pairs:
        name = names.get(key.casefold())
        if name is None:
            continue
        if member is not None and kind(member) != fields[name].kind:
            raise mismatch(member, fields[name].name, f"{owner}.{path}{name}")
        found[name] = member
    return {name: member for name, member in found.items() if member is not None}


def mismatch(value: JSONValue, go_type: str, where: str | None) -> GoJSONError:
    """Build Go's error for a value whose kind does not fit the type."""
    target = "value" if where is None else f"struct field {where}"
    return GoJSONError(f"json: cannot unmarshal {kind(value)} into Go {target} of type {go_type}")


def kind(value: JSONValue) -> str:
    """Name a value's kind as Go's errors do."""
    match value:
        case bool():
            return "bool"
        case str():
            return "string"
        case list():
            return "array"
        case Members():
            return "object"
        case None:
            return "null"
        case _:
            return "number"
