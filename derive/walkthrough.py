"""The walkthrough file: what a person would write on the board, read from TOML and validated once."""

import random
from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType

import sympy as sp
from msgspec import Struct
from msgspec.structs import replace

from derive.errors import DeriveError
from derive.layers import Shape, shape_of, write_out
from derive.names import is_name
from derive.network import Network, make_network
from derive.reading import Names, read_formula
from derive.rules import SPELLINGS
from derive.walkthrough_file import Numbers, WalkthroughFile, read_keys

_BUILT_IN = Path(__file__).parent / "walkthroughs"
MOST_UPDATES = 1_048_573
"""A sheet has 1,048,576 rows; two stand above the start row."""
MOST_RATE_CHARACTERS = 28
"""A sheet is named for its rate, `LR=0.5`, and Excel takes 31 characters."""


class Batch(Struct, frozen=True):
    """Many samples, trained on all together: each row has the values of `names`, inputs then targets.

    The network is that of one sample; `total` is its loss summed over the samples, or averaged (`over` says which).
    """

    names: tuple[str, ...]
    rows: tuple[tuple[sp.Rational, ...], ...]
    over: str
    total: str


class Walkthrough(Struct, frozen=True):
    """A validated walkthrough: the network, its exact start values, and how it is to be trained.

    `start` has an exact value for every leaf of the network, for inputs and targets that of the first sample. A
    learning rate keeps the digits as typed (`1.0`), because sheets are named for it. N updates give N + 1 rows.
    `batch` is None where there is one sample only, `shape` where the network is given by equations.
    """

    name: str
    title: str
    source: str
    network: Network
    start: Mapping[str, sp.Rational]
    learning_rates: tuple[Decimal, ...]
    updates: int
    derivation: str
    batch: Batch | None = None
    shape: Shape | None = None

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
    return _validated(path.stem, file, read_keys(file, text))


def with_changes(
    walkthrough: Walkthrough, *, learning_rates: Iterable[Decimal] | None = None, updates: int | None = None
) -> Walkthrough:
    """The same walkthrough with other learning rates or another number of updates, both checked."""
    return replace(
        walkthrough,
        learning_rates=walkthrough.learning_rates if learning_rates is None else _rates("--rates", learning_rates),
        updates=walkthrough.updates if updates is None else _updates("--epochs", updates),
    )


def _validated(name: str, file: str, typed: WalkthroughFile) -> Walkthrough:
    """Typed keys to a Walkthrough."""
    try:
        equations = _equations(typed)
        parameters = _parameters(typed, equations)
        network = _network(typed, equations, parameters)
        batch = _batch(typed, network)
        start = {leaf: _exact(leaf, value) for leaf, value in {**typed.constants, **parameters}.items()}
        first = {leaf: _exact(leaf, values[0]) for leaf, values in _columns(typed).items()}
        return Walkthrough(
            name=name, title=typed.title, source=typed.source, network=network,
            start=MappingProxyType({leaf: {**first, **start}[leaf] for leaf in network.leaves}),
            learning_rates=_rates("learning_rates", typed.learning_rates),
            updates=_updates("updates", typed.updates),
            derivation=typed.derivation.strip("\n"), batch=batch, shape=equations.shape,
        )
    except DeriveError as error:
        raise DeriveError(f"{file}: {error.where}" if error.where else file, error.found, error.right) from None


class _Equations(Struct, frozen=True):
    """The equations as text, and what the shorthand knows about them."""

    lines: tuple[str, ...]
    loss: str
    aliases: Mapping[str, str]
    parameters: tuple[str, ...] = ()
    biases: frozenset[str] = frozenset()
    shape: Shape | None = None


def _equations(typed: WalkthroughFile) -> _Equations:
    """The equations as typed, or those that the layers stand for."""
    if bool(typed.equations) == bool(typed.layers):
        raise DeriveError("equations", "equations and layers both stand there" if typed.layers else "there are none",
                          "give either equations or layers")
    if typed.equations:
        return _Equations(tuple(typed.equations), typed.loss, typed.aliases)
    loss = "E" if _is_batch(typed) else typed.total
    shape = shape_of(typed.layers, typed.activation, typed.bias, typed.loss or "half squared")
    written = write_out(shape, tuple(typed.inputs), tuple(typed.targets), loss=loss)
    aliases = {} if loss == "E" else {"E": loss}
    parameters = tuple(name for name in written.parameters if name not in typed.constants)
    for name in typed.constants:
        if name not in written.biases:
            raise DeriveError(f"constants.{name}", f"these layers have no bias {name}",
                              f"a fixed bias, one of {', '.join(sorted(written.biases)) or 'none'}")
    for name in typed.parameters:
        if name not in parameters:
            raise DeriveError(f"parameters.{name}", f"these layers have no parameter {name}",
                              f"{parameters[0]} to {parameters[-1]}")
    return _Equations(written.equations, loss, {**aliases, **typed.aliases}, parameters, written.biases, shape)


def _parameters(typed: WalkthroughFile, equations: _Equations) -> dict[str, Decimal]:
    """The start value of every parameter: typed, drawn, or 0 for a bias of the shorthand."""
    drawn: list[str] = []
    if typed.draw is not None:
        missing = [name for name in equations.parameters if name not in typed.parameters]
        drawn = typed.draw.names or [name for name in missing if name not in equations.biases]
        twice = next((name for name in drawn if name in typed.parameters), None)
        unknown = next((name for name in drawn if equations.parameters and name not in equations.parameters), None)
        if unknown is not None:
            raise DeriveError("draw.names", f"these layers have no parameter {unknown}",
                              f"{equations.parameters[0]} to {equations.parameters[-1]}")
        if twice is not None or not drawn:
            raise DeriveError("draw.names", f"{twice} has a value already" if twice else "there is nothing to draw",
                              "name parameters without a value")
    found = dict(typed.parameters)
    if typed.draw is not None:
        _exact("draw.low", typed.draw.low), _exact("draw.high", typed.draw.high)
        source = random.Random(typed.draw.seed)
        low, high = float(typed.draw.low), float(typed.draw.high)
        found |= {name: Decimal(repr(source.uniform(low, high))) for name in drawn}
    if not equations.parameters:
        return found
    for name in equations.parameters:
        if name not in found and name not in equations.biases:
            raise DeriveError(f"parameters.{name}", "the weight has no start value",
                              f"{name} = … under [parameters], or [draw] with seed, low and high")
    return {name: found.get(name, Decimal(0)) for name in equations.parameters}


def _network(typed: WalkthroughFile, equations: _Equations, parameters: Iterable[str]) -> Network:
    """The equations, read over all the names that the file declares."""
    sides: list[tuple[str, str]] = []
    for place, equation in enumerate(equations.lines, start=1):
        left, equals, right = equation.partition("=")
        if not equals or not right.strip() or "=" in right:
            raise DeriveError(f"equations[{place}]", f'"{equation}" is not one equation', "write name = formula")
        sides.append((left.strip(), right))
    declared = [*typed.inputs, *typed.targets, *parameters, *typed.constants, *(name for name, _ in sides)]
    for name in [*declared, *equations.aliases, typed.total]:
        if not is_name(name) or name in SPELLINGS:
            raise DeriveError("names", f'"{name}" cannot name a quantity', "use letters, digits and _, a letter first")
    names = Names.of(declared, equations.aliases.items())
    read = []
    for place, (name, text) in enumerate(sides, start=1):
        try:
            read.append((name, read_formula(text, names)))
        except DeriveError as error:
            raise DeriveError(f"equations[{place}] ({name})", error.found, error.right) from None
    return make_network(
        read, inputs=typed.inputs, targets=typed.targets, parameters=parameters,
        constants=typed.constants, loss=equations.loss, aliases=equations.aliases.items(),
    )


def _is_batch(typed: WalkthroughFile) -> bool:
    """Whether many samples are given: lists among the inputs and targets."""
    return any(isinstance(value, list) for value in _given(typed).values())


def _given(typed: WalkthroughFile) -> dict[str, Numbers]:
    return {**typed.inputs, **typed.targets}


def _columns(typed: WalkthroughFile) -> dict[str, list[Decimal]]:
    """The values of every input and target, one for each sample."""
    columns = {name: value if isinstance(value, list) else [value] for name, value in _given(typed).items()}
    longest = max(columns.values(), key=len, default=[])
    full = next((name for name, values in columns.items() if values is longest), "")
    for role, names in (("inputs", typed.inputs), ("targets", typed.targets)):
        for name in names:
            if not columns[name] or len(columns[name]) != len(longest):
                raise DeriveError(f"{role}.{name}", f"{len(columns[name])} values where {full} has {len(longest)}",
                                  "every sample needs a value of each input and target")
    return columns


def _batch(typed: WalkthroughFile, network: Network) -> Batch | None:
    """The samples, where they are many."""
    columns = _columns(typed)
    if not _is_batch(typed):
        return None
    if typed.total in network.names or typed.total in dict(network.aliases):
        raise DeriveError("total", f'"{typed.total}" already names a quantity of one sample',
                          'name the loss over all samples: total = "…"')
    exact = [[_exact(name, value) for value in values] for name, values in columns.items()]
    return Batch(tuple(columns), tuple(zip(*exact, strict=True)), typed.over_samples, typed.total)


def _exact(name: str, value: Decimal) -> sp.Rational:
    """A typed decimal as the exact rational that it writes."""
    if not value.is_finite():
        raise DeriveError(name, f"{value} is no number to start from")
    return sp.Rational(*value.as_integer_ratio())


def _rates(where: str, rates: Iterable[Decimal]) -> tuple[Decimal, ...]:
    """Learning rates: at least one, each a positive number, none twice."""
    kept = tuple(rates)
    if not kept:
        raise DeriveError(where, "there is no learning rate", "give at least one, such as 0.5")
    for rate in kept:
        if not rate.is_finite() or not 0 < float(rate) < float("inf"):
            raise DeriveError(where, f"{rate} is no learning rate", "a rate is a positive number, such as 0.5")
        if kept.count(rate) > 1:
            raise DeriveError(where, f"{rate} stands there twice", "each rate has one sheet")
        if len(f"{rate:f}") > MOST_RATE_CHARACTERS:
            raise DeriveError(where, f"{rate} is too long to name a sheet",
                              f"write it with at most {MOST_RATE_CHARACTERS} characters")
    return kept


def _updates(where: str, updates: int) -> int:
    """A number of updates that a sheet can hold."""
    if not 1 <= updates <= MOST_UPDATES:
        raise DeriveError(where, f"{updates:,} updates", f"give a number from 1 to {MOST_UPDATES:,}")
    return updates
