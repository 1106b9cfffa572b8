"""What the environment says, and what is said of it."""

import os
from collections.abc import Callable
from pathlib import Path

import certifi
import pytest
from pydantic import SecretStr

from bot.settings import (
    Settings,
    SettingsError,
    forget_bolt_variables,
    load_database_settings,
    load_settings,
    secret_from_environment,
)

REQUIRED = {
    "SLACK_BOT_TOKEN": "xoxb-made-up",
    "SLACK_SIGNING_SECRET": "made-up-signing-secret",
    "INFLUXDB_URL": "https://influxdb.example.com:8086",
    "INFLUXDB_TOKEN": "made-up-api-token",
}
Environment = Callable[..., None]


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> Environment:
    """Set variables, and let none of this process's own be seen."""
    for name in Settings.model_fields:
        for form in (name, name.upper()):
            monkeypatch.delenv(form, raising=False)

    def put(**variables: str) -> None:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)

    return put


def wrong(environment: Environment, **variables: str) -> list[str]:
    """Give what is said of an environment that is right but for some variables."""
    environment(**{**REQUIRED, **variables})
    with pytest.raises(SettingsError) as raised:
        load_settings()
    return raised.value.lines


def test_what_is_required_is_enough(environment: Environment) -> None:
    """Four variables make a bot; the rest has the documented defaults."""
    environment(**REQUIRED)

    settings = load_settings()

    assert settings.model_dump() == {
        "slack_bot_token": SecretStr("xoxb-made-up"),
        "slack_signing_secret": SecretStr("made-up-signing-secret"),
        "slack_api_url": "https://slack.com/api/",
        "influxdb_url": "https://influxdb.example.com:8086",
        "influxdb_token": SecretStr("made-up-api-token"),
        "influxdb_own_authorization": None,
        "influxdb_ca_file": None,
        "allowed_users": frozenset(),
        "slash_command": "/token",
        "database_url": SecretStr("sqlite+aiosqlite:///./var/token-bot.db"),
        "read_only": False,
        "host": "127.0.0.1",
        "port": 3000,
        "log_level": "INFO",
        "log_format": "console",
        "slack_app_token": None,
        "token_bot_config": None,
        "fingerprint_key": None,
    }


def test_everything_can_be_said(environment: Environment, tmp_path: Path) -> None:
    """Each variable arrives, in the form in which the bot uses it."""
    environment(
        **REQUIRED,
        SLACK_API_URL="http://127.0.0.1:9000/api/",
        INFLUXDB_OWN_AUTHORIZATION="0D0D0D0D0D0D0003",
        ALLOWED_USERS=" U1, W0BOB,,S0ONCALL ,U1",
        TOKEN_BOT_CONFIG=__file__,
        SLASH_COMMAND="/influx-token",
        DATABASE_URL=f"sqlite:///{tmp_path}/bot.db",
        READ_ONLY="true",
        HOST="0.0.0.0",  # noqa: S104 - what the Procfile says
        PORT="8080",
        LOG_LEVEL="debug",
        LOG_FORMAT="JSON",
    )

    settings = load_settings()

    assert settings.slack_api_url == "http://127.0.0.1:9000/api/"
    assert settings.influxdb_own_authorization == "0d0d0d0d0d0d0003"
    assert settings.allowed_users == frozenset({"U1", "W0BOB", "S0ONCALL"})
    assert settings.token_bot_config == Path(__file__)
    assert settings.slash_command == "/influx-token"
    assert settings.database_url == SecretStr(f"sqlite+aiosqlite:///{tmp_path}/bot.db")
    assert settings.read_only is True
    assert (settings.host, settings.port) == ("0.0.0.0", 8080)  # noqa: S104 - as above
    assert (settings.log_level, settings.log_format) == ("DEBUG", "json")


def test_a_file_of_certificates_is_taken(environment: Environment) -> None:
    """Any file in PEM that holds one."""
    environment(**REQUIRED, INFLUXDB_CA_FILE=certifi.where())

    assert load_settings().influxdb_ca_file == Path(certifi.where())


def test_socket_mode_needs_no_signing_secret(environment: Environment) -> None:
    """What comes over a socket is not signed: the app-level token takes the secret's place."""
    environment(**{**REQUIRED, "SLACK_SIGNING_SECRET": ""}, SLACK_APP_TOKEN=" xapp-made-up\n")

    settings = load_settings()

    assert settings.slack_app_token == SecretStr("xapp-made-up")
    assert settings.slack_signing_secret is None


def test_a_wrong_app_token_alone_is_named(environment: Environment) -> None:
    """Who meant Socket Mode is not told to set the secret of the other way."""
    (line,) = wrong(environment, SLACK_SIGNING_SECRET="", SLACK_APP_TOKEN="xoxb-made-up")

    assert line.startswith("SLACK_APP_TOKEN is no app-level token. ")


def test_nothing_at_all_names_everything_that_is_missing(environment: Environment) -> None:
    """Every missing variable at once, each with its remedy."""
    environment()

    with pytest.raises(SettingsError) as raised:
        load_settings()

    assert [line.partition(" is missing. ")[::2] for line in raised.value.lines[:-1]] == [
        ("SLACK_BOT_TOKEN", "Set it to the app's bot token (xoxb-…), from OAuth & Permissions."),
        ("SLACK_SIGNING_SECRET", Settings.model_fields["slack_signing_secret"].description),
        ("INFLUXDB_URL", f"Set it to InfluxDB's address, such as {REQUIRED['INFLUXDB_URL']}."),
        (
            "INFLUXDB_TOKEN",
            "Set it to an API token that reads and writes authorizations and users.",
        ),
    ]
    assert raised.value.lines[-1] == (
        "ALLOWED_USERS is missing, so nobody may do anything. Set it to ids of Slack users and "
        "user groups, comma-separated, such as U0ALICE,S0ONCALL, or set TOKEN_BOT_CONFIG to a "
        "policy file."
    )
    assert str(raised.value) == "\n".join(raised.value.lines)


def test_an_empty_variable_is_an_absent_one(environment: Environment) -> None:
    """As a shell leaves it: what is required is missing, the rest has its default."""
    environment(**dict.fromkeys([name.upper() for name in Settings.model_fields], ""))

    with pytest.raises(SettingsError) as raised:
        load_settings()

    missing = [line.partition(" is missing")[0] for line in raised.value.lines]
    assert missing == [*REQUIRED, "ALLOWED_USERS"]


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("SLACK_BOT_TOKEN", "xapp-made-up", "is no bot token. Set it to the app's bot token"),
        ("SLACK_BOT_TOKEN", "   ", "is blank. Set it to the app's bot token"),
        ("SLACK_SIGNING_SECRET", " \n", "is blank. Set it to the app's signing secret"),
        ("SLACK_API_URL", "slack.com", "https://. Leave it out"),
        ("SLACK_API_URL", "https://", "is no address that begins"),
        ("INFLUXDB_URL", "influxdb:8086", "https://. Set it to InfluxDB's"),
        ("INFLUXDB_URL", "ftp://influxdb", "https://. Set it to InfluxDB's"),
        ("INFLUXDB_URL", "http://[::1", "is no address that begins"),
        ("INFLUXDB_URL", "http://a:99999", "is no address that begins"),
        ("INFLUXDB_URL", f"http://{'a' * 64}", "is no address that begins"),
        ("INFLUXDB_URL", "http://user:hunter2@a", "holds more than an address"),
        ("INFLUXDB_URL", "http://a/?token=hunter2", "holds more than an address"),
        ("INFLUXDB_URL", "http://a b", "holds more than an address"),
        ("INFLUXDB_TOKEN", "  ", "is blank. Set it to an API token"),
        ("INFLUXDB_TOKEN", "two\nlines", "holds a line break or the like. Set it to an API token"),
        ("INFLUXDB_OWN_AUTHORIZATION", "0d0d", "is no authorization's id. Set it to the id"),
        ("INFLUXDB_OWN_AUTHORIZATION", "g" * 16, "is no authorization's id. Set it to the id"),
        ("INFLUXDB_CA_FILE", "/nowhere/ca.pem", "names no file. Set it to a file"),
        ("INFLUXDB_CA_FILE", __file__, "holds no certificate in PEM. Set it to a file"),
        ("ALLOWED_USERS", "U0ALICE,alice", "an entry, number 2, that is no id of a Slack user"),
        ("ALLOWED_USERS", "U0ALICE U0BOB", "an entry, number 1, that is no id of a Slack user"),
        ("ALLOWED_USERS", "C0INCIDENTS", "user or user group. Set it to ids of Slack users and"),
        ("ALLOWED_USERS", "S0ONCALL,@hunter2", "an entry, number 2, that is a name, and names"),
        ("SLASH_COMMAND", "token", "is no slash command. Set it to the slash command's name"),
        ("SLASH_COMMAND", f"/{'t' * 32}", "is no slash command. Set it to the slash command's"),
        ("READ_ONLY", "treu", "cannot be used. Set it to true or false."),
        ("PORT", "http", "cannot be used. Set it to a TCP port."),
        ("PORT", "65536", "cannot be used. Set it to a TCP port."),
        ("LOG_LEVEL", "LOUD", "cannot be used. Set it to DEBUG, INFO, WARNING or ERROR."),
        ("LOG_FORMAT", "xml", "cannot be used. Set it to console or json."),
        ("DATABASE_URL", "postgresql://u@db/bot?hunter2=1", "a parameter behind its ? that Post"),
        ("DATABASE_URL", "postgresql://u:hunter2@db", "names no database. Set it to a SQLite"),
        ("DATABASE_URL", "postgresql://u:hunter2@db:port/bot", "is no address of a PostgreSQL."),
        ("DATABASE_URL", "postgres://u:x@hunter2@db/bot", "an @ in it, which is written %40."),
        ("DATABASE_URL", "postgres://u:hunter2 @db/bot", "holds a blank or a line break."),
        ("DATABASE_URL", "postgresql+asyncpg://u:hunter2@db/bot", "is neither a SQLite file nor"),
        ("DATABASE_URL", "token-bot.db", "is neither a SQLite file nor a PostgreSQL. Set it to"),
        ("DATABASE_URL", "sqlite://", "names no SQLite file"),
        ("DATABASE_URL", "sqlite:///", "names no SQLite file"),
        ("DATABASE_URL", "sqlite:///:memory:", "is not the plain name of a file"),
        ("DATABASE_URL", "sqlite:///file:bot?mode=memory", "is not the plain name of a file"),
        ("DATABASE_URL", "sqlite:///bot.db?mode=ro", "is not the plain name of a file"),
        ("SLACK_APP_TOKEN", "xoxb-hunter2", "is no app-level token. Set it to an app-level"),
        ("SLACK_APP_TOKEN", " \n", "is blank. Set it to an app-level token (xapp-…)"),
        ("TOKEN_BOT_CONFIG", "/nowhere/token-bot.toml", "names no file. Set it to the path of the"),
        ("TOKEN_BOT_CONFIG", "/", "names no file. Set it to the path of the policy file"),
        ("TOKEN_BOT_CONFIG", "x" * 300, "names no file. Set it to the path of the policy file"),
    ],
)
def test_each_variable_is_checked(
    environment: Environment, name: str, value: str, said: str
) -> None:
    """One line, with the variable, what is wrong with it and the remedy."""
    (line,) = wrong(environment, **{name: value})

    assert line.startswith(f"{name} ")
    assert said in line
    assert "hunter2" not in line


@pytest.mark.parametrize("name", ["INFLUXDB_URL", "INFLUXDB_TOKEN"])
def test_a_policy_file_may_name_the_instances(environment: Environment, name: str) -> None:
    """Beside a file neither variable is required; whoever reads the file looks for them there."""
    environment(**{**REQUIRED, "TOKEN_BOT_CONFIG": __file__, name: ""})

    assert getattr(load_settings(), name.lower()) is None


def test_a_secret_that_the_policy_file_names_is_read(environment: Environment) -> None:
    """An empty variable is an absent one here, too."""
    environment(PROD="made-up", BLANK="")

    assert secret_from_environment("PROD") == SecretStr("made-up")
    assert secret_from_environment("BLANK") is None
    assert secret_from_environment("NO SUCH\0VARIABLE") is None


def test_everything_that_is_wrong_is_said_at_once(environment: Environment) -> None:
    """Nobody mends ten variables in ten starts."""
    lines = wrong(
        environment,
        SLACK_BOT_TOKEN="",
        INFLUXDB_URL="nowhere",
        ALLOWED_USERS="alice",
        PORT="x",
        DATABASE_URL="mysql://db",
    )

    assert sorted(line.partition(" ")[0] for line in lines) == [
        "ALLOWED_USERS",
        "DATABASE_URL",
        "INFLUXDB_URL",
        "PORT",
        "SLACK_BOT_TOKEN",
    ]


@pytest.mark.parametrize("name", [*REQUIRED, "SLACK_APP_TOKEN", "DATABASE_URL", "ALLOWED_USERS"])
def test_no_value_is_repeated(environment: Environment, name: str) -> None:
    """Whichever variable a secret was put into, an error does not show it, nor its cause."""
    secret = "hunter2-is-the-secret"
    environment(**{**REQUIRED, name: f"{secret}\n", "PORT": secret})

    with pytest.raises(SettingsError) as raised:
        load_settings()

    assert secret not in str(raised.value)
    assert raised.value.__cause__ is None
    assert raised.value.__suppress_context__


def test_secrets_are_not_shown(environment: Environment) -> None:
    """Printing the settings shows none of them."""
    environment(**REQUIRED, DATABASE_URL="postgresql://u:hunter2@db/bot")

    shown = f"{load_settings()!r} {load_settings()}"

    secrets = ("xoxb-", "signing-secret", "api-token", "hunter2")
    assert [value for value in secrets if value in shown] == []


def test_blanks_around_a_token_are_dropped(environment: Environment) -> None:
    """Files end in a line break; a token does not."""
    environment(**{name: f" {value}\n" for name, value in REQUIRED.items() if "URL" not in name})
    environment(INFLUXDB_URL=REQUIRED["INFLUXDB_URL"])

    settings = load_settings()

    assert settings.slack_bot_token.get_secret_value() == REQUIRED["SLACK_BOT_TOKEN"]
    assert settings.influxdb_token == SecretStr(REQUIRED["INFLUXDB_TOKEN"])


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("sqlite:///var/bot.db", "sqlite+aiosqlite:///var/bot.db"),
        ("sqlite:////var/lib/bot.db", "sqlite+aiosqlite:////var/lib/bot.db"),
        ("sqlite+aiosqlite:///bot.db", "sqlite+aiosqlite:///bot.db"),
        ("", "sqlite+aiosqlite:///./var/token-bot.db"),
        ("postgresql://u:p%40@db:5433/bot", "postgresql+psycopg://u:p%40@db:5433/bot"),
        ("postgres://db/bot?sslmode=require\n", "postgresql+psycopg://db/bot?sslmode=require"),
        ("POSTGRESQL://db/bot", "postgresql+psycopg://db/bot"),
        ("SQLite:///bot.db", "sqlite+aiosqlite:///bot.db"),
        ("postgresql+psycopg:///bot?host=/run", "postgresql+psycopg:///bot?host=/run"),
    ],
)
def test_where_the_database_is(environment: Environment, given: str, used: str) -> None:
    """Relative and absolute files, and servers by any name. The record needs nothing else."""
    environment(DATABASE_URL=given)

    assert load_database_settings().database_url == SecretStr(used)


def test_the_record_needs_a_database(environment: Environment) -> None:
    """What is wrong with it is said in the same way."""
    environment(DATABASE_URL="mysql://db/bot")

    with pytest.raises(SettingsError) as raised:
        load_database_settings()

    (line,) = raised.value.lines
    assert line == (
        "DATABASE_URL is neither a SQLite file nor a PostgreSQL. "
        "Set it to a SQLite file, such as sqlite:///./var/token-bot.db, or to a PostgreSQL, such "
        "as postgresql://user:password@host/database."
    )


def test_bolts_variables_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """With these, Bolt would take itself for an OAuth app, or warn of the token."""
    monkeypatch.setenv("SLACK_CLIENT_ID", "1.2")
    monkeypatch.setenv("SLACK_CLIENT_SECRET", "hunter2")
    monkeypatch.setenv("SLACK_VERIFICATION_TOKEN", "hunter2")
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-made-up")

    forget_bolt_variables()
    forget_bolt_variables()

    watched = {
        *("SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET", "SLACK_VERIFICATION_TOKEN"),
        "SLACK_BOT_TOKEN",
    }
    assert watched & set(os.environ) == set()  # noqa: TID251 - what is tested
