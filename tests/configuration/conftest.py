"""The bot's settings beside a policy file."""

from pathlib import Path
from typing import Any

import pytest

from bot.configuration import Configuration, load_configuration
from bot.settings import SettingsError
from tests.configuration.samples import Load, Wrong, settings


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the policy file is; errors name it as it is given, which is short here."""
    monkeypatch.chdir(tmp_path)
    return Path("token-bot.toml")


@pytest.fixture
def load(file: Path) -> Load:
    """Load a policy file of this text; the settings name one InfluxDB unless said otherwise."""

    def loading(text: str, **said: Any) -> Configuration:
        file.write_text(text, encoding="utf-8")
        instance = {"influxdb_url": "http://influxdb:8086", "influxdb_token": "made-up"}
        usual = {} if "[[influxdb]]" in text else instance
        return load_configuration(settings(token_bot_config=file, **{**usual, **said}))

    return loading


@pytest.fixture
def wrong(load: Load) -> Wrong:
    """Give what is said of a policy file of this text."""

    def loading(text: str, **said: Any) -> list[str]:
        with pytest.raises(SettingsError) as raised:
            load(text, **said)
        return raised.value.lines

    return loading
