"""What `derive check` found, in the forms that other programs read: one function a format, from the same verdicts."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from derive.checking import Report
from derive.formats.github import as_github
from derive.formats.json import as_json
from derive.formats.junit import as_junit
from derive.formats.sarif import as_sarif

FORMATS: Mapping[str, Callable[[Report], str]] = MappingProxyType(
    {"json": as_json, "github": as_github, "sarif": as_sarif, "junit": as_junit}
)
"""The name of each format, and what writes it."""

__all__ = ["FORMATS"]
