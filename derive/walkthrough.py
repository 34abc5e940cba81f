"""The walkthrough file: what a person would write on the board, read from TOML and validated once."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType

import msgspec
import sympy as sp

from derive.errors import DeriveError
from derive.names import is_name
from derive.network import Network, make_network
from derive.reading import Names, read_formula
from derive.rules import SPELLINGS

_BUILT_IN = Path(__file__).parent / "walkthroughs"
MOST_UPDATES = 1_048_573
"""A sheet has 1,048,576 rows; two stand above the start row."""


class WalkthroughFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The keys of the file, as they are typed; `docs/walkthrough.md` explains each."""

    title: str
    equations: list[str]
    inputs: dict[str, Decimal]
    targets: dict[str, Decimal]
    parameters: dict[str, Decimal]
    learning_rates: list[Decimal]
    updates: int
    source: str = ""
    loss: str = ""
    constants: dict[str, Decimal] = {}
    aliases: dict[str, str] = {}
    derivation: str = ""


@dataclass(frozen=True)
class Walkthrough:
    """A validated walkthrough: the network, its exact start values, and how it is to be trained.

    `start` has an exact value for every leaf of the network. A learning rate keeps the digits as typed
    (`1.0`), because sheets are named for it. N updates give N + 1 rows.
    """

    name: str
    title: str
    source: str
    network: Network
    start: Mapping[str, sp.Rational]
    learning_rates: tuple[Decimal, ...]
    updates: int
    derivation: str

    @property
    def names(self) -> Names:
        """The names in which formulas about this walkthrough are written."""
        return Names(self.network.names, self.network.aliases)


def built_in() -> tuple[str, ...]:
    """The names of the walkthroughs that come with the program."""
    return tuple(sorted(path.stem for path in _BUILT_IN.glob("*.toml")))


def load_walkthrough(name_or_path: str | Path) -> Walkthrough:
    """A built-in walkthrough by its name, or one from a TOML file by its path.

    DeriveError names the file, the key, and what would be right.
    """
    path = Path(name_or_path)
    if str(name_or_path) in built_in():
        path = _BUILT_IN / f"{name_or_path}.toml"
    file = path.name
    try:
        text = path.read_text(encoding="utf-8")
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        raise DeriveError(str(name_or_path), "there is no such walkthrough",
                          f"name a built-in one ({', '.join(built_in())}) or a TOML file") from None
    except UnicodeDecodeError:
        raise DeriveError(str(path), "the file is not UTF-8 text", "save it as UTF-8") from None
    except OSError as error:
        raise DeriveError(str(path), f"it cannot be read: {error.strerror}") from None
    return _validated(path.stem, file, _typed(file, text))


def with_changes(
    walkthrough: Walkthrough, *, learning_rates: Iterable[Decimal] | None = None, updates: int | None = None
) -> Walkthrough:
    """The same walkthrough with other learning rates or another number of updates, both checked."""
    return replace(
        walkthrough,
        learning_rates=walkthrough.learning_rates if learning_rates is None else _rates("--rates", learning_rates),
        updates=walkthrough.updates if updates is None else _updates("--epochs", updates),
    )


def _typed(file: str, text: str) -> WalkthroughFile:
    """TOML text to typed keys; decimals stay exact."""
    try:
        return msgspec.convert(tomllib.loads(text, parse_float=Decimal), WalkthroughFile)
    except tomllib.TOMLDecodeError as error:
        raise DeriveError(file, f"this is not TOML: {error}") from None
    except msgspec.ValidationError as error:
        message, _, at = str(error).partition(" - at ")
        key = at.strip("`$.").replace("[...]", "") or "the file"
        raise DeriveError(f"{file}: {key}", message.replace("Object", "it").replace("`", '"')) from None


def _validated(name: str, file: str, typed: WalkthroughFile) -> Walkthrough:
    """Typed keys to a Walkthrough."""
    try:
        network = _network(typed)
        values = {**typed.targets, **typed.inputs, **typed.constants, **typed.parameters}
        for leaf, value in values.items():
            if not value.is_finite():
                raise DeriveError(leaf, f"{value} is no number to start from")
        return Walkthrough(
            name=name, title=typed.title, source=typed.source, network=network,
            start=MappingProxyType({leaf: sp.Rational(*value.as_integer_ratio()) for leaf, value in values.items()}),
            learning_rates=_rates("learning_rates", typed.learning_rates),
            updates=_updates("updates", typed.updates),
            derivation=typed.derivation.strip("\n"),
        )
    except DeriveError as error:
        raise DeriveError(f"{file}: {error.where}" if error.where else file, error.found, error.right) from None


def _network(typed: WalkthroughFile) -> Network:
    """The equations, read over all the names that the file declares."""
    sides: list[tuple[str, str]] = []
    for place, equation in enumerate(typed.equations, start=1):
        left, equals, right = equation.partition("=")
        if not equals or not right.strip() or "=" in right:
            raise DeriveError(f"equations[{place}]", f'"{equation}" is not one equation', "write name = formula")
        sides.append((left.strip(), right))
    declared = [*typed.inputs, *typed.targets, *typed.parameters, *typed.constants, *(name for name, _ in sides)]
    for name in [*declared, *typed.aliases]:
        if not is_name(name) or name in SPELLINGS:
            raise DeriveError("names", f'"{name}" cannot name a quantity', "use letters, digits and _, a letter first")
    names = Names.of(declared, typed.aliases.items())
    equations = []
    for place, (name, text) in enumerate(sides, start=1):
        try:
            equations.append((name, read_formula(text, names)))
        except DeriveError as error:
            raise DeriveError(f"equations[{place}] ({name})", error.found, error.right) from None
    return make_network(
        equations, inputs=typed.inputs, targets=typed.targets, parameters=typed.parameters,
        constants=typed.constants, loss=typed.loss, aliases=typed.aliases.items(),
    )


def _rates(where: str, rates: Iterable[Decimal]) -> tuple[Decimal, ...]:
    """Learning rates: at least one, each a positive number, none twice."""
    kept = tuple(rates)
    if not kept:
        raise DeriveError(where, "there is no learning rate", "give at least one, such as 0.5")
    for rate in kept:
        if not rate.is_finite() or rate <= 0:
            raise DeriveError(where, f"{rate} is no learning rate", "a rate is a positive number, such as 0.5")
        if kept.count(rate) > 1:
            raise DeriveError(where, f"{rate} stands there twice", "each rate has one sheet")
    return kept


def _updates(where: str, updates: int) -> int:
    """A number of updates that a sheet can hold."""
    if not 1 <= updates <= MOST_UPDATES:
        raise DeriveError(where, f"{updates:,} updates", f"give a number from 1 to {MOST_UPDATES:,}")
    return updates
