"""The names that only a document has, and how it writes those of the network."""

import re
from collections.abc import Iterable, Mapping
from itertools import chain

from derive.checking.defined import (
    Defined,
)
from derive.checking.roles import NUMBERED
from derive.network import Network
from derive.reading.spelling import Spelled, key, looks_like, near, role_of


def own_names(definitions: Iterable[Defined], names: Spelled, slopes: frozenset[str]) -> dict[str, str]:
    """Names that only the document has: what it defines, and what these definitions use; typing errors are none."""
    definitions = tuple(definitions)
    spellings = {name: (name,) for name in names.known}
    defined = {one.written: one.written for one in definitions if names.find(one.written) is None}
    used = (
        s.name
        for one in definitions
        for s in one.expression.free_symbols
        if one.written in defined or (role_of(s.name) or ("",))[0] == "bias"
    )
    seen = tuple(dict.fromkeys(chain(defined, used)))
    written = {**{word: (word,) for word in seen if names.find(word) is not None}, **spellings}
    own: dict[str, str] = {}
    keys: set[str] = set()
    for word in seen:
        if names.resolve(word) is not None or key(word) in keys or word in slopes:
            continue
        if word not in defined and (looks_like(word, spellings) or near(word, written)):
            continue  # one slip away from a name as the document spells it elsewhere
        own[word] = word
        keys.add(key(word))
    return {**own, **{key(word): name for word, name in own.items()}}


def spellings_of(seen: tuple[str, ...], names: Spelled, network: Network) -> dict[str, tuple[str, ...]]:
    """Name to the ways in which the document writes it, the first one first; a name never written is imagined."""
    found: dict[str, list[str]] = {name: [] for name in (*network.leaves, *network.definitions)}
    for word in seen:
        name = names.find(word)
        if name in found and word not in found[name]:
            found[name].append(word)
    families: dict[str, str] = {}
    for sibling, written in found.items():
        shown = NUMBERED.match(written[0]) if written else None
        other = NUMBERED.match(sibling)
        if shown and other and not re.search(r"\d", shown.group(1)) and shown.group(2) == other.group(2):
            families.setdefault(other.group(1), written[0][: -len(other.group(2))])
    return {name: tuple(written) or (_imagined(name, families),) for name, written in found.items()}


def _imagined(name: str, families: Mapping[str, str]) -> str:
    """How the document would write a name that it never writes: as it writes the name's sibling, out_h1 for out_h2."""
    match = NUMBERED.match(name)
    if match is None or match.group(1) not in families:
        return name
    return families[match.group(1)] + match.group(2)
