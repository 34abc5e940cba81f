"""What checking reports: one frozen value for every equality."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict, replace

from derive.formulas.syntax import Node
from derive.truth import Truthless

Shown = Mapping[str, Any] | tuple[Mapping[str, Any], ...]
"""What shows a verdict: a certificate; of a claim about arrays one for each component that was decided."""


def place_in_words(line: int, cell: tuple[int, int] | None) -> str:
    """`line 7`, or in a notebook `cell 2, line 1`."""
    return f"line {line}" if cell is None else f"cell {cell[0]}, line {cell[1]}"


class Numbers(Struct, frozen=True):
    """Both sides of a refuted claim as numbers to retype; `at` is `document`, its own values, or `point`, the
    witness.
    """

    left: str
    right: str
    at: str


class Checked(Truthless, Struct, frozen=True):
    """One equality of a document and its verdict; the fields are those of `derive check --json`.

    `verdict`: proved, refuted, undecided, definition, or not-understood. `line` and `column` (from 1) are where the
    right member starts; in a notebook `cell` and `cell_line` are the place as a person sees it. `reading` is the
    repaired text, or what was assumed to read the line; `correct` what should stand there, in the author's notation;
    `slip` the likeliest mistake as `kind: message`, and `culprit` the span of `text` that it is about. `witness` are
    the
    values, as text, at which a refuted claim fails, `numbers` what both sides come to. `given` are the refuted lines
    from which this one follows rightly, `either` the line that may be meant otherwise instead of this one; `imprecise`
    marks a number whose last digit is off. `kind` tells apart reasons of the same verdict. `trees` are both sides as
    they were read, with the author's names; they are no part of the JSON.
    """

    file: str
    line: int
    column: int
    text: str
    verdict: str
    left: str | None = None
    right: str | None = None
    reading: str | None = None
    correct: str | None = None
    slip: str | None = None
    witness: tuple[tuple[str, str], ...] | None = None
    reason: str | None = None
    sizes: tuple[tuple[str, int], ...] | None = None
    either: int | None = None
    imprecise: bool = False
    given: tuple[int, ...] | None = None
    cell: int | None = None
    cell_line: int | None = None
    culprit: tuple[int, int] | None = None
    numbers: Numbers | None = None
    kind: str = ""
    trees: tuple[Node | None, Node | None] = (None, None)

    @property
    def where(self) -> str:
        """The place as a person sees it, in a notebook that in its cell."""
        return place_in_words(self.line, (self.cell, self.cell_line or 1) if self.cell else None)

    def as_json(self) -> dict[str, Any]:
        """The object that `--json` prints."""
        plain = asdict(self)
        del plain["trees"]
        for pairs in ("witness", "sizes"):
            plain[pairs] = dict(plain[pairs]) if plain[pairs] is not None else None
        plain["numbers"] = asdict(self.numbers) if self.numbers is not None else None
        return plain

    def hinted(self, hints: int) -> "Checked":
        """So much of a refuted line as a student is to be told: 1 the place, 2 the slip too, 3 what belongs there
        too.
        """
        if self.verdict != "refuted" or hints >= MOST_HINTS:
            return self
        told = replace(self, correct=None, numbers=None, witness=None)
        return told if hints > 1 else replace(told, slip=None, culprit=None, reason="this is not right")


MOST_HINTS = 3


class Summary(Struct, frozen=True):
    """How many equalities came to each verdict."""

    proved: int
    definitions: int
    refuted: int
    undecided: int
    not_understood: int

    @classmethod
    def of(cls, checked: tuple[Checked, ...]) -> "Summary":
        """Counts the verdicts."""
        counts = [sum(one.verdict == verdict for one in checked) for verdict in VERDICTS]
        return cls(*counts)

    def __str__(self) -> str:
        told = [f"{self.proved} right", plural(self.definitions, "definition")]
        told += [
            f"{count} {word}"
            for count, word in (
                (self.refuted, "wrong"),
                (self.undecided, "undecided"),
                (self.not_understood, "not understood"),
            )
            if count
        ]
        return f"{plural(self.total, 'equality')}: {', '.join(told)}"

    @property
    def total(self) -> int:
        """All of them."""
        return self.proved + self.definitions + self.refuted + self.undecided + self.not_understood


def plural(count: int, word: str) -> str:
    """`1 line`, `2 lines`, `3 equalities`."""
    many = f"{word[:-1]}ies" if word.endswith("y") else f"{word}s"
    return f"{count} {word if count == 1 else many}"


WORDS = {"proved": "right", "definition": "definition", "refuted": "wrong", "undecided": "undecided",
         "not-understood": "not understood"}  # fmt: skip
SIGNS = {"proved": "✓", "definition": "≔", "refuted": "✗", "undecided": "?", "not-understood": "?"}
VERDICTS = tuple(WORDS)


class Defined(Struct, frozen=True):
    """A definition in force, as it stands, and its place: `where` is that in a notebook's cell."""

    line: int
    text: str
    where: str


class Understood(Struct, frozen=True):
    """How a document was read, in its own spelling.

    `lent` tells what a walkthrough lent; `same` the names that were read as others, as (written, read as); `notes` what
    else was assumed; `opaque` the names of which nothing says what they are.
    """

    defined: tuple[Defined, ...] = ()
    lent: tuple[str, ...] = ()
    same: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    opaque: tuple[str, ...] = ()


class Examined(Struct, frozen=True):
    """A document's equalities, and how it was understood.

    `certificates` are those of the verdicts, where they are asked for: one or None for each equality. `fault` tells in
    one line why a document could not be examined.
    """

    file: str
    checked: tuple[Checked, ...]
    understood: Understood = Understood()
    certificates: tuple[Shown | None, ...] = ()
    fault: str = ""


class Report(Struct, frozen=True):
    """The verdicts on one or more files; the files that cannot be read or hold no equality, each in one line."""

    examined: tuple[Examined, ...]
    faults: tuple[str, ...] = ()

    @property
    def checked(self) -> tuple[Checked, ...]:
        """The equalities of all files, in order."""
        return tuple(one for examined in self.examined for one in examined.checked)

    def hinted(self, hints: int) -> "Report":
        """The same with so much told of refuted lines: 1 the place, 2 the slip too, 3 what belongs there too."""
        told = (replace(e, checked=tuple(one.hinted(hints) for one in e.checked)) for e in self.examined)
        return replace(self, examined=tuple(told))

    @property
    def exit_code(self) -> int:
        """0 where everything is proved, 1 where something is not, 2 where nothing could be read."""
        if not self.examined:
            return 2
        return int(bool(self.faults) or any(one.verdict not in ("proved", "definition") for one in self.checked))
