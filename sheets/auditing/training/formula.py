"""What a cell's formula means: an expression over the cells that it reads, in the order in which it reads them.

Two cells whose formulas are copies of each other share one meaning, read once; only the cells that they read differ.
"""

from collections.abc import Callable, Sequence
from functools import cached_property, lru_cache

import sympy as sp
from msgspec import Struct

from derive.errors import DeriveError
from derive.gradients.slopes import stepped
from derive.names import symbol
from sheets.auditing.activations import named
from sheets.auditing.book import Book, Sheet
from sheets.auditing.digits import as_number
from sheets.auditing.rounding import unrounded
from sheets.formulas.arithmetic import NoNumberError
from sheets.formulas.calculation import calculator
from sheets.formulas.recover import GivesTextError, recover
from sheets.references import Area, Cell, Pattern, Reference

_MOST_READS = 5_000
_MOST_OPERATIONS = 60


class Meaning(Struct, frozen=True, dict=True):
    """An expression over places: `operand(0)` is what the formula reads first, and so on."""

    expression: sp.Expr
    places: int

    @cached_property
    def value(self) -> Callable[[Sequence[float]], float]:
        """Its value at values of the places, nan where a spreadsheet shows an error."""
        return calculator(self.expression, [operand(place).name for place in range(self.places)])

    @cached_property
    def exact(self) -> Callable[[Sequence[float]], float]:
        """Its value without roundings: what a formula claims is the slope, and the rounding is said apart."""
        whole, roundings = unrounded(self.expression)
        return calculator(whole, [operand(p).name for p in range(self.places)]) if roundings else self.value

    @cached_property
    def plain(self) -> sp.Expr:
        """The expression without roundings, its activations called by their names."""
        return named(unrounded(self.expression)[0])

    @cached_property
    def _slopes(self) -> dict[int, tuple[sp.Expr, Callable[[Sequence[float]], float]]]:
        return {}

    def slope(self, place: int) -> tuple[sp.Expr, Callable[[Sequence[float]], float]]:
        """Its derivative by one of its places, as an expression and to be computed."""
        if place not in self._slopes:
            found = _derivative(self.plain, operand(place))
            self._slopes[place] = found, calculator(found, [operand(p).name for p in range(self.places)])
        return self._slopes[place]

    def is_derived(self, place: int) -> bool:
        """Whether its derivative by a place is known already."""
        return place in self._slopes

    @cached_property
    def compared(self) -> tuple[int, ...]:
        """The places whose values it asks to be equal to something: a class's number, say."""
        tests = self.plain.atoms(sp.Equality, sp.Unequality)
        names = {symbol for test in tests for symbol in test.free_symbols}
        return tuple(place for place in range(self.places) if operand(place) in names)

    @cached_property
    def added(self) -> tuple[int, ...]:
        """The places whose numbers it adds as they are, in every case that it tells apart."""
        names = _bare(self.plain)
        return tuple(place for place in range(self.places) if operand(place) in names)

    @cached_property
    def squares(self) -> bool:
        """Whether the square of a difference is in it, as in an error."""
        return any(power.exp == 2 and power.base.is_Add and len(power.base.args) == 2
                   for power in self.plain.atoms(sp.Pow))

    @cached_property
    def copied(self) -> bool:
        """Whether it only repeats what one cell holds."""
        return self.places == 1 and self.plain == operand(0)

    @cached_property
    def shown(self) -> int | None:
        """The place of the one cell that it repeats, of several that are read."""
        return int(self.plain.name[1:]) if self.places > 1 and self.plain.is_Symbol else None


def operand(place: int) -> sp.Symbol:
    """The symbol of what a formula reads at a place."""
    return symbol(f"x{place}")


def _bare(expression: sp.Expr) -> frozenset[sp.Symbol]:
    """The symbols that are terms of a sum by themselves; w*(1 - a) holds w."""
    if isinstance(expression, sp.Piecewise):
        cases = [_bare(value) for value, _ in expression.args]
        return frozenset.intersection(*cases)
    if not expression.is_Add:
        return frozenset({expression}) if expression.is_Symbol else frozenset()
    terms = expression.args
    if any(term.is_Mul and term.has(sp.Add) for term in terms) and expression.count_ops() <= _MOST_OPERATIONS:
        terms = (*terms, *sp.Add.make_args(sp.expand_mul(expression.doit())))
    nested = [_bare(term) for term in terms if term.is_Add]
    return frozenset(term for term in terms if term.is_Symbol).union(*nested)


def _derivative(expression: sp.Expr, by: sp.Symbol) -> sp.Expr:
    """Term by term, so that a sum over many cells costs no more than its terms that hold the symbol."""
    terms = expression.args if expression.is_Add else (expression,)
    return stepped(sp.Add(*(term.doit().diff(by) for term in terms if by in term.free_symbols)))


def _settled(expression: sp.Expr) -> sp.Expr:
    """An expression without the cases that are known not to hold: an empty cell is 0 to IF(A1=0,0,A1-B1)."""
    known = {cases: next((value for value, test in cases.args if test.doit() == sp.true), None)
             for cases in expression.atoms(sp.Piecewise) if not cases.args[0][1].free_symbols}
    return expression.xreplace({cases: value for cases, value in known.items() if value is not None})


class Formula(Struct, frozen=True):
    """A cell's formula: its meaning and the cells that stand at its places; `fault` where it is not understood."""

    meaning: Meaning | None
    reads: tuple[Cell, ...]
    fault: str = ""

    @property
    def asked(self) -> frozenset[Cell]:
        """The cells that it asks to be equal to something."""
        return frozenset(self.reads[place] for place in (self.meaning.compared if self.meaning is not None else ()))


    @property
    def bends(self) -> frozenset[Cell]:
        """The cells by which one of two values is the other, the larger or smaller of which it takes, MAX(a*z,z)."""
        plain = self.meaning.plain if self.meaning is not None else sp.Integer(0)
        own = {operand(place): operand(self.reads.index(read)) for place, read in enumerate(self.reads)}
        pairs = (part.xreplace(own).args for part in plain.atoms(sp.Max, sp.Min) if len(part.args) == 2)
        ratios = {way for pair in pairs if len(pair) == 2 for way in (pair[0] / pair[1], pair[1] / pair[0])}
        return frozenset(cell for place, cell in enumerate(self.reads) if operand(place) in ratios)


def adds(formula: Formula, cell: Cell) -> bool:
    """Whether a formula adds a cell to something, or takes it off: a bias, a target."""
    names = {operand(place) for place, read in enumerate(formula.reads) if read == cell}
    sums = formula.meaning.plain.atoms(sp.Add) if names and formula.meaning is not None else ()
    return any(not names.isdisjoint((term, -term)) for node in sums for term in node.args)


_TEXT = Formula(Meaning(sp.Integer(0), 0), ())
"""What comes to a text: a number to nobody, and computed from nothing."""
_Key = tuple[Pattern, str, tuple[str, ...]]


class Reader:
    """Reads formulas, each pattern once."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._sheets = {sheet.name.lower(): sheet for sheet in book.sheets}
        self._known: dict[_Key, Meaning] = {}
        self._meanings: dict[Meaning, Meaning] = {}
        self._faults: dict[_Key, str] = {}
        self._texts: dict[tuple[str, tuple[int, int]], bool] = {}
        self._typed: dict[Cell, str] = {}
        self._kinds: dict[Cell, str] = {}
        self._areas: dict[Area, tuple[tuple[Cell, ...], str]] = {}

    def sheet(self, name: str) -> Sheet | None:
        """The sheet of a name, whatever its case."""
        return self._sheets.get(name.lower())

    def read(self, sheet: Sheet, row: int, column: int) -> Formula:
        """The formula of a cell that holds one."""
        pattern = sheet.pattern((row, column))
        assert pattern is not None  # asked for cells with formulas alone
        reads, kinds = self._operands(pattern, sheet.name, row, column)
        if len(reads) > _MOST_READS:
            return Formula(None, reads[:0], f"reads more than {_MOST_READS:,} cells")
        home = sheet.name if _has_words(pattern) else ""
        key = pattern, kinds, (home, *map(self._text, reads)) if "t" in kinds or _has_texts(pattern) else (home,)
        if key in self._known or key in self._faults:
            return _shown(self._known.get(key), reads, self._faults.get(key, ""))
        try:
            meaning, met = self._meaning(sheet, pattern.at(row, column))
        except GivesTextError:
            return _TEXT
        except DeriveError as error:
            self._faults[key] = error.found
            return Formula(None, reads, error.found)
        if met == reads:
            self._known[key] = meaning
        return _shown(meaning, met)

    def read_text(self, sheet: Sheet, text: str) -> Formula:
        """A formula that might stand on a sheet."""
        try:
            return Formula(*self._meaning(sheet, text))
        except DeriveError as error:
            return Formula(None, (), error.found)

    def _meaning(self, sheet: Sheet, text: str) -> tuple[Meaning, tuple[Cell, ...]]:
        met: list[Cell] = []

        def cell(reference: Reference) -> sp.Expr | None:
            place = self._cell(reference.cell(sheet.name))
            kind = self._kind(place)
            met.append(place)
            if kind == "t":
                raise NoNumberError(f"reads {place.address}, which holds a text", self._text(place))
            return operand(len(met) - 1) if kind == "n" else None

        expression = recover(text, cell, {**self._book.names, **sheet.names}, by_cell=True)
        meaning = Meaning(_settled(expression), len(met))
        # equal ones are one: they are asked for a thousand times whether they are equal, and deep trees take long
        return self._meanings.setdefault(meaning, meaning), tuple(met)

    def _cell(self, cell: Cell) -> Cell:
        """The cell with its sheet called as the workbook calls it."""
        sheet = self.sheet(cell.sheet)
        if sheet is None:
            raise DeriveError("", f'there is no sheet "{cell.sheet}"')
        return cell if sheet.name == cell.sheet else Cell(sheet.name, cell.row, cell.column)

    def _kind(self, cell: Cell) -> str:
        """n for a number or a formula, t for a text, a dot for nothing."""
        if cell not in self._kinds:
            self._kinds[cell] = self._kind_of(cell)
        return self._kinds[cell]

    def _kind_of(self, cell: Cell) -> str:
        sheet = self.sheet(cell.sheet)
        place = cell.row, cell.column
        if sheet is None or place not in sheet.written:
            return "."
        text = sheet.text(place)
        if text is None and sheet.is_computed(place):
            return "t" if self._comes_to_text(sheet, place) else "n"
        return "n" if text is None or as_number(text) is not None else "t"  # "0", typed as a text, is 0 in arithmetic

    def _comes_to_text(self, sheet: Sheet, place: tuple[int, int]) -> bool:
        """Whether a formula copies a text, or has one in it and comes to one; in a circle it does not."""
        pattern = sheet.pattern(place)
        if pattern is None or not (_has_texts(pattern) or pattern.is_copy):
            return False
        if (sheet.name, place) not in self._texts:
            self._texts[sheet.name, place] = False
            self._texts[sheet.name, place] = self._is_text(Cell(sheet.name, *place)) if pattern.is_copy else (
                self.read(sheet, *place) is _TEXT)
        return self._texts[sheet.name, place]

    def _is_text(self, cell: Cell) -> bool:
        """Whether a copy is one of a text, and of no number that is typed as one."""
        text = self._text(cell)
        return bool(text) and as_number(text) is None

    def _text(self, cell: Cell) -> str:
        """The text that is typed in a cell, or in the one at the end of a chain of copies."""
        passed = dict[Cell, None]()
        while (sheet := self.sheet(cell.sheet)) is not None and cell not in passed and cell not in self._typed:
            text, pattern = sheet.text((cell.row, cell.column)), sheet.pattern((cell.row, cell.column))
            if pattern is None or not pattern.is_copy:
                self._typed[cell] = "" if pattern is not None else text or ""
            else:
                passed[cell] = None
                cell = pattern.cells(cell.sheet, cell.row, cell.column)[0]
        found = self._typed.get(cell, "")
        self._typed.update(dict.fromkeys(passed, found))  # a column of copies is followed once, not from each row
        return found

    def _operands(self, pattern: Pattern, home: str, row: int, column: int) -> tuple[tuple[Cell, ...], str]:
        """The cells that a pattern reads from a cell, areas cell by cell, in the order written; the kind of each."""
        found: list[tuple[tuple[Cell, ...], str]] = []
        for area in pattern.areas(home, row, column):
            if area.size > _MOST_READS:
                found.append(((area.first,) * (_MOST_READS + 1), ""))
                break
            if area not in self._areas:
                sheet = self.sheet(area.first.sheet)
                cells = tuple(cell if sheet is None or sheet.name == cell.sheet
                              else Cell(sheet.name, cell.row, cell.column) for cell in area.cells)
                self._areas[area] = cells, "".join(map(self._kind, cells))
            found.append(self._areas[area])
        return tuple(cell for cells, _ in found for cell in cells), "".join(kinds for _, kinds in found)


_COPIED = Meaning(operand(0), 1)


def _shown(meaning: Meaning | None, reads: tuple[Cell, ...], fault: str = "") -> Formula:
    """The formula of a cell: an array that repeats others shows in each of its cells one of them, and is its copy."""
    shown = meaning.shown if meaning is not None else None
    return Formula(meaning, reads, fault) if shown is None else Formula(_COPIED, (reads[shown],))


@lru_cache(maxsize=4096)
def _has_texts(pattern: Pattern) -> bool:
    """Whether a pattern has a text in it, with which what it reads may be compared."""
    return any('"' in literal for literal in pattern.literals)


@lru_cache(maxsize=4096)
def _has_words(pattern: Pattern) -> bool:
    """Whether a pattern may use a defined name, which may mean something else on another sheet."""
    return any(character.isalpha() for literal in pattern.literals for character in literal)
