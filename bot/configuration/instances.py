"""The [[influxdb]] sections of the policy file."""

from typing import Any

from pydantic import SecretStr, ValidationError

from bot.configuration.document import Document
from bot.configuration.findings import Findings
from bot.configuration.sections import INSTANCES, InstanceSection, Outside
from bot.configuration.toml_lines import Path
from bot.configuration.values import DEFAULT_INSTANCE, InstanceSettings

_TOKENS = ("token_env", "token_file")
_REMEDY = (
    "Name the variable that holds the API token in token_env, or a file that holds it in token_file"
)


def read_instances(document: Document, outside: Outside) -> tuple[InstanceSettings, ...]:
    """Read the instances; those that are wrong are left out, and are among the findings."""
    if INSTANCES not in document.content:
        return ()
    written = document.content[INSTANCES]
    if (
        not isinstance(written, list)
        or not written
        or not all(isinstance(each, dict) for each in written)
    ):
        document.findings.add_at(
            (INSTANCES,),
            f"{INSTANCES} is no list of sections. Write [[{INSTANCES}]] in double brackets, since "
            "there can be several.",
        )
        return ()
    read = [
        _instance(table, (INSTANCES, position), outside, document.findings)
        for position, table in enumerate(written)
    ]
    _refuse_twins(written, document.findings)
    return tuple(instance for instance in read if instance is not None)


def instance_names(document: Document) -> frozenset[str]:
    """Name the instances, whatever else is wrong with them."""
    written = document.content.get(INSTANCES, [{"name": DEFAULT_INSTANCE}])
    tables = written if isinstance(written, list) else []
    names = (table.get("name") for table in tables if isinstance(table, dict))
    return frozenset(name for name in names if isinstance(name, str))


def _instance(
    table: dict[str, Any], path: Path, outside: Outside, findings: Findings
) -> InstanceSettings | None:
    given = [key for key in _TOKENS if key in table]
    if not given:
        findings.add(path, "has no token", f"{_REMEDY}.")
    if len(given) > 1:
        findings.add((*path, given[1]), "is one token too many", f"{_REMEDY}, not both.")
    try:
        said = InstanceSection.model_validate(table, context=outside)
    except ValidationError as error:
        for detail in error.errors():
            findings.add_detail(path, detail, InstanceSection.remedies())
        return None
    return InstanceSettings(
        name=said.name,
        url=said.url,
        token=said.token_env or said.token_file or SecretStr(""),
        own_authorization=said.own_authorization,
        ca_file=said.ca_file,
    )


def _refuse_twins(written: list[dict[str, Any]], findings: Findings) -> None:
    """Note names that were used before; buttons and commands could not tell them apart."""
    names: list[object] = [table.get("name") for table in written]
    for position, name in enumerate(names):
        if isinstance(name, str) and name in names[:position]:
            findings.add(
                (INSTANCES, position, "name"), "is taken", "Give each instance a name of its own."
            )
