"""Jobs whose scripts are for PowerShell or cmd: nothing here can read them."""

from __future__ import annotations

import re
from functools import cache

from ..pipeline.model import Job

_KEYWORDS = ("before_script", "script", "after_script")


def runs_foreign_shell(job: Job) -> bool:
    """Whether tags, image or script show a shell that is no POSIX shell.

    A Windows runner has PowerShell or cmd; a cmdlet at a line's start or `$env:NAME` is PowerShell.
    """
    patterns = _patterns()
    if any(patterns["tag"].search(tag.template) for tag in job.tags):
        return True
    if job.image is not None and patterns["image"].search(job.image.name.template):
        return True
    return any(
        patterns["line"].search(item.string or "")
        for keyword in _KEYWORDS
        for item in job.lines(keyword)
    )


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    cmdlet = "|".join(
        (
            "Add-(?:Content|Type)",
            "Copy-Item",
            "Expand-Archive",
            "ForEach-Object",
            "Get-(?:ChildItem|Content|Item|Command|Location|Process)",
            "Import-Module",
            "Install-(?:Module|Package)",
            "Invoke-(?:Expression|WebRequest|RestMethod|Command)",
            "Join-Path",
            "New-(?:Item|Object)",
            "Out-(?:File|Null|String)",
            "Remove-Item",
            "Select-(?:String|Object)",
            "Set-(?:Content|ExecutionPolicy|Item|Location|Variable|StrictMode)",
            "Split-Path",
            "Start-(?:Process|Sleep|Service)",
            "Test-Path",
            "Write-(?:Host|Output|Error)",
        )
    )
    return {
        "tag": re.compile(r"(?i)(?:^|[^a-z])(?:windows|pwsh|powershell)(?:[^a-z]|$)|^win\d*$"),
        "image": re.compile(r"(?i)(?:^|[/:_-])(?:nanoserver|servercore|windows)(?:$|[/:_-])"),
        "line": re.compile(
            rf"(?im)^[ \t]*(?:&[ \t]*)?(?:(?:{cmdlet})\b|\$env:\w+|\$\w+[ \t]+=[ \t]|\[\w+(?:\.\w+)+\]::"
            r"|@echo[ \t]+off|if[ \t]+(?:not[ \t]+)?(?:exist|errorlevel)\b)"
        ),
    }
