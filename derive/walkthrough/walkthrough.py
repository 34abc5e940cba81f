"""The walkthrough file: what a person would write on the board, read from TOML and validated once."""

import random
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType

import sympy as sp
from msgspec import Struct
from msgspec.structs import replace

from derive.errors import DeriveError, required
from derive.formulas import CONSTANTS, Names, read_formula
from derive.names import is_name
from derive.network import Network, make_network
from derive.rules import SPELLINGS
from derive.shown import Shown
from derive.walkthrough.keys import WalkthroughFile, read_keys
from derive.walkthrough.layers import Shape, shape_of, write_out
from derive.walkthrough.samples import Batch, batch_of, check_targets, columns, exact, is_batch
from derive.walkthrough.schedule import rates_of, updates_of

BUILT_IN = Path(__file__).parent / "built_in"
"""The folder of those that come with the program."""


class Walkthrough(Shown, Struct, frozen=True):
    """A validated walkthrough: the network, its exact start values, and how it is to be trained.

    `start` has an exact value for every leaf of the network, for inputs and targets that of the first sample. A
    learning rate keeps the digits as typed (`1.0`), because sheets are named for it. N updates give N + 1 rows.
    `batch` is None where there is one sample only, `shape` where the network is given by equations. `table` says how
    its tables stand on their sheets.
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
    table: str = "explained"

    @property
    def ones(self) -> tuple[str, ...]:
        """The targets, where they add up to 1 in every sample, as those of a softmax do; else nothing."""
        targets = self.network.targets
        if self.batch is None:
            sums = [sum(self.start[name] for name in targets)]
        else:
            places = [self.batch.names.index(name) for name in targets]
            sums = [sum(row[place] for place in places) for row in self.batch.rows]
        return targets if len(targets) > 1 and all(one == 1 for one in sums) else ()

    def __repr__(self) -> str:
        return f"<Walkthrough {self.name}: {self.title}>"

    @property
    def names(self) -> Names:
        """The names in which formulas about this walkthrough are written."""
        return Names(self.network.names, self.network.aliases)


def built_in() -> tuple[str, ...]:
    """The names of the walkthroughs that come with the program."""
    return tuple(sorted(path.stem for path in BUILT_IN.glob("*.toml")))


def load_walkthrough(name_or_path: str | Path) -> Walkthrough:
    """A built-in walkthrough by its name, or one from a TOML file by its path.

    DeriveError names the file, the key, and what would be right.

    >>> load_walkthrough("mazur").network.parameters
    ('w1', 'w2', 'w3', 'w4', 'w5', 'w6', 'w7', 'w8')
    """
    required("walkthrough", name_or_path, (str, Path), "a name or a path")
    path = Path(name_or_path)
    if str(name_or_path) in built_in():
        path = BUILT_IN / f"{name_or_path}.toml"
    file = path.name
    try:
        text = path.read_text(encoding="utf-8-sig")  # some editors put a mark first
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        raise DeriveError(
            str(name_or_path),
            "there is no such walkthrough",
            f"name a built-in one ({', '.join(built_in())}) or a TOML file",
        ) from None
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
        learning_rates=walkthrough.learning_rates if learning_rates is None else rates_of("--rates", learning_rates),
        updates=walkthrough.updates if updates is None else updates_of("--epochs", updates),
    )


def _validated(name: str, file: str, typed: WalkthroughFile) -> Walkthrough:
    """Typed keys to a Walkthrough."""
    try:
        check_line("title", typed.title)
        equations = _equations(typed)
        parameters = _parameters(typed, equations)
        network = _network(typed, equations, parameters)
        batch = batch_of(typed, network)
        if equations.shape is not None:
            check_targets(typed, equations.shape.loss)
        start = {leaf: exact(leaf, value) for leaf, value in {**typed.constants, **parameters}.items()}
        first = {leaf: exact(leaf, values[0]) for leaf, values in columns(typed).items()}
        return Walkthrough(
            name=name,
            title=typed.title,
            source=typed.source,
            network=network,
            start=MappingProxyType({leaf: {**first, **start}[leaf] for leaf in network.leaves}),
            learning_rates=rates_of("learning_rates", typed.learning_rates),
            updates=updates_of("updates", typed.updates),
            derivation=typed.derivation.strip("\n"),
            batch=batch,
            shape=equations.shape,
            table=typed.table,
        )
    except DeriveError as error:
        raise DeriveError(f"{file}: {error.where}" if error.where else file, error.found, error.right) from None


_MAX = re.compile(r"\bmax\(\s*(?:0\s*,\s*(?=\S)|([^(),]+?)\s*,\s*0\s*(?=\)))")


def _with_relu(text: str) -> str:
    """`max(0, h)` and `max(h, 0)` are ReLU(h)."""
    return _MAX.sub(lambda found: f"ReLU({found[1] or ''}", text)


def check_line(key: str, text: str) -> None:
    """Refuse what does not name anything in a line."""
    if len(text.strip().splitlines()) != 1:
        told = "more than one line stands there" if text.strip() else "nothing stands there"
        raise DeriveError(key, told, "one line that names the walkthrough")


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
        raise DeriveError(
            "equations",
            "equations and layers both stand there" if typed.layers else "there are none",
            "give either equations or layers",
        )
    if typed.equations:
        return _Equations(tuple(typed.equations), typed.loss, typed.aliases)
    loss = "E" if is_batch(typed) else typed.total
    shape = shape_of(typed.layers, typed.activation, typed.bias, typed.loss or "half squared")
    written = write_out(shape, tuple(typed.inputs), tuple(typed.targets), loss=loss)
    aliases = {} if loss == "E" else {"E": loss}
    parameters = tuple(name for name in written.parameters if name not in typed.constants)
    for name in typed.constants:
        if name not in written.biases:
            raise DeriveError(
                f"constants.{name}",
                f"these layers have no bias {name}",
                f"a fixed bias, one of {', '.join(sorted(written.biases)) or 'none'}",
            )
    for name in typed.parameters:
        if name not in parameters:
            raise DeriveError(
                f"parameters.{name}", f"these layers have no parameter {name}", f"{parameters[0]} to {parameters[-1]}"
            )
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
            raise DeriveError(
                "draw.names",
                f"these layers have no parameter {unknown}",
                f"{equations.parameters[0]} to {equations.parameters[-1]}",
            )
        if twice is not None or not drawn:
            raise DeriveError(
                "draw.names",
                f"{twice} has a value already" if twice else "there is nothing to draw",
                "name parameters without a value",
            )
    found = dict(typed.parameters)
    if typed.draw is not None:
        if exact("draw.low", typed.draw.low) > exact("draw.high", typed.draw.high):
            raise DeriveError("draw.high", f"{typed.draw.high} is below low, {typed.draw.low}", "exchange the two")
        source = random.Random(typed.draw.seed)
        low, high = float(typed.draw.low), float(typed.draw.high)
        found |= {name: Decimal(repr(source.uniform(low, high))) for name in drawn}
    if not equations.parameters:
        return found
    for name in equations.parameters:
        if name not in found and name not in equations.biases:
            raise DeriveError(
                f"parameters.{name}",
                "the weight has no start value",
                f"{name} = … under [parameters], or [draw] with seed, low and high",
            )
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
        if name in CONSTANTS:
            told = f'"{name}" is a number of its own and cannot name a quantity'
            raise DeriveError("names", told, "call it otherwise")
    names = Names.of(declared, equations.aliases.items())
    read = []
    for place, (name, text) in enumerate(sides, start=1):
        try:
            read.append((name, read_formula(_with_relu(text), names)))
        except DeriveError as error:
            raise DeriveError(f"equations[{place}] ({name})", error.found, error.right) from None
    network = make_network(
        read,
        inputs=typed.inputs,
        targets=typed.targets,
        parameters=parameters,
        constants=typed.constants,
        loss=equations.loss,
        aliases=equations.aliases.items(),
    )
    used = {one.name for _, expression in read for one in expression.free_symbols}
    idle = next((name for name in parameters if name not in used), None)
    if idle is not None:
        raise DeriveError(f"parameters.{idle}", "no equation uses it", "use it in one, or take it out")
    return network
