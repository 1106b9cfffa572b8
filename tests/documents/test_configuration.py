"""docs/configuration.md says what the code does."""

import re
import tomllib
from pathlib import Path

import pytest

from bot.configuration import load_configuration
from bot.configuration.sections import SECTIONS, Section
from bot.settings import Settings
from tests.configuration.samples import settings

DOCUMENT = (Path(__file__).parents[2] / "docs" / "configuration.md").read_text(encoding="utf-8")
EXAMPLE = DOCUMENT.partition("```toml\n")[2].partition("```")[0]
KEYS = [(title, key) for title, kind in SECTIONS.items() for key in kind.model_fields]


def rows(text: str) -> dict[str, str]:
    """Give the first two columns of the tables in a text."""
    return dict(re.findall(r"^\| `(\w+)` \| (.+?) \|", text, re.MULTILINE))


def of_section(title: str) -> str:
    """Give what the document says of a section of the file."""
    return DOCUMENT.partition(f"### `{title}`\n")[2].partition("\n#")[0]


def test_every_variable_is_documented() -> None:
    """Each has its row, and there is no other."""
    documented = rows(DOCUMENT.partition("## The policy file")[0])

    assert documented.keys() == {name.upper() for name in Settings.model_fields}


@pytest.mark.parametrize(("title", "key"), KEYS)
def test_every_key_is_documented_with_its_default(title: str, key: str) -> None:
    """Each has its row under its section; a default that can be written is the code's."""
    kind: type[Section] = SECTIONS[title]
    field = kind.model_fields[key]
    said = rows(of_section(title))[key]

    if field.is_required():
        assert said == "required"
    elif said.startswith("`"):
        written = tomllib.loads(f"{key} = {said.strip('`')}")
        assert getattr(kind.model_validate(written), key) == field.default
    else:
        assert field.default is None


def test_no_key_is_documented_that_is_none() -> None:
    """The tables hold the code's keys, and nothing else."""
    documented = [(title, key) for title in SECTIONS for key in rows(of_section(title))]

    assert documented == KEYS


def test_the_example_is_right(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It can be copied as it stands, with a token where it says."""
    monkeypatch.setenv("INFLUXDB_PROD_TOKEN", "made-up")
    (tmp_path / "token").write_text("made-up")
    file = tmp_path / "token-bot.toml"
    file.write_text(EXAMPLE.replace("/run/secrets/influxdb-eu", "token"), encoding="utf-8")

    said = load_configuration(settings(token_bot_config=file))

    assert [instance.name for instance in said.instances] == ["prod", "eu-2"]
    assert said.policy.roles.operator == {"U0ALICE", "S0ONCALL"}
