"""As JUnit XML, which every service that runs tests shows: a suite for each file, a case for each equality."""

import re
from xml.etree import ElementTree

from derive.checking import Report
from derive.formats.message import OPEN, message

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def as_junit(report: Report) -> str:
    """Refuted, undecided and not understood are failures; a file that cannot be read is an error of its own."""
    suites = ElementTree.Element("testsuites", name="derive check")
    for examined in report.examined:
        cases = examined.checked
        failed = sum(one.verdict in OPEN for one in cases)
        suite = ElementTree.SubElement(
            suites, "testsuite", name=_plain(examined.file), tests=str(len(cases)), failures=str(failed), errors="0"
        )
        for one in cases:
            name = _plain(f"line {one.line}, column {one.column}: {one.text.strip()}")
            case = ElementTree.SubElement(
                suite, "testcase", name=name, classname=_plain(examined.file), file=_plain(one.file), line=str(one.line)
            )
            if one.verdict in OPEN:
                failure = ElementTree.SubElement(case, "failure", type=one.verdict, message=_plain(message(one)))
                failure.text = _plain(one.reason or "")
    for fault in report.faults:
        suite = ElementTree.SubElement(suites, "testsuite", name="files", tests="1", failures="0", errors="1")
        case = ElementTree.SubElement(suite, "testcase", name=_plain(fault.partition(":")[0]))
        ElementTree.SubElement(case, "error", type="unreadable", message=_plain(fault))
    ElementTree.indent(suites)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(suites, encoding="unicode")


def _plain(text: str) -> str:
    """Text that XML can hold: other characters by their number."""
    return _NOT_XML.sub(lambda found: f"[U+{ord(found.group()):04X}]", text)
