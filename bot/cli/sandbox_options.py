"""What the command line says of a sandbox: what it plays, and the script that is carried out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bot.cli.app import SANDBOX_SUMMARY
from bot.cli.running_sandbox import Scene
from bot.sandbox import cast
from bot.sandbox.influxdb import Mode
from bot.sandbox.influxdb.organisation import realistic_fixture
from bot.sandbox.mishaps import MISHAPS
from bot.sandbox.script import ScriptError, Step, parse
from bot.sandbox.tour import main_job, second_person

PORT: Final = 8010
_LAST_PORT: Final = 65_535

HELP: Final = f"""{SANDBOX_SUMMARY}

Without a script it serves a page, on which you are whoever you want to be in a Slack workspace
with the bot in it, and prints the page's address.

With a script it carries that out instead, prints what people see, and ends. A script is made of
these, each as often as wanted, in their order:

* --as USER: who acts from here on; {cast.ALICE} unless you say.
* --say TEXT: types a command, such as "/token list".
* --write TEXT: writes a message in the channel.
* --press BUTTON: presses a button, in the modal if one is open.
* --fill TEXT: fills in the first empty text input of the open modal.
* --shortcut NAME: uses "{cast.REPORT_LEAK}", or "{cast.CHECK_MESSAGE}" on the last message written.

--tour shows the main job, and what needs a second person.

What is played:

* --port N: where the page is, {PORT} unless you say; if that is in use, the next one that is not.
* --influxdb plain|hashed|cloud: a server that shows API tokens, one that keeps only their hashes,
  or InfluxDB Cloud.
* --policy team|second-person|simple: several tokens take an approver as well, enabling does, or
  two people may do everything.
* --fault NAME, as often as wanted: has something go wrong. A script does not wait for what Slack
  takes only later; the page shows it.

Faults:

{"".join(f"* {name}: {mishap.told}" + chr(10) for name, mishap in MISHAPS.items())}
It exits 0 once all is done, 1 where a step is not possible, and 2 if the options are wrong.
"""


@dataclass(frozen=True)
class Act:
    """Steps that are taken one after the other in one scene."""

    scene: Scene
    steps: list[Step]


@dataclass(frozen=True)
class Options:
    """What the command line says.

    Attributes:
        scene: What is played where there is no act.
        acts: What is carried out; nothing for a sandbox that is served.
        port: The first port to serve the page on.
        is_tour: Whether the acts are the tour.
    """

    scene: Scene
    acts: tuple[Act, ...] = ()
    port: int = PORT
    is_tour: bool = False


def read(tokens: Sequence[str]) -> Options:
    """Read the words behind ``sandbox``.

    Raises:
        ScriptError: If they make no sense.
    """
    rest = list(tokens)
    is_tour = "--tour" in rest
    if is_tour:
        rest.remove("--tour")
    ports = _taken(rest, "--port")
    mode = Mode(_choice(rest, "--influxdb", [each.value for each in Mode]))
    policy = cast.POLICIES[_choice(rest, "--policy", list(cast.POLICIES))]
    mishaps = tuple(_known("--fault", name, list(MISHAPS)) for name in _taken(rest, "--fault"))
    scene = Scene(mode, policy, mishaps=mishaps)
    steps = parse(rest)
    if not (is_tour or steps):
        return Options(scene, port=_port(ports))
    if ports:
        raise ScriptError("--port is for the page, which a script does not serve")
    acts = (Act(scene, steps),)
    return Options(scene, (*_tour(mode), *acts) if is_tour else acts, is_tour=is_tour)


def _tour(mode: Mode) -> tuple[Act, ...]:
    """Take the tour in a small organisation, whose lists fit on a screen."""
    return (
        Act(Scene(mode, "", realistic_fixture), main_job()),
        Act(Scene(mode, cast.SECOND_PERSON, realistic_fixture), second_person()),
    )


def _choice(rest: list[str], option: str, choices: Sequence[str]) -> str:
    """Take an option with its value out of the words; the first choice stands for none."""
    chosen = [_known(option, value, choices) for value in _taken(rest, option)]
    return chosen[-1] if chosen else choices[0]


def _known(option: str, value: str, choices: Sequence[str]) -> str:
    if value not in choices:
        raise ScriptError(f"{option} takes {', '.join(choices)}")
    return value


def _port(given: Sequence[str]) -> int:
    if not given:
        return PORT
    if not given[-1].isdecimal() or int(given[-1]) > _LAST_PORT:
        raise ScriptError(f"--port takes a number up to {_LAST_PORT}; 0 is any that is free")
    return int(given[-1])


def _taken(rest: list[str], option: str) -> list[str]:
    """Take an option out of the words, each time with the value behind it or behind its ``=``."""
    values: list[str] = []
    place = 0
    while place < len(rest):
        name, sign, value = rest[place].partition("=")
        if name != option:
            place += 1 if sign else 2
        elif sign:
            values.append(value)
            del rest[place]
        else:
            values += rest[place + 1 : place + 2] or [""]
            del rest[place : place + 2]
    return values
