"""What checking reports: one frozen value for every equality."""

from typing import Any

from msgspec import Struct
from msgspec.structs import asdict


class Checked(Struct, frozen=True):
    """One equality of a document and its verdict; the fields are those of `derive check --json`.

    `verdict`: proved, refuted, undecided, definition, or not-understood. `line` and `column` (from 1) are where the
    right member starts. `reading` is the repaired text where a repair was needed; `correct` what should stand there, in
    the author's names; `slip` the likeliest mistake as `kind: message`; `witness` the values, as text, at which a
    refuted claim fails.
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

    def as_json(self) -> dict[str, Any]:
        """The object that `--json` prints."""
        return {**asdict(self), "witness": dict(self.witness) if self.witness is not None else None, "sizes": dict(self.sizes) if self.sizes is not None else None}


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
        total = self.proved + self.definitions + self.refuted + self.undecided + self.not_understood
        return (
            f"{total} equalities: {self.proved} proved, {self.definitions} definitions, {self.refuted} refuted, "
            f"{self.undecided} undecided, {self.not_understood} not understood"
        )


VERDICTS = ("proved", "definition", "refuted", "undecided", "not-understood")


class Examined(Struct, frozen=True):
    """A document's equalities, and what had to be assumed to judge them.

    `assumed` are the names that were matched to the walkthrough, as (written, name); `taken` the names whose values
    were taken from it, because the document's own are its start values.
    """

    file: str
    checked: tuple[Checked, ...]
    assumed: tuple[tuple[str, str], ...] = ()
    taken: tuple[str, ...] = ()


class Report(Struct, frozen=True):
    """The verdicts on one or more files; the files that cannot be read or hold no equality, each in one line."""

    examined: tuple[Examined, ...]
    faults: tuple[str, ...] = ()

    @property
    def checked(self) -> tuple[Checked, ...]:
        """The equalities of all files, in order."""
        return tuple(one for examined in self.examined for one in examined.checked)

    @property
    def exit_code(self) -> int:
        """0 where everything is proved, 1 where something is not, 2 where nothing could be read."""
        if not self.examined:
            return 2
        return int(bool(self.faults) or any(one.verdict not in ("proved", "definition") for one in self.checked))
