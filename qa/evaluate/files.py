"""A report as files: for machines, for reading, for the browser and for CI."""

import json
from pathlib import Path

from qa.evaluate.junit import junit
from qa.evaluate.page import report_page
from qa.evaluate.render import render
from qa.evaluate.report import REPORT_FILE, Report


def write_report(report: Report, *, folder: Path | None = None, junit_file: Path | None = None) -> None:
    """Write report.json, report.md and report.html into ``folder``, and JUnit XML to ``junit_file``, where given.

    Folders are made as needed; raises ``OSError`` where one cannot be written.
    """
    files: dict[Path, str] = {}
    if folder:
        whole = json.dumps(report.to_json(), ensure_ascii=False, indent=1)
        files |= {
            folder / REPORT_FILE: whole,
            folder / "report.md": render(report),
            folder / "report.html": report_page(report),
        }
    if junit_file:
        files[junit_file] = junit(report)
    for file, content in files.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        # Half a surrogate pair, which JSON can smuggle in, becomes its escape: valid in JSON, readable elsewhere.
        file.write_text(content + "\n", "utf-8", errors="backslashreplace")
