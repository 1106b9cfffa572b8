"""What the command line says of a sandbox, and the README's examples of it."""

import re
import shlex
from pathlib import Path

import pytest

from bot.cli.sandbox import sandbox
from bot.cli.sandbox_options import HELP, PORT, read
from bot.sandbox import cast
from bot.sandbox.influxdb import Mode
from bot.sandbox.mishaps import MISHAPS
from bot.sandbox.script import Say, ScriptError
from bot.sandbox.serving import listen_from

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
COMMANDS = [
    shlex.split(line)
    for line in re.findall(r"^\.venv/bin/python -m bot sandbox (.*)$", README, re.MULTILINE)
]
LAST = {
    "Undo": "Token disabled, then undone",
    "Disable": "Token disabled",
    "Find and disable it": "The leaked token is proven dead",
    "Approve": "Token enabled",
    "/token disable 0e840d0499003003": "Token disabled",
}


def test_the_readmes_scripts_work(
    capsys: pytest.CaptureFixture[str], logging_as_before: None
) -> None:
    """Each is carried out, and ends as its last step promises."""
    del logging_as_before
    ends = []
    for command in COMMANDS:
        code = sandbox(*command)
        ends.append((code, LAST[command[-1]] in capsys.readouterr().out))

    assert ends == [(0, True)] * 6


def test_options_and_script_in_any_order() -> None:
    """What is played may stand before, behind and within a script."""
    options = read(
        ["--fault", "slack-down", "--say", "--port", "--influxdb=cloud", "--fault=influxdb-busy"]
    )

    assert [act.steps for act in options.acts] == [[Say("--port")]]
    assert options.scene.mode is Mode.CLOUD
    assert options.scene.policy == cast.TEAM
    assert options.scene.mishaps == ("slack-down", "influxdb-busy")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--port"], "--port takes a number up to 65535; 0 is any that is free"),
        (["--port", "65536"], "--port takes a number up to 65535; 0 is any that is free"),
        (["--port", "1", "--say", "x"], "--port is for the page, which a script does not serve"),
        (["--policy"], "--policy takes team, second-person, simple"),
        (["--fault", "x"], f"--fault takes {', '.join(MISHAPS)}"),
    ],
)
def test_what_makes_no_sense(words: list[str], told: str) -> None:
    """A wrong option is told with what there is."""
    with pytest.raises(ScriptError) as refused:
        read(words)

    assert str(refused.value) == told


def test_help_names_everything() -> None:
    """Every option, choice and fault stands in the help."""
    names = ["--port", "--tour", *("|".join(cast.POLICIES), "|".join(Mode)), *MISHAPS]

    assert [name for name in names if name not in HELP] == []
    assert read([]).port == PORT
    assert str(PORT) in HELP


def test_a_port_in_use() -> None:
    """The next one is taken; a port that nobody may have is an error."""
    with listen_from(0) as taken:
        port = taken.getsockname()[1]
        with listen_from(port) as other:
            assert port < other.getsockname()[1] <= port + 20
