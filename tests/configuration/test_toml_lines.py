"""On which line each key of a TOML document stands."""

import tomllib

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.configuration.toml_lines import Lines, Path
from tests.changes.samples import UNHURRIED

DOCUMENT = r'''# [roles] in a comment
title = "a [roles] in a text" # = 1
long = """
[roles]
viewer = 1
""" # after
quotes = """"two "" and five"""""
literal = ~~~
~~ [x]~~~~

[roles]
viewer = [ # the first
  "U0ALICE", "U0BOB",

  [1, # deeper
   2],
  { id = "S0SRE", "on\u0063all" = true },
]
"operator" = []

[a.'b c'."d"]
e.f = 1979-05-27 07:32:00
g = 1

[[influxdb]]
name = "a"
[influxdb.more]
x = 1
[[influxdb]]
  name="b"
  [[influxdb.several]]
  [[influxdb.several]]
  y = 2
'''.replace("~", "'")


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("title",), 2),
        (("long",), 3),
        (("quotes",), 7),
        (("literal",), 8),
        (("roles",), 11),
        (("roles", "viewer"), 12),
        (("roles", "viewer", 0), 13),
        (("roles", "viewer", 1), 13),
        (("roles", "viewer", 2), 15),
        (("roles", "viewer", 2, 1), 16),
        (("roles", "viewer", 3, "oncall"), 17),
        (("roles", "operator"), 19),
        (("a",), 21),
        (("a", "b c", "d"), 21),
        (("a", "b c", "d", "e", "f"), 22),
        (("a", "b c", "d", "g"), 23),
        (("influxdb",), 25),
        (("influxdb", 0), 25),
        (("influxdb", 0, "name"), 26),
        (("influxdb", 0, "more", "x"), 28),
        (("influxdb", 1), 29),
        (("influxdb", 1, "name"), 30),
        (("influxdb", 1, "several", 0), 31),
        (("influxdb", 1, "several", 1, "y"), 33),
    ],
)
def test_each_key_is_found(path: Path, line: int) -> None:
    """Whatever stands in strings and comments, in lists and tables within lines."""
    tomllib.loads(DOCUMENT)

    assert Lines(DOCUMENT).of(path) == line


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("roles", "approver"), 11),
        (("roles", "viewer", 9), 12),
        (("influxdb", 1, "url"), 29),
        (("nowhere",), 1),
        ((), 1),
    ],
)
def test_what_is_missing_is_where_it_should_stand(path: Path, line: int) -> None:
    """The line of the nearest table or key around it, or the first."""
    assert Lines(DOCUMENT).of(path) == line


VALUES = st.sampled_from(
    [
        "1",
        "1e3 # [[x]]",
        '"="',
        '"\\"]#"',
        "'\\'",
        '"""\n"" [k0]\n"""',
        "'''\n'' k1 = 1\n'''",
        "[[1, 2],\n[3]\n]",
        '[\n# ]\n"]",\n]',
        "{ a = { b = [1,\n2] }, c.d = '}' }",
        "1979-05-27 07:32:00",
        "[{a = 1}, {a = '''\n'''}]",
    ]
)
STATEMENTS = st.lists(st.tuples(VALUES, st.sampled_from(["", "\n", "\n\n# note\n"])), max_size=8)


@UNHURRIED
@given(statements=STATEMENTS, windows=st.booleans())
def test_lines_are_those_on_which_the_keys_were_written(
    statements: list[tuple[str, str]], *, windows: bool
) -> None:
    """Any values, one after the other, with either kind of line break."""
    text, expected = "", {}
    for number, (value, after) in enumerate(statements):
        expected[f"k{number}",] = text.count("\n") + 1
        text += f"k{number} = {value}\n{after}"
    text = text.replace("\n", "\r\n") if windows else text
    tomllib.loads(text)

    assert {path: Lines(text).of(path) for path in expected} == expected


@UNHURRIED
@example('"\\1"')
@given(st.text(alphabet="[]{}=,.\"'#\\\n ak1", max_size=60))
def test_any_text_can_be_walked_through(text: str) -> None:
    """A document that is none ends the walk; it neither fails nor goes on for ever."""
    assert Lines(text).of(("k",)) >= 1
