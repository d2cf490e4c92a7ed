"""A report as JUnit XML: a test case a question, which CI services show."""

import re
from xml.etree import ElementTree as Xml

from qa.evaluate.render import TITLES, failure_reasons, gold_text, predicted_text
from qa.evaluate.report import Report, Row

_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(report: Report) -> str:
    """Return the report as a JUnit document: what is not right is a failure, what raised is an error."""
    failed = [row for row in report.rows if not row.right and row.error is None]
    raised = [row for row in report.rows if row.error is not None]
    seconds = sum(row.timings_ms["total"] for row in report.rows) / 1000
    suite = Xml.Element(
        "testsuite",
        name=TITLES[report.task],
        tests=str(len(report.rows)),
        failures=str(len(failed)),
        errors=str(len(raised)),
        time=f"{seconds:.3f}",
    )
    for row in report.rows:
        _case(suite, row)
    return Xml.tostring(suite, encoding="unicode", xml_declaration=True)


def _case(suite: Xml.Element, row: Row) -> None:
    name, seconds = _clean(f"{row.id} {row.question}"), f"{row.timings_ms['total'] / 1000:.3f}"
    case = Xml.SubElement(suite, "testcase", classname=_clean(f"{row.lang}.{row.kind}"), name=name, time=seconds)
    if row.error is not None or not row.right:
        what = "failure" if row.error is None else "error"
        told = Xml.SubElement(case, what, message=_clean("; ".join(failure_reasons(row))))
        told.text = _clean(f"gold: {gold_text(row)}\npredicted: {predicted_text(row)}")


def _clean(text: str) -> str:
    return _NOT_IN_XML.sub("\ufffd", text)
