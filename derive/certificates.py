"""Certificates of verdicts: what a stranger can replay without what found it, as JSON."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from decimal import MAX_EMAX, MIN_EMIN, ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from fractions import Fraction
from functools import partial
from itertools import chain
from typing import Any

import msgspec
import sympy as sp
from msgspec import Struct

from derive.documents.files import read_source
from derive.equal import Decided, decide_pair, pair_of
from derive.equality.certificate import proof_of
from derive.equality.deciding import answered, asked
from derive.equality.guards import OutOfReachError
from derive.equality.program import names_in
from derive.equality.statement import Statement
from derive.equality.verdicts import Proved, Undecided, Verdict
from derive.equality.witness import points
from derive.errors import DeriveError
from derive.formulas import Names, read_formula, read_free
from derive.kernel import RejectedError, replay
from derive.kernel.polynomials import require
from derive.kernel.values import at_point, fraction, iv

FORMAT = "derive-certificate-1"
_KEYS = {
    "format", "names", "left", "right", "definitions", "assumed", "verdict", "steps", "sides", "positive", "generators",
    "polynomials", "cases", "point", "bits", "values",
}  # fmt: skip
_BITS = (120, 300, 1200, 4800)
_UNTRUSTED_BITS = 24
_MOST_POINTS = 60
_LARGEST = 1 << 16


def certified(
    left: sp.Expr,
    right: sp.Expr,
    *,
    definitions: Mapping[str, sp.Expr] | None = None,
    start: Mapping[str, Any] | None = None,
    positive: Collection[str] = (),
) -> tuple[Verdict, dict[str, Any] | None]:
    """What `decide` answers, with the certificate of a verdict; None where it is undecided."""
    try:
        question = asked(left, right, definitions or {}, start or {}, positive)
    except OutOfReachError as reason:
        return Undecided(str(reason)), None
    verdict, meeting, point = answered(question)
    if isinstance(verdict, Undecided):
        return verdict, None
    program, ends = question.program, (question.left, question.right)
    if isinstance(verdict, Proved):
        proof = proof_of(program, *ends, meeting.atoms if meeting is not None else (), positive)
        names = [str(step[1]) for step in proof["steps"] if step[0] == "name"]
        given = [point] if set(names) <= set(point) else []
        looks = chain(given, points(names, {}, [name for name in names if name in positive]))
        return verdict, _whole("proved", proof, looks)
    statement = Statement(program, *ends, ())
    assumed = sorted(_assumed(statement, positive))
    body = {"steps": statement.steps, "sides": statement.sides, "positive": assumed}
    return verdict, _whole("refuted", body, [point])


def _assumed(statement: Statement, positive: Collection[str]) -> set[int]:
    """The steps that are assumed positive: those of names, and of what names are defined as."""
    defined = {statement.lowered(place) for name, place in statement.program.defined.items() if name in positive}
    return defined | {place for name, place in statement.names.items() if name in positive}


def _whole(verdict: str, body: Mapping[str, Any], looks: Iterable[Mapping[str, Fraction]]) -> dict[str, Any]:
    """A certificate with a point and the two values there; RejectedError where no point shows the verdict."""
    for _, look in zip(range(_MOST_POINTS), looks, strict=False):
        names = {step[1] for step in body["steps"] if step[0] == "name"}
        point = {name: str(value) for name, value in look.items() if name in names}
        for bits in _BITS:
            iv.prec = bits
            found = at_point(body["steps"], point)
            if any(found[side] is None for side in body["sides"]):
                continue
            ends = [_ends(found[side], bits) for side in body["sides"]]
            apart = any(high and low and fraction(high) < fraction(low) for (_, high), (low, _) in (ends, ends[::-1]))
            if apart == (verdict == "refuted"):
                return {"format": FORMAT, "verdict": verdict, **body, "point": point, "bits": bits, "values": ends}
    raise RejectedError("no point shows what was decided")


def _ends(interval: Any, bits: int) -> list[str | None]:
    """The ends of an interval, rounded outwards with the last bits left out; None for one that is too far out."""
    wide = interval * (1 + iv.mpf([-1, 1]) * iv.mpf(2) ** (_UNTRUSTED_BITS + 2 - bits))
    return [_decimal(wide.a, bits, ROUND_FLOOR), _decimal(wide.b, bits, ROUND_CEILING)]


def _decimal(end: Any, bits: int, rounding: str) -> str | None:
    (negative, mantissa, exponent, size), _ = end._mpi_
    outwards = bool(negative) == (rounding == ROUND_FLOOR)
    if exponent + size > _LARGEST:
        return None if outwards else f"{'-' if negative else ''}1e{_LARGEST * 3 // 10}"
    value = Fraction(int(mantissa)) * Fraction(2) ** exponent * (-1 if negative else 1)
    digits = (bits - _UNTRUSTED_BITS) * 3 // 10 - 2
    context = Context(prec=digits, rounding=rounding, Emax=MAX_EMAX, Emin=MIN_EMIN)
    return str(context.divide(Decimal(value.numerator), Decimal(value.denominator)))


def certificate_of(left: str, right: str, positive: Collection[str] = ()) -> tuple[Decided, dict[str, Any] | None]:
    """Two formulas as text, decided, with the certificate of the verdict where there is one."""
    try:
        sides = read_free(left), read_free(right)
    except DeriveError:
        return decide_pair(left, right, positive), None
    verdict, certificate = certified(*sides, positive=positive)
    return Decided(left, right, verdict), certificate and stated(certificate, left, right, positive=positive)


def certificate_over(
    names: Collection[str], left: str, right: str, definitions: Mapping[str, str], positive: Collection[str]
) -> dict[str, Any] | None:
    """The certificate of two formulas over names of any length, under those of the definitions that it rests on; None
    where nothing is decided.

    DeriveError where a text is no formula over the names.
    """
    declared = Names.of(names)
    bodies = {name: read_formula(text, declared) for name, text in definitions.items()}
    sides = read_formula(left, declared), read_formula(right, declared)
    _, certificate = certified(*sides, definitions=bodies, positive=positive)
    if certificate is None:
        return None
    free = {step[1] for step in certificate["steps"] if step[0] == "name"}
    wanted = names_in(sides[0]) | names_in(sides[1])
    for name in reversed(bodies):
        wanted |= names_in(bodies[name]) if name in wanted - free else set()
    needed = {name: text for name, text in definitions.items() if name in wanted - free}
    if len(needed) < len(definitions):  # it holds for any value of the others
        return certificate_over(wanted, left, right, needed, wanted.intersection(positive))
    return {"format": FORMAT, "names": sorted(names), **stated(certificate, left, right, definitions, positive)}


def stated(
    certificate: Mapping[str, Any],
    left: str,
    right: str,
    definitions: Mapping[str, str] | None = None,
    positive: Collection[str] = (),
) -> dict[str, Any]:
    """A certificate with what it is about, as text: the two sides, what names mean, which are assumed positive."""
    about = {"left": left, "right": right, "definitions": dict(definitions or {}), "assumed": sorted(positive)}
    return {"format": certificate["format"], **about, **certificate}


def verified(certificate: Any) -> str:
    """The verdict of a certificate, replayed, on the formulas that it names; RejectedError where it shows none."""
    try:
        require(certificate["format"] == FORMAT, "not a certificate of this format")
        require(certificate.keys() <= _KEYS, "it has parts that nothing verifies")
        declared = Names.of(certificate["names"]) if "names" in certificate else None
        read = read_free if declared is None else partial(read_formula, names=declared)
        left, right = read(certificate["left"]), read(certificate["right"])
        definitions = {name: read(text) for name, text in certificate["definitions"].items()}
        question = asked(left, right, definitions, {}, certificate["assumed"])
        names = {step[1] for step in certificate["steps"] if step[0] == "name"}
        statement = Statement(question.program, question.left, question.right, names & definitions.keys())
        same = [list(step) for step in statement.steps] == certificate["steps"]
        require(same and statement.sides == certificate["sides"], "its steps are not those of the formulas")
        assumed = _assumed(statement, certificate["assumed"])
        require(set(certificate["positive"]) <= assumed, "it assumes more than it says")
    except (DeriveError, OutOfReachError, LookupError, TypeError, ValueError, AttributeError) as fault:
        raise RejectedError(f"its formulas cannot be read: {fault}") from None
    return replay(certificate)


def certified_lines(
    lines: Iterable[str], positive: Collection[str] = ()
) -> Iterator[tuple[Decided, dict[str, Any] | None]]:
    """Every pair of a table as `decide_lines` has it, with its certificate."""
    for line in lines:
        pair = pair_of(line)
        yield (pair, None) if isinstance(pair, Decided) else certificate_of(*pair, positive)


class Verified(Struct, frozen=True):
    """What replaying one certificate gave: `word` is proved, refuted or rejected, with why."""

    file: str
    left: str
    right: str
    word: str
    reason: str = ""
    definitions: tuple[tuple[str, str], ...] = ()

    def as_line(self) -> str:
        """`proof.json: proved: y + y = 2*y, where y = log(x)`."""
        about = f"{self.left} = {self.right}" if self.left or self.right else ""
        under = ", ".join(f"{name} = {body}" for name, body in self.definitions)
        about += f", where {under}" if under else ""
        return f"{self.file}: " + ": ".join(part for part in (self.word, about, self.reason) if part)

    def as_json(self) -> dict[str, Any]:
        """The same by names."""
        about = {"left": self.left, "right": self.right, "definitions": dict(self.definitions)}
        return {"file": self.file, "verdict": self.word, **about, "reason": self.reason}


def verified_files(files: Iterable[str]) -> tuple[list[Verified], list[str]]:
    """Every certificate of files, replayed; and what keeps a file from being read."""
    results: list[Verified] = []
    faults: list[str] = []
    for file in files:
        try:
            found = msgspec.json.decode(read_source(file))
        except DeriveError as error:
            faults.append(str(error))
            continue
        except (ValueError, RecursionError) as error:  # msgspec's faults are a ValueError
            faults.append(f"{file}: this is no certificate: {error}")
            continue
        for one in found if isinstance(found, list) else [found]:
            results.append(_replayed(file, one if isinstance(one, dict) else {}))
    return results, faults


def _replayed(file: str, certificate: Mapping[str, Any]) -> Verified:
    left, right = (str(certificate.get(side, "")) for side in ("left", "right"))
    try:
        word = verified(certificate)
    except RejectedError as reason:
        return Verified(file, left, right, "rejected", str(reason))
    return Verified(file, left, right, word, definitions=tuple(certificate["definitions"].items()))
