"""The walkthrough file as it is typed: its keys and their types, and the JSON Schema that editors complete by."""

import difflib
import json
import re
import tomllib
from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Any, Literal

import msgspec

from derive.errors import DeriveError

Numbers = Decimal | list[Decimal]


def _told(text: str) -> Any:
    """The description of a key, for the schema."""
    return msgspec.Meta(description=text)


class Draw(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Start values drawn by Python's `random.Random(seed).uniform(low, high)`, in the order of the parameters."""

    seed: Annotated[int, _told("the seed of Python's random.Random")]
    low: Annotated[Decimal, _told("the smallest value drawn")]
    high: Annotated[Decimal, _told("the largest value drawn")]
    names: Annotated[list[str], _told("the parameters to draw; with layers, every weight that has no value")] = []


class WalkthroughFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A walkthrough of derive-sheets: a network, its samples, its start values and how it is trained."""

    title: Annotated[str, _told("one line that names the walkthrough")]
    inputs: Annotated[dict[str, Numbers], _told("name to value, or to one value for each sample")]
    targets: Annotated[dict[str, Numbers], _told("name to value, or to one value for each sample")]
    learning_rates: Annotated[list[Decimal], _told("one sheet is written for each")]
    updates: Annotated[int, _told("how many updates each training makes; N updates give N + 1 rows")]
    equations: Annotated[list[str], _told("name = formula, for each node; this or layers")] = []
    layers: Annotated[list[int], _told("neurons of each layer, inputs first: [2, 4, 1]; this or equations")] = []
    activation: Annotated[
        str | list[str],
        _told(
            "identity, sigmoid, tanh, relu, softplus, softmax, or a formula in x; one, or one for each layer "
            "after the inputs"
        ),
    ] = "sigmoid"
    bias: Annotated[
        str | list[str], _told('"none", "per neuron" or "shared"; one, or one for each layer after the inputs')
    ] = "none"
    loss: Annotated[
        str,
        _told(
            "with equations: the name of the loss; with layers: half squared, squared, mean squared, "
            "binary cross-entropy, categorical cross-entropy, or a formula in t and out"
        ),
    ] = ""
    parameters: Annotated[dict[str, Decimal], _told("start values of what is trained")] = {}
    constants: Annotated[dict[str, Decimal], _told("what is used and not trained, a fixed bias for example")] = {}
    draw: Annotated[Draw | None, _told("start values drawn with a seed")] = None
    over_samples: Annotated[Literal["sum", "mean"], _told("how the losses of many samples are put together")] = "mean"
    total: Annotated[str, _told("what the loss over many samples is called")] = "E_Total"
    table: Annotated[
        Literal["explained", "bare"],
        _told(
            "explained: over each column its group and how it is computed, before them the number of the update; "
            "bare: headers in row 2, the start in row 3, sheets called LR=0.1"
        ),
    ] = "explained"
    aliases: Annotated[dict[str, str], _told('other names for nodes: { E = "E_Total" }')] = {}
    source: Annotated[str, _told("whose example this is")] = ""
    derivation: Annotated[str, _told("the hand derivation, to be checked")] = ""


def read_keys(file: str, text: str) -> WalkthroughFile:
    """TOML text to typed keys; decimals stay exact. DeriveError names the file, and the key that does not fit."""
    try:
        keys = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise DeriveError(*_not_toml(file, text, str(error))) from None
    for key, value in _texts(keys):
        strange = _NOT_WRITTEN.search(value)
        if strange is not None:
            raise DeriveError(
                f"{file}: {key}",
                f"it holds the character U+{ord(strange[0]):04X}",
                "take it out: no workbook can hold it",
            )
    _check_tables(file, keys)
    try:
        return msgspec.convert(keys, WalkthroughFile)
    except msgspec.ValidationError as error:
        message, _, at = str(error).partition(" - at ")
        key = _entry(keys, at.strip("`$.")) or "the file"
        raise DeriveError(f"{file}: {key}", *_in_words(message, Draw if key == "draw" else WalkthroughFile)) from None


_COMMA = re.compile(r"(?m)^[^#\"'\[\n]*=\s*([-+]?\d+),(\d+)\s*(?:[,}#].*)?$")


def _not_toml(file: str, text: str, told: str) -> tuple[str, str, str]:
    """What is wrong with a file that is not TOML: a decimal comma, most often."""
    comma = _COMMA.search(text)
    if comma is None:
        return file, f"this is not TOML: {told}", ""
    line = text.count("\n", 0, comma.start(1)) + 1
    return f"{file}, line {line}", f"{comma[1]},{comma[2]} has a decimal comma", f"write {comma[1]}.{comma[2]}"


def _check_tables(file: str, keys: dict[str, Any]) -> None:
    """Refuse a key that stands below a table's [name], where TOML takes it for a part of the table."""
    own = {field.name for field in msgspec.structs.fields(WalkthroughFile)}
    for table in ("inputs", "targets", "parameters", "constants", "aliases"):
        strayed = own.intersection(keys[table]) - {"loss", "total"} if isinstance(keys.get(table), dict) else set()
        for name in sorted(strayed):
            raise DeriveError(f"{file}: {table}.{name}", f"{name} stands below [{table}]",
                              "write it above the first line in [ ]")


_NOT_WRITTEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What XML 1.0 (2.2) leaves out."""


def _texts(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Every text in a file with its key; a key is a text, too."""
    if isinstance(value, str):
        yield key, value
    elif isinstance(value, list):
        for entry in value:
            yield from _texts(entry, key)
    elif isinstance(value, dict):
        for name, entry in value.items():
            yield key or "the file", name
            yield from _texts(entry, f"{key}.{name}".lstrip("."))


_KINDS = {
    "int": "a whole number", "decimal": "a number", "float": "a number", "bool": "true or false",
    "str": "a text in quotes", "array": "a list in [ ]", "object": "a table of names and values",
    "datetime": "a date", "date": "a date",
}  # fmt: skip
"""What msgspec calls the kinds of values, and what a person calls them."""


def _in_words(message: str, kind: type[msgspec.Struct]) -> tuple[str, str]:
    """What msgspec finds wrong with a key, and what would be right."""
    named = re.findall(r"`([^`]*)`", message)
    fields = {field.name: field for field in msgspec.structs.fields(kind)}
    if "unknown field" in message:
        near = difflib.get_close_matches(named[0], fields, n=1)
        return f'"{named[0]}" is no key of it', f"did you mean {near[0]}?" if near else f"one of {', '.join(fields)}"
    if "missing required field" in message:
        (told,) = (meta.description for meta in fields[named[0]].type.__metadata__)
        return f"{named[0]} is missing", f"{named[0]}: {told}"
    if message.startswith("Expected"):
        wanted, got = ([_KINDS.get(name, name) for name in names.split(" | ")] for names in named)
        return f"{got[0]} stands there", f"write {' or '.join(dict.fromkeys(wanted))}"
    if message == "Invalid decimal string":
        return "a text stands there that is no number", "write a number, such as 0.5"
    return message.replace("`", '"'), ""


def _entry(keys: dict[str, Any], at: str) -> str:
    """msgspec's `inputs[...]` with the name of the entry that does not fit: `inputs.x1`."""
    table, dots, rest = at.partition("[...]")
    if not dots:
        return at
    kind = msgspec.structs.fields(WalkthroughFile)
    wanted = next((field.type for field in kind if field.name == table), None)
    for name, value in keys[table].items():
        try:
            msgspec.convert({name: value}, wanted)
        except msgspec.ValidationError:
            return f"{table}.{name}{rest}"
    return table


def schema() -> str:
    """The JSON Schema of the file, for editors that complete and check TOML."""
    found = msgspec.json.schema(WalkthroughFile)
    described = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "derive-sheets walkthrough"}
    return json.dumps({**described, **_plain_numbers(found)}, indent=2, ensure_ascii=False) + "\n"


def _plain_numbers(schema: Any) -> Any:
    """A decimal is a plain number in TOML, not the text that msgspec would have it be in JSON."""
    if isinstance(schema, list):
        return [_plain_numbers(entry) for entry in schema]
    if not isinstance(schema, dict):
        return schema
    if schema.get("format") == "decimal":
        return {**{key: value for key, value in schema.items() if key != "format"}, "type": "number"}
    return {key: _plain_numbers(value) for key, value in schema.items()}
