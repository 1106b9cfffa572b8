"""The policy file: what it says, and what is said of one that is wrong."""

import re
from datetime import timedelta
from pathlib import Path

import certifi
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from bot.changes.policy import (
    ApprovalRules,
    ChannelRules,
    Limits,
    OwnerMapping,
    PolicySource,
    Roles,
)
from bot.changes.update import ChangeKind
from bot.configuration import InstanceSettings, PolicyRules, load_configuration
from bot.settings import SettingsError
from tests.changes.samples import UNHURRIED
from tests.configuration.samples import Load, Wrong, settings

FULL = """
[roles]
viewer   = ["S0SRE"]
operator = ["U0ALICE", "S0ONCALL"]
approver = ["S0SECURITY", "W0BOB"]

[channels]
allowed = ["C0INCIDENTS", "G0WARROOM"]
direct  = false
feed    = "C0SECURITY"

[approval]
needed_for    = ["enable", "several"]
expires_after = "1h30m"
self_approval = true
quorum        = 2

[limits]
targets_per_person = 5
read_only = true

[undo]
window = "2d"

[owners]
telegraf = "U0ALICE"
"alice@example.com" = "W0BOB"
0D0D0D0D0D0D0001 = "U0CAROL"
"prod/team/a" = "U0ALICE"
"eu-2/0D0D0D0D0D0D0001" = "U0BOB"

[[influxdb]]
name = "prod"
url  = "https://influxdb.example.com:8086"
token_env = "INFLUXDB_PROD_TOKEN"
own_authorization = "0D0D0D0D0D0D0003"

[[influxdb]]
name = "eu-2"
url  = "http://eu:8086"
token_file = "secrets/eu"
ca_file = "ca.pem"
"""
ROLES = '[roles]\noperator = ["U0ALICE"]\n'
INSTANCE = '[[influxdb]]\nname = "prod"\nurl = "http://a"\ntoken_env = "PROD"\n'
SECRET = "hunter2-is-the-secret"


@pytest.fixture
def around(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the full file refers to."""
    monkeypatch.setenv("INFLUXDB_PROD_TOKEN", "made-up-prod\n")
    monkeypatch.setenv("PROD", "made-up-prod")
    folder = file.absolute().parent
    (folder / "secrets").mkdir()
    (folder / "secrets" / "eu").write_text("made-up-eu\n")
    (folder / "secrets" / "eu").chmod(0o600)
    (folder / "ca.pem").write_text(Path(certifi.where()).read_text(encoding="utf-8"))


@pytest.mark.usefixtures("around")
def test_everything_can_be_said(load: Load) -> None:
    """Each key arrives, in the form in which the bot uses it; paths begin at the file's folder."""
    said = load(FULL)

    assert said.policy == PolicyRules(
        roles=Roles(
            viewer=frozenset({"S0SRE"}),
            operator=frozenset({"U0ALICE", "S0ONCALL"}),
            approver=frozenset({"S0SECURITY", "W0BOB"}),
        ),
        source=PolicySource.FILE,
        channels=ChannelRules(
            frozenset({"C0INCIDENTS", "G0WARROOM"}), direct=False, feed="C0SECURITY"
        ),
        approval=ApprovalRules(
            needed_for=frozenset({ChangeKind.ENABLE}),
            several=True,
            expires_after=timedelta(minutes=90),
            self_approval=True,
            quorum=2,
        ),
        limits=Limits(5, "read_only in token-bot.toml"),
        undo_window=timedelta(days=2),
        owners=frozenset(
            {
                OwnerMapping("telegraf", "U0ALICE"),
                OwnerMapping("alice@example.com", "W0BOB"),
                OwnerMapping("0d0d0d0d0d0d0001", "U0CAROL"),
                OwnerMapping("team/a", "U0ALICE", "prod"),
                OwnerMapping("0d0d0d0d0d0d0001", "U0BOB", "eu-2"),
            }
        ),
    )
    assert said.instances == (
        InstanceSettings(
            "prod",
            "https://influxdb.example.com:8086",
            SecretStr("made-up-prod"),
            own_authorization="0d0d0d0d0d0d0003",
        ),
        InstanceSettings("eu-2", "http://eu:8086", SecretStr("made-up-eu"), ca_file=Path("ca.pem")),
    )
    assert said.warnings == ()


def test_what_is_not_said_has_its_default(load: Load) -> None:
    """With roles alone: everywhere, no approvals but above 20 tokens, undo for a day."""
    said = load(ROLES)

    assert said.policy == PolicyRules(
        roles=Roles(operator=frozenset({"U0ALICE"})),
        source=PolicySource.FILE,
        limits=Limits(targets_per_person=20),
    )
    assert said.policy.approval.expires_after == timedelta(minutes=30)


HOLDERS = (
    "Use ids in a list: U… or W… of users, S… of user groups; a profile's or group's menu in Slack "
    "copies them."
)
CHANNELS = (
    "Use ids in a list, C… or G…, as a channel's About shows them; without this key every channel "
    "is allowed."
)
TOKEN = (
    "Name the variable that holds the API token in token_env, or a file that holds it in token_file"
)
VARIABLE = "Name the variable of the environment that holds the API token, and set that."
TOKEN_FILE = "Name a file that holds the API token and nothing else."
KINDS = "List some of disable, enable, describe, several."
QUORUM = "Set it to how many must approve, from 1 to all approvers."
APPROVERS = "List approvers in [roles] approver, or leave needed_for empty."
MOST = (
    "Set it to how many tokens one person may change in 10 minutes without an approver, 1 or more."
)
NAME = "Use up to 32 small letters, digits and hyphens, such as prod."
URL = "Set it to InfluxDB's address, such as https://influxdb.example.com:8086."
OWN = "Set it to the id of the token's authorization: 16 hexadecimal digits."
CA = "Name a file with the CA's certificate, in PEM."
FEED = "Use the id, C… or G…, as the channel's About shows it."
HOW = "is no duration such as 90s, 30m, 2h, 1d or 1h30m"
MORE = "holds more than an address: a blank, a user, a password or a query"
LOWER = "List more approvers in [roles] approver, or lower quorum."
ALL_SECTIONS = "There is [roles], [channels], [approval], [limits], [undo], [owners], [[influxdb]]."
SLACK_USER = (
    "Use one person's id, U… or W…, which a profile's menu in Slack copies; a name with dots in it "
    "stands in quotes."
)
USER = "Name a user, by name or id; with the instance before it, as in prod/telegraf."
BRACKETS = "Write [[influxdb]] in double brackets, since there can be several."
DURATION = "Write it as text, from 1 min to 30 d, such as"


@pytest.mark.usefixtures("around")
@pytest.mark.parametrize(
    ("text", "said"),
    [
        # TOML itself
        (
            "\n[roles\n",
            "2: this is no TOML: expected ']' at the end of a table declaration. See https://toml.io.",
        ),
        ("[roles]\n\nviewer =", "3: this is no TOML: invalid value. See https://toml.io."),
        (
            "[undo]\n[undo]",
            "2: this is no TOML: cannot declare this twice. See https://toml.io.",
        ),
        # Sections
        (
            "[role]\nviewer = []",
            "1: there is no such section. Did you mean [roles]?",
        ),
        (
            f"{ROLES}[hunter2]",
            f"3: there is no such section. {ALL_SECTIONS}",
        ),
        ("\nquorum = 1", "2: quorum stands outside its section. Put it under [approval]."),
        ('url = "x"', "1: url stands outside its section. Put it under [[influxdb]]."),
        ("undo = 1", "1: [undo] is no section. Write [undo] on a line of its own."),
        (
            'influxdb.name = "[[influxdb]]"',
            f"1: influxdb is no list of sections. {BRACKETS}",
        ),
        # Keys
        (f"{ROLES}\noperater = []", "4: [roles] has no such key. Did you mean operator?"),
        (
            "[roles]\nhunter2 = []",
            "2: [roles] has no such key. There is viewer, operator, approver.",
        ),
        ("undo = { windows = '1h' }", "1: [undo] has no such key. Did you mean window?"),
        # Roles
        ("[roles]\nviewer = 'U0ALICE'", f"2: [roles] viewer is no list. {HOLDERS}"),
        (
            "[roles]\nviewer = ['U0ALICE', '@hunter2']",
            f"2: [roles] viewer, entry 2, is a name, and names change. {HOLDERS}",
        ),
        (
            "[roles]\nviewer = [\n'U0ALICE',\n\n'hunter2']",
            "5: [roles] viewer, entry 2, is no id of a Slack user or user group. " + HOLDERS,
        ),
        (
            "[roles]\napprover = [1]",
            f"2: [roles] approver, entry 1, is no text in quotes. {HOLDERS}",
        ),
        # Channels
        (
            "[channels]\nallowed = ['#hunter2']",
            f"2: [channels] allowed, entry 1, is a name, and names change. {CHANNELS}",
        ),
        (
            "[channels]\nallowed = ['D0ALICE']",
            f"2: [channels] allowed, entry 1, is no id of a Slack channel. {CHANNELS}",
        ),
        (
            "[channels]\ndirect = 'no'",
            "2: [channels] direct is neither true nor false. Set it to true or false.",
        ),
        (
            "[channels]\nfeed = ''",
            f"2: [channels] feed is no id of a Slack channel. {FEED}",
        ),
        # Approvals
        (
            "[approval]\nneeded_for = ['enabel']",
            "2: [approval] needed_for, entry 1, is no kind of change; enable is most like it. "
            + KINDS,
        ),
        (
            "[approval]\nneeded_for = ['hunter2']",
            f"2: [approval] needed_for, entry 1, is no kind of change. {KINDS}",
        ),
        (
            "[approval]\nexpires_after = '30'",
            f"2: [approval] expires_after {HOW}. {DURATION} 30m or 2h.",
        ),
        (
            "[approval]\nexpires_after = '59s'",
            f"2: [approval] expires_after is not between 1 min and 30 d. {DURATION} 30m or 2h.",
        ),
        (
            "[approval]\nquorum = 0",
            f"2: [approval] quorum is less than 1. {QUORUM}",
        ),
        (
            "[approval]\nquorum = true",
            f"2: [approval] quorum is no whole number. {QUORUM}",
        ),
        (
            f"{ROLES}\n[approval]\nneeded_for = ['disable']",
            f"5: [approval] needed_for asks for approvals that nobody could give. {APPROVERS}",
        ),
        (
            "[approval]\nneeded_for = ['several']",
            f"2: [approval] needed_for asks for approvals that nobody could give. {APPROVERS}",
        ),
        (
            "[roles]\napprover = ['U0ALICE', 'U0BOB', 'U0BOB']\n[approval]\nquorum = 3",
            f"4: [approval] quorum asks for more votes than there are approvers, 2. {LOWER}",
        ),
        # Limits and undo
        (
            "[limits]\ntargets_per_person = 0",
            f"2: [limits] targets_per_person is less than 1. {MOST}",
        ),
        (
            "[limits]\ntargets_per_person = false",
            f"2: [limits] targets_per_person is no whole number. {MOST}",
        ),
        (
            "[limits]\nread_only = 1",
            "2: [limits] read_only is neither true nor false. Set it to true or false.",
        ),
        (
            "[undo]\nwindow = 24",
            f"2: [undo] window is no text in quotes. {DURATION} 24h or 2d.",
        ),
        (
            "[undo]\nwindow = '31d'",
            f"2: [undo] window is not between 1 min and 30 d. {DURATION} 24h or 2d.",
        ),
        # Owners
        (
            "[owners]\ngrafana = 'U0ALICE'\nhunter2 = 'hunter2'",
            f"3: [owners], entry 2, is no id of a Slack user. {SLACK_USER}",
        ),
        (
            "[owners]\ngrafana = '@hunter2'",
            f"2: [owners], entry 1, is a name, and names change. {SLACK_USER}",
        ),
        (
            "[owners]\ngrafana = 'S0SRE'",
            f"2: [owners], entry 1, is a user group's id, and not one person's. {SLACK_USER}",
        ),
        (
            "[owners]\nhunter2.example = 'U0ALICE'",
            f"2: [owners], entry 1, is no text in quotes. {SLACK_USER}",
        ),
        (
            "[owners]\n\n'hunter2/grafana' = 'U0ALICE'",
            f"3: [owners], entry 1, names an instance that is not there. {USER}",
        ),
        (
            f"{INSTANCE}[owners]\n'default/grafana' = 'U0ALICE'",
            f"6: [owners], entry 1, names an instance that is not there. {USER}",
        ),
        ("[owners]\n'default/' = 'U0ALICE'", f"2: [owners], entry 1, names no user. {USER}"),
        ("[owners]\n'' = 'U0ALICE'", f"2: [owners], entry 1, names no user. {USER}"),
        (
            "[owners]\n0d0d0d0d0d0d0001 = 'U0ALICE'\n0D0D0D0D0D0D0001 = 'U0BOB'",
            "3: [owners], entry 2, names a user who was named before. Leave one of them.",
        ),
        ("owners = 1", "1: [owners] is no section. Write [owners] on a line of its own."),
        ("[owner]\ngrafana = 'U0ALICE'", "1: there is no such section. Did you mean [owners]?"),
        # Instances
        (
            INSTANCE.replace("prod", "Prod"),
            f"2: [[influxdb]] name is no name. {NAME}",
        ),
        (
            INSTANCE.replace("prod", "p" * 33),
            f"2: [[influxdb]] name is no name. {NAME}",
        ),
        (
            INSTANCE + INSTANCE,
            "6: [[influxdb]] name is taken. Give each instance a name of its own.",
        ),
        (
            INSTANCE.replace("http://a", "http://user:hunter2@a"),
            f"3: [[influxdb]] url {MORE}. {URL}",
        ),
        (
            INSTANCE.replace('url = "http://a"\n', ""),
            f"1: [[influxdb]] url is missing. {URL}",
        ),
        (
            INSTANCE.replace('token_env = "PROD"', ""),
            f"1: [[influxdb]] has no token. {TOKEN}.",
        ),
        (
            f"{INSTANCE}token_file = 'secrets/eu'",
            f"5: [[influxdb]] token_file is one token too many. {TOKEN}, not both.",
        ),
        (
            INSTANCE.replace("PROD", "hunter2"),
            f"4: [[influxdb]] token_env names no variable that is set. {VARIABLE}",
        ),
        (
            INSTANCE.replace("PROD", "BLANK"),
            f"4: [[influxdb]] token_env names a variable that is blank. {VARIABLE}",
        ),
        (
            INSTANCE.replace('token_env = "PROD"', 'token_file = "hunter2"'),
            f"4: [[influxdb]] token_file names no file. {TOKEN_FILE}",
        ),
        (
            INSTANCE.replace('token_env = "PROD"', 'token_file = "ca.pem"'),
            "4: [[influxdb]] token_file names a file that holds a line break or the like. "
            + TOKEN_FILE,
        ),
        (
            INSTANCE.replace('token_env = "PROD"', f'token_file = "{"x" * 300}"'),
            f"4: [[influxdb]] token_file names no file. {TOKEN_FILE}",
        ),
        (
            f'{INSTANCE}own_authorization = "0d"',
            f"5: [[influxdb]] own_authorization is no authorization's id. {OWN}",
        ),
        (
            f'{INSTANCE}ca_file = "token-bot.toml"',
            f"5: [[influxdb]] ca_file names a file that holds no certificate in PEM. {CA}",
        ),
    ],
)
def test_each_line_is_checked(
    wrong: Wrong, monkeypatch: pytest.MonkeyPatch, text: str, said: str
) -> None:
    """One error: the file, the line, what is wrong and what to do; no value is repeated."""
    monkeypatch.setenv("BLANK", "  ")

    assert wrong(text) == [f"token-bot.toml, line {said}"]
    assert "hunter2" not in said


def test_everything_that_is_wrong_is_said_at_once(wrong: Wrong) -> None:
    """Nobody mends ten lines in ten starts; they come in the order of the lines."""
    lines = wrong(
        FULL.replace('"W0BOB"', '"@bob"')
        .replace("direct  = false", "direct = 1\nredirect = 2")
        .replace('"1h30m"', '"soon"')
        .replace("[limits]", "[limit]")
        .replace("prod", "Prod")
    )

    assert [re.sub(r".* (line \d+: \S+ \S+) .*", r"\1", line) for line in lines] == [
        "line 5: [roles] approver,",
        "line 9: [channels] direct",
        "line 10: [channels] has",
        "line 15: [approval] expires_after",
        "line 19: there is",
        "line 28: [owners], entry",
        "line 34: [[influxdb]] name",
        "line 36: [[influxdb]] token_env",
        "line 42: [[influxdb]] token_file",
        "line 43: [[influxdb]] ca_file",
    ]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"[roles]\n\n# caf\xe9", "line 3: this is not UTF-8. Save the file as UTF-8."),
        (b"x" * 1_000_001, "line 1: the file is far too long to be a policy."),
        (b"x = " + b"[" * 9999, "line 1: this is no TOML: it is nested too deeply."),
        (
            b"x = " + b"9" * 9999,
            "line 1: this is no TOML: it holds a number or a date that cannot be.",
        ),
        (b"a = 1\nx = 'hunter2\n", 'line 2: this is no TOML: expected "\'".'),
        (
            b"a = {'hunter2' = 1, 'hunter2' = 2}\n",
            "line 1: this is no TOML: duplicate inline table key.",
        ),
    ],
)
def test_what_is_no_document_is_said_to_be_none(file: Path, content: bytes, said: str) -> None:
    """Wherever TOML itself ends, with the line as far as it is known."""
    file.write_bytes(content)

    with pytest.raises(SettingsError) as raised:
        load_configuration(settings(token_bot_config=file, allowed_users="U0ALICE"))

    line = raised.value.lines[-1].removesuffix(" See https://toml.io.")
    assert line == f"token-bot.toml, {said}"


def test_a_mark_of_windows_editors_is_no_error(file: Path, load: Load) -> None:
    """A byte order mark and carriage returns are none of TOML's, and harmless."""
    load(ROLES)
    file.write_bytes(b"\xef\xbb\xbf" + ROLES.replace("\n", "\r\n").encode())

    said = load_configuration(
        settings(token_bot_config=file, influxdb_url="http://a", influxdb_token="made-up")
    )

    assert said.policy.roles.operator == {"U0ALICE"}


@pytest.mark.usefixtures("around")
def test_a_token_that_everybody_can_read_is_a_warning(file: Path, load: Load) -> None:
    """It works, and the log says which file."""
    (file.parent / "secrets" / "eu").chmod(0o644)

    (warning,) = load(FULL).warnings

    assert warning == (
        "everybody on this machine can read secrets/eu, which holds an API token: run chmod 600 "
        "on it"
    )


@pytest.mark.usefixtures("around")
def test_a_policy_that_everybody_can_write_is_a_warning(file: Path, load: Load) -> None:
    """It works, and the log says that anybody could give themselves a role."""
    load(FULL)
    file.chmod(0o666)

    (warning,) = load(FULL).warnings

    assert warning == (
        f"everybody on this machine can write {file}, which says who may do what: run chmod o-w "
        "on it"
    )


@pytest.mark.usefixtures("around")
def test_secrets_are_not_shown(load: Load) -> None:
    """Printing what was loaded shows no token."""
    assert "made-up" not in f"{load(FULL)!r}"


@pytest.fixture(scope="module")
def own_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file for tests that write it many times."""
    return tmp_path_factory.mktemp("policy") / "token-bot.toml"


def errors(path: Path, text: str) -> list[str]:
    """Give what is said of any text; nothing if it is right."""
    path.write_text(text, encoding="utf-8", newline="")
    said = settings(
        token_bot_config=path, allowed_users="U0ALICE", influxdb_own_authorization="0" * 16
    )
    try:
        load_configuration(said)
    except SettingsError as error:
        return error.lines
    return []


def assert_in_form(path: Path, text: str, lines: list[str]) -> None:
    """Expect of each error that it has a place within the text, and ends as a sentence."""
    for line in lines:
        place = re.match(rf"{re.escape(str(path))}, line (\d+): .+[.?]$", line)
        assert place or line.startswith("INFLUXDB_"), line
        assert place is None or 1 <= int(place[1]) <= text.count("\n") + 1, line


@UNHURRIED
@given(text=st.text(st.characters(exclude_categories=["Cs"]), max_size=80))
def test_any_text_is_a_policy_or_is_refused_by_its_lines(own_file: Path, text: str) -> None:
    """Never an exception, whatever is in the file."""
    assert_in_form(own_file, text, errors(own_file, text))


PIECES = st.sampled_from(
    ["", "\n", "[", "]", "{", "}", '"', "'", '"""', "=", ".", ",", "1", "true", "[[roles]]", "a.b"]
)


@UNHURRIED
@given(
    start=st.integers(0, len(FULL)), length=st.integers(0, 30), piece=PIECES, again=st.booleans()
)
def test_a_file_that_was_damaged_is_refused_by_its_lines(
    own_file: Path, start: int, length: int, piece: str, *, again: bool
) -> None:
    """Wherever something is cut out, put in or doubled: values, or errors with lines."""
    kept = FULL[start:] if again else FULL[start + length :]
    text = FULL[:start] + piece + kept

    assert_in_form(own_file, text, errors(own_file, text))


@UNHURRIED
@given(number=st.integers(0, FULL.count('"') // 2 - 1), as_key=st.booleans())
def test_no_value_is_repeated(own_file: Path, number: int, *, as_key: bool) -> None:
    """Wherever a secret was pasted, as a value or as a key, no error shows it."""
    places = list(re.finditer(r'"[^"]*"', FULL))
    if as_key:
        line = FULL[: places[number].start()].rindex("\n") + 1
        text = f"{FULL[:line]}{SECRET} = 1\n{FULL[line:]}"
    else:
        text = f'{FULL[: places[number].start()]}"{SECRET}"{FULL[places[number].end() :]}'

    said = errors(own_file, text)

    assert said
    assert SECRET not in "\n".join(said)
