"""What is printed of a finding, and what stands in RESULTS.md."""

from collections.abc import Sequence

from bench.comparison import Finding, Line
from bench.samples import Samples

_HEAD = """\
# How fast it is

Written by `make bench`. Read a line as: what was measured, the bot's figure, that of what it is
compared to in the same run, and how many times the one is the other, with the target. A figure is
the median, and in brackets between what nine in ten of the measurements lie (of fewer than ten, the
least and the largest). The ratio is the median of the ratios of the repetitions, in which both took
turns. Seconds depend on the machine; ratios should not by much.
"""
BEGIN = "<!-- how fast: written by make bench -->"
END = "<!-- end of how fast -->"
_COLUMNS = "| What | token-bot | Compared to | Ratio | Target | |\n|---|---|---|---|---|---|\n"


def written(machine: Sequence[str], findings: Sequence[Finding]) -> str:
    """Write the whole of RESULTS.md."""
    about = "\n".join(f"- {line}" for line in machine)
    return "\n".join(
        [_HEAD, about, "", summary(findings), *(_section(finding) for finding in findings)]
    )


def summary(findings: Sequence[Finding]) -> str:
    """Write the table that stands in the README: below each finding, a row for each target."""
    rows = "".join(
        f"| **{finding.number}: {finding.what}** | | | |\n{''.join(map(_row, finding.lines))}"
        for finding in findings
    )
    return f"| What | Measured | Target | |\n|---|---|---|---|\n{rows}"


def with_summary(document: str, findings: Sequence[Finding]) -> str:
    """Put the summary into a document, between the marks that it has for it.

    Raises:
        ValueError: If it has none.
    """
    before, _, rest = document.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not end:
        raise ValueError(f"no {BEGIN} and {END}")
    return f"{before}{BEGIN}\n\n{summary(findings)}\n{END}{after}"


def printed(finding: Finding) -> str:
    """Write what the terminal shows of one finding."""
    lines = [f"{finding.number}  {finding.what}"]
    for line in finding.lines:
        what, bot, compared, ratio, target, met = _cells(line)
        against = f" against {compared}" if compared else ""
        so = f" ({target}: {met})" if line.wanted else ""
        lines.append(f"    {what}: {bot}{against}{f', {ratio}' if ratio else ''}{so}")
    lines += [f"    {remark}" for remark in finding.remarks]
    return "\n".join(lines) + "\n"


def _section(finding: Finding) -> str:
    rows = "".join(f"| {' | '.join(_cells(line))} |\n" for line in finding.lines)
    remarks = "".join(f"\n{remark}\n" for remark in finding.remarks)
    head = f"## {finding.number}: {finding.what}\n\n{finding.how}\n\n"
    return f"{head}{_COLUMNS}{rows}{remarks}"


def _row(line: Line) -> str:
    if not line.wanted:
        return ""
    found, suffix = (line.bot, "") if line.ratios is None else (line.ratios, " ×")
    met = "met" if line.met else "missed"
    return f"| {line.what} | {_number(found.median)}{suffix} | {line.target} | {met} |\n"


def _cells(line: Line) -> tuple[str, str, str, str, str, str]:
    ratio = "" if line.ratios is None else _figure(line.ratios, suffix=" ×")
    compared = "" if line.compared is None else _figure(line.compared)
    met = ("met" if line.met else "missed") if line.wanted else ""
    return line.what, _figure(line.bot), compared, ratio, line.target, met


def _figure(samples: Samples, suffix: str = "") -> str:
    if len(samples.values) == 1:
        return f"{_number(samples.median)}{suffix}"
    low, high = samples.spread
    return f"{_number(samples.median)}{suffix} ({_number(low)}–{_number(high)})"


def _number(value: float) -> str:
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}" if abs(value) >= 0.1 else f"{value:.2g}"
