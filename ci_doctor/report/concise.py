"""One line for each finding, as compilers write them."""

from __future__ import annotations

from ..finding import Report
from .printable import printable


def render(report: Report) -> str:
    return "".join(
        f"{printable(str(finding.location))}: "
        f"{finding.severity}[{finding.check}] {printable(finding.message)}\n"
        for finding in report.findings
    )
