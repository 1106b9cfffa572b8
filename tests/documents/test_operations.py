"""What docs/operations.md gives to copy can be copied."""

import ast
import configparser
import re
from typing import Any

import yaml

from bot.endpoints import application
from bot.settings import Settings
from tests.documents.pages import ROOT, blocks, rows, text_of
from tests.documents.sayings import TREES

PAGE = "docs/operations.md"
VARIABLES = {name.upper() for name in Settings.model_fields}


def of_kubernetes() -> dict[str, dict[str, Any]]:
    """Give the page's objects by their kind."""
    (block,) = blocks(PAGE, "yaml")
    return {each["kind"]: each for each in yaml.safe_load_all(block.text)}


def test_the_deployment_fits_the_bot() -> None:
    """Its variables, port and probes are the bot's, and its grace is longer than the bot takes."""
    objects = of_kubernetes()
    spec = objects["Deployment"]["spec"]["template"]["spec"]
    (container,) = spec["containers"]
    probes = [container[name]["httpGet"]["path"] for name in ("readinessProbe", "livenessProbe")]
    pause = container["lifecycle"]["preStop"]["sleep"]["seconds"]
    (port,) = container["ports"]

    assert {each["name"] for each in container["env"]} <= VARIABLES
    assert set(objects["Secret"]["stringData"]) <= VARIABLES
    assert probes == ["/readyz", "/healthz"]
    assert set(probes) <= {getattr(route, "path", "") for route in _routes()}
    assert port["containerPort"] == Settings.model_fields["port"].default
    assert spec["terminationGracePeriodSeconds"] > pause + 25


def test_the_unit_fits_the_bot() -> None:
    """It can be read, starts the bot, reloads it by SIGHUP, and lets it finish."""
    (block,) = blocks(PAGE, "ini")
    unit = configparser.ConfigParser(strict=True, interpolation=None)
    unit.read_string(block.text)
    service = unit["Service"]

    assert service["ExecStart"].endswith("/token-bot run")
    assert service["ExecReload"] == "/bin/kill -HUP $MAINPID"
    assert int(service["TimeoutStopSec"]) > 25
    assert service["Environment"].partition("=")[0] in VARIABLES


def test_the_image_is_made_of_what_is_there() -> None:
    """The lock file that it installs from has its place."""
    (block,) = blocks(PAGE, "dockerfile")
    (locked,) = re.findall(r"/src/(\S+\.txt)", block.text)

    assert (ROOT / locked).is_file()


def test_every_variable_that_a_page_sets_exists() -> None:
    """What is said in capitals with an underscore is a setting, or a part of an example."""
    known = VARIABLES | {"INFLUXDB_PROD_TOKEN", "BOT_TEST_POSTGRES_URL"}
    for page in ("README.md", "docs/operations.md", "docs/runbook.md", "docs/security.md"):
        named = set(re.findall(r"`([A-Z]+_[A-Z_]+)(?:=[^`]*)?`", text_of(page)))
        assert named <= known, (page, named - known)


def test_every_field_of_the_log_that_is_told_of_exists() -> None:
    """Each is bound or logged somewhere, or set on every line."""
    told = {name for row in rows(PAGE, "## Logs") for name in re.findall(r"`(\w+)`", row[0])}
    logged = {
        keyword.arg
        for tree in TREES
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and re.search("log|bind|bound", ast.unparse(node.func))
        for keyword in node.keywords
    }

    assert told <= logged | {"timestamp", "level", "event"}


def test_every_field_of_the_log_is_told_of() -> None:
    """Whoever reads a line finds what stands in it; a traceback is no field."""
    told = {name for row in rows(PAGE, "## Logs") for name in re.findall(r"`(\w+)`", row[0])}
    levels = "debug|info|warning|error|exception|critical"
    logged = {
        keyword.arg
        for tree in TREES
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and re.search(rf"\b_?log\.({levels})$|\bbound_contextvars$", ast.unparse(node.func))
        for keyword in node.keywords
    }

    assert logged - {"exc_info", None} <= told


def _routes() -> list[Any]:
    async def nothing() -> bytes:
        return b""

    return list(application(None, {}, {}, nothing).routes)
