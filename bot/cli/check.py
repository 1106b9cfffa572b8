from bot.changes.secret import mask_secrets
from bot.check.checking import Patience, check
from bot.check.findings import Finding, Section, Severity, counted
from bot.cli.exit_codes import ExitCode
from bot.cli.interruptible import interruptible
from bot.cli.refusals import refuse
from bot.cli.terminal import put
from bot.clock import system_clock
from bot.configuration import load_configuration
from bot.settings import SettingsError, load_settings
from bot.telemetry.logs import configure_logs

_WIDTH = max(len(severity) for severity in Severity)


def check_setup() -> int:
    """Say what is wrong with the setup, and what is well; give the exit code."""
    configure_logs("ERROR", "console")
    try:
        settings = load_settings()
        configuration = load_configuration(settings)
    except SettingsError as error:
        return refuse(*error.lines)
    sections = interruptible(lambda: check(settings, configuration, system_clock, Patience()))
    put(report(sections), instead="")
    return exit_code(sections)


def report(sections: list[Section]) -> str:
    """Write the findings, a line each, under their titles."""
    written = ["\n".join([each.title, *map(_line, each.findings), ""]) for each in sections]
    return "\n".join([*written, _summary(sections)])


def exit_code(sections: list[Section]) -> ExitCode:
    """Tell whether anything is wrong."""
    return ExitCode.FAILED if _count(sections, Severity.PROBLEM) else ExitCode.DONE


def _line(finding: Finding) -> str:
    text = f"{finding.what} {finding.remedy}"
    # Names and messages are others' words: they keep to their line, and hold no secret.
    shown = "".join(each if each.isprintable() else " " for each in mask_secrets(text))
    return f"{finding.severity:<{_WIDTH}}  {' '.join(shown.split())}"


def _summary(sections: list[Section]) -> str:
    wrong = _count(sections, Severity.PROBLEM)
    notes = counted(_count(sections, Severity.NOTE), "note")
    found = "No problem was found" if not wrong else f"{counted(wrong, 'problem')} found"
    return f"{found}, {notes}."


def _count(sections: list[Section], severity: Severity) -> int:
    return sum(finding.severity is severity for each in sections for finding in each.findings)
