"""The rubric: points for what is asked, and the share of them for each way in which it can be answered."""

import tomllib
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from derive.errors import DeriveError
from sheets.exercise.blanks import Blank

State = Literal["right", "fragile", "first_row", "number", "wrong", "missing", "unsure"]
WORDS: dict[State, str] = {
    "right": "right", "fragile": "right, but fragile", "first_row": "right in the first row only",
    "number": "the right numbers", "wrong": "wrong", "missing": "nothing there",
    "unsure": "could not be checked",
}  # fmt: skip

_MOST_POINTS = 1_000_000
_MOST_DECIMALS = 6

_DEFAULT = """\
# The points of an item, by what is asked; single ones under [items].
[points]
gradient = 1.0
update = 1.0
forward = 1.0

# The share of its points that an item gets.
[shares]
right = 1.0
fragile = 1.0     # right as it stands, but a change will break it
first_row = 0.5   # right in the first row, and not below it
number = 0.25     # the right numbers typed or pasted, without formulas
wrong = 0.0
missing = 0.0
unsure = 0.0      # could not be checked: a person should look

# What everything right is worth: 0 for the sum of the points, else the total is scaled to it.
[total]
points = 0.0
decimals = 2

# Points of single items: "dE/dw1" = 2.0
[items]
"""


class Shares(Struct, frozen=True, forbid_unknown_fields=True):
    """What part of its points an item gets, by its state."""

    right: float = 1.0
    fragile: float = 1.0
    first_row: float = 0.5
    number: float = 0.25
    wrong: float = 0.0
    missing: float = 0.0
    unsure: float = 0.0


class Points(Struct, frozen=True, forbid_unknown_fields=True):
    """Points by what is asked."""

    gradient: float = 1.0
    update: float = 1.0
    forward: float = 1.0


class Total(Struct, frozen=True, forbid_unknown_fields=True):
    """What everything right is worth, 0 for the sum of the points; how many decimals are kept."""

    points: float = 0.0
    decimals: int = 2


class Rubric(Struct, frozen=True, forbid_unknown_fields=True):
    """A rubric as it is typed in TOML; what is left out is as in the default one."""

    points: Points = Points()
    shares: Shares = Shares()
    total: Total = Total()
    items: dict[str, float] = {}

    def worth(self, blank: Blank) -> float:
        """The points of an item."""
        by_kind: float = getattr(self.points, blank.kind)
        return self.items.get(blank.name, by_kind)

    def share(self, state: State) -> float:
        """The share of the points for a state."""
        found: float = getattr(self.shares, state)
        return found

    def scaled(self, earned: float, possible: float) -> float:
        """A total as it is handed out."""
        if self.total.points and possible:
            earned *= self.total.points / possible
        return rounded(earned, self.total.decimals)


def rounded(points: float, decimals: int) -> float:
    """Points as people round them: half of a last digit is one, where Python's `round` makes 3.125 to 3.12."""
    return float(Decimal(repr(points)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP))


def default_rubric() -> str:
    """The default rubric as a file, to be changed."""
    return _DEFAULT


def read_rubric(path: Path) -> Rubric:
    """A rubric from its file; DeriveError names the key that does not fit."""
    rubric = _typed(path)
    for key, value, least, most in _numbers(rubric):
        if not least <= value <= most:
            raise DeriveError(f"{path}: {key}", f"{value:g} stands there", f"a number from {least} to {most:,}")
    return rubric


def _numbers(rubric: Rubric) -> Iterator[tuple[str, float, int, int]]:
    """Every number of a rubric by its key, with the least and the most that it may be."""
    for key, value in msgspec.structs.asdict(rubric.points).items():
        yield f"points.{key}", value, 0, _MOST_POINTS
    for key, value in msgspec.structs.asdict(rubric.shares).items():
        yield f"shares.{key}", value, 0, 1
    yield "total.points", rubric.total.points, 0, _MOST_POINTS
    yield "total.decimals", rubric.total.decimals, 0, _MOST_DECIMALS
    for name, value in rubric.items.items():
        yield f'items."{name}"', value, 0, _MOST_POINTS


def _typed(path: Path) -> Rubric:
    try:
        return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8-sig")), Rubric, strict=False)
    except OSError as error:
        raise DeriveError(str(path), f"cannot be read: {(error.strerror or str(error)).lower()}") from None
    except UnicodeDecodeError:
        raise DeriveError(str(path), "is not UTF-8 text", "save it as UTF-8") from None
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        told = str(error).replace("`", '"')
        raise DeriveError(str(path), f"is no rubric: {told}", "sheets grade --show-rubric prints one") from None
