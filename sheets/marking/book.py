"""Where a workbook's parts are, and what refers to what."""

import posixpath
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import quoteattr

from msgspec import Struct

from derive.errors import DeriveError
from sheets.marking.spans import all_of, edited, in_utf8, inserted, one, spans

_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"


class Book(Struct, frozen=True):
    """Where the workbook's own parts are, and in which namespaces they are written: strict or transitional."""

    part: str
    sheets: Mapping[str, str]
    styles: str
    namespace: str
    relations: str


def book_of(parts: Mapping[str, bytes]) -> Book:
    """Found by its relationships, as a reader of the format does."""
    start = related(parts, "", "officeDocument")
    if not start or start[0][1] not in parts:
        raise DeriveError("", "cannot be marked: no workbook stands in it")
    relation, part = start[0]
    relations = relation.removesuffix("/officeDocument")
    targets = dict(relations_of(parts, part).items())
    found = spans(in_utf8(parts[part]), frozenset({"workbook", "sheet"}).__contains__)
    sheets = {}
    for sheet in all_of(found, "sheet"):
        number = next((value for name, value in sheet.attributes.items() if name.rpartition(":")[2] == "id"), "")
        if number in targets:
            sheets[sheet.attributes["name"]] = targets[number][1]
    styles = related(parts, part, "styles")
    root = one(found, "workbook")
    if not styles or root is None:
        raise DeriveError("", "cannot be marked: it has no styles")
    space = root.attributes.get(f"xmlns:{root.prefix[:-1]}" if root.prefix else "xmlns", "")
    return Book(part, sheets, styles[0][1], space, relations)


def relations_of(parts: Mapping[str, bytes], part: str) -> dict[str, tuple[str, str]]:
    """Id to (type, part) of what a part refers to within the file."""
    folder, name = posixpath.split(part)
    rels = parts.get(posixpath.join(folder, "_rels", f"{name}.rels"))
    if rels is None:
        return {}
    found = {}
    for span in spans(in_utf8(rels), "Relationship".__eq__):
        target = span.attributes.get("Target", "")
        if span.attributes.get("TargetMode") != "External":
            place = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
            found[span.attributes["Id"]] = span.attributes.get("Type", ""), place
    return found


def related(parts: Mapping[str, bytes], part: str, kind: str) -> list[tuple[str, str]]:
    """(type, part) of what of one kind a part refers to."""
    return [(type_, target) for type_, target in relations_of(parts, part).values() if type_.endswith(f"/{kind}")]


def with_relations(
    parts: Mapping[str, bytes], part: str, new: Sequence[tuple[str, str]]
) -> tuple[str, bytes, list[str]]:
    """The relationships of a part with more (type, part): their part, its content, the new ids."""
    folder, name = posixpath.split(part)
    rels = posixpath.join(folder, "_rels", f"{name}.rels")
    given = in_utf8(parts.get(rels, f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
                                    f'<Relationships xmlns="{_RELATIONS}"></Relationships>'.encode()))
    found = spans(given, frozenset({"Relationships", "Relationship"}).__contains__)
    root = one(found, "Relationships")
    assert root is not None
    taken = {span.attributes.get("Id") for span in found}
    ids: list[str] = []
    number = 1
    for _ in new:
        while f"rId{number}" in taken:
            number += 1
        ids.append(f"rId{number}")
        taken.add(ids[-1])
    text = "".join(f'<{root.prefix}Relationship Id="{id_}" Type={quoteattr(type_)} '
                   f'Target={quoteattr(posixpath.relpath(target, folder or "."))}/>'
                   for id_, (type_, target) in zip(ids, new, strict=True))
    return rels, edited(given, [inserted(given, root, text.encode())]), ids


def free(parts: Mapping[str, bytes], pattern: str) -> str:
    """The first name of a pattern that no part has."""
    lower = {name.lower() for name in parts}
    number = 1
    while pattern.format(number).lower() in lower:
        number += 1
    return pattern.format(number)
