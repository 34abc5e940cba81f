"""Names that are derivatives, and the loss that a derivative is of where it names none."""

from collections.abc import Iterator, Mapping, Set

import sympy as sp

from derive.checking.equations import differentiated, is_update, names_in
from derive.checking.evidence.loss import is_residual, loss_of, rests_on_loss
from derive.checking.hypotheses.ground import Ground
from derive.checking.interpretations import GUESSED_RANK, Hypothesis
from derive.checking.spellings import differential_of, gradients_of, net_inputs_of, role_of
from derive.formulas.phrases import LOSS
from derive.formulas.vocabulary import DIFFERENTIALS, key
from derive.names import symbol
from derive.reach import reached
from derive.written import UNTOLD, Partial, partials_in

_VARIABLES = ("x", "t")
"""What primes differentiate by where nothing else is said."""


def slopes(ground: Ground) -> Iterator[Hypothesis]:
    """dw1, dL_dw1, grad_w1: a name that is the derivative of the loss; as written where it is made as one."""
    if not ground.claims:
        return
    plain = _plain_slopes(ground)
    told = {key(above) for name in plain for above, _ in gradients_of(ground.written(name)) if above}
    """What plain ones are said to be of: so are their kin, dE_dw1 beside dE_dw3."""
    uses, names, departures = ground.uses, ground.interpretation.last.names, ground.interpretation.departures
    for name in sorted(uses.keys() - departures.same.keys() - departures.slopes.keys()):
        written = ground.written(name)
        for above, below in gradients_of(written):
            by, said = _told_node(ground, key(below), written), key(above)
            loss = _loss(ground, by)
            is_loss = said not in names and _is_loss(said)
            of = loss or "" if is_loss else said
            if by not in uses or not of or (of not in uses and of != loss) or name in (of, by) or of not in names:
                continue
            if of != by and not ground.interpretation.last.rests_on(of, by):
                continue
            says = f"{written} is ∂{ground.written(of)}/∂{ground.written(by)}"
            slope = Partial(symbol(of), symbol(by))
            is_kin = said in told and of in names and by in ground.interpretation.last.leaves(of)
            rank = 0 if name in plain or is_kin else 1
            yield Hypothesis("slope", name, says, rank, frozenset((name,)), other=said, expression=slope)
            break


def primes(ground: Ground) -> Iterator[Hypothesis]:
    """y' of y = a x^2 + b x, which rests on several names: the derivative by x, or by t where there is no x."""
    graph = ground.interpretation.last
    of = {p.of.name for one in ground.claims for e in one.equations for p in e.partials
          if p.by == UNTOLD and p.of.is_Symbol and p.of.name in ground.defined}
    by = [[name for name in _VARIABLES if name in graph.leaves(one)] for one in sorted(of)]
    found = {names[0] for names in by if names}
    if len(found) == 1 and all(by):
        (name,) = found
        yield Hypothesis("prime", name, f"a prime is the derivative by {name}", 1, frozenset((name, *of)))


def _told_node(ground: Ground, node: str, written: str) -> str:
    """What an error is by: a node, or its net input where the node has no name of its own, δ_o1 beside net_o1."""
    nets = [net for net in net_inputs_of(node) if net in ground.uses] if written.startswith(_ERRORS) else []
    return nets[0] if node not in ground.uses and len(nets) == 1 else node


def _is_loss(said: str) -> bool:
    """Whether what is said above a derivative's stroke is the loss, whatever that is called, or nothing: dL_dw, dw."""
    return not said or role_of(said) == ("loss", "")


def _plain_slopes(ground: Ground) -> frozenset[str]:
    """The names that are spelled as derivatives and whose one formula is made as one: of what the loss rests on, and of
    other such names; not all of them changes, dx = x - x0, and added to nothing.
    """
    graph = ground.interpretation.last
    losses = [n for n in ground.defined if role_of(n) == ("loss", "") and not is_residual(graph.definition(n))]
    losses = [n for n in losses if not any(graph.rests_on(other, n) for other in losses if other != n)]
    if len(losses) != 1:
        return frozenset()
    below, names = {losses[0], *reached(losses, graph.parents)}, graph.names
    found: dict[str, frozenset[str]] = {}
    made: set[str] = set()
    for one in ground.claims:
        for left, right in (e.sides for e in one.plainest if one.begins and e.left.is_Symbol):
            written = ground.written(left.name)
            cuts = gradients_of(written) if right.free_symbols else ()
            known = ((of, by) for of, by in cuts if not of or written[0] in DIFFERENTIALS)
            bys = {key(by) for of, by in known if key(of) in below or (key(of) not in names and _is_loss(key(of)))}
            is_error = written.startswith(_ERRORS)  # δ_o is one by the node or by its net input, as the text has it
            if bys & below - {left.name} and left.name not in below and not is_error:
                found[left.name] = names_in(right)
                made |= {left.name} if any(of for of, _ in cuts) or not _is_change(right) else set()
    added = {
        name for one in ground.claims for e in one.plainest if is_update(e, one.claim.relation) for name in found
        if symbol(name) in (e.right, *e.right.args) and (e.right.is_Add or one.claim.relation == "+=")
    }  # fmt: skip
    while idle := added & found.keys() | _idle(found, below | found.keys() | _between(ground, below | found.keys())):
        found = {name: used for name, used in found.items() if name not in idle}
    is_plain = bool(made & found.keys()) and key(f"d{losses[0]}") not in ground.uses
    return frozenset(found) if is_plain else frozenset()


def _idle(found: Mapping[str, frozenset[str]], known: Set[str]) -> frozenset[str]:
    """The names that are made of something else than what is known."""
    return frozenset(name for name, used in found.items() if not used <= known)


def _between(ground: Ground, known: Set[str]) -> frozenset[str]:
    """The names that are spelled as derivatives by something without a name, dz where z stands in an argument alone,
    and are made of names that are known.
    """
    plain = (e for one in ground.claims for e in one.plainest if one.begins and e.left.is_Symbol)
    return frozenset(
        left.name for left, right in (e.sides for e in plain)
        if ground.written(left.name)[0] in DIFFERENTIALS and right.free_symbols and names_in(right) <= known
        and not any(key(by) in ground.interpretation.last.names for _, by in gradients_of(ground.written(left.name)))
    )  # fmt: skip


def _is_change(right: sp.Expr) -> bool:
    """Whether a formula is a name, or what lies between two: x - x0."""
    return all(part.is_Symbol or (-part).is_Symbol for part in (right.args if right.is_Add else (right,)))


_ERRORS = ("δ", "delta", "\\delta", "err", "Δ")
"""How the names of errors begin."""


def differentials(ground: Ground) -> Iterator[Hypothesis]:
    """du = 2πr dr: where differentials stand side by side, that of a defined quantity is made of those below it."""
    graph, found = ground.interpretation.last, dict[str, str]()
    for one in ground.claims:
        changes = {name: of for name in one.names if (of := differential_of(name, ground.written(name), ground.uses))}
        found |= changes if len(changes) > 1 else {}
    for name, of in found.items():
        leaves = sorted(graph.leaves(of)) if of in graph.names else ()
        parts = (Partial(symbol(of), symbol(leaf)) * symbol(f"{name[0]}{leaf}") for leaf in leaves)
        if leaves:
            told = f"{ground.written(name)} is the differential of {ground.written(of)}"
            yield Hypothesis("differential", name, told, 2, frozenset((name,)), expression=sp.Add(*parts))


def errors(ground: Ground) -> Iterator[Hypothesis]:
    """A node's error, by which a contradicted gradient is made of a local slope, is the derivative by that node: either
    what it is said to be is wrong, or the gradient.
    """
    graph, slopes = ground.interpretation.last, ground.interpretation.departures.slopes
    definers = {name: number for number, name in ground.interpretation.definers.items()}
    for one in ground.evidence.values():
        if not one.is_contradicted or one.kind or one.equation is None or not differentiated(one.equation.left):
            continue
        of, by = one.equation.left.of.name, one.equation.left.by.name
        for name in sorted(names_in(one.equation.right) & ground.own - slopes.keys()):
            if graph.rests_on(of, name) or name not in definers or not ground.written(name).startswith(_ERRORS):
                continue
            for node in sorted(node for node in graph.names if by in graph.parents(node) and graph.rests_on(of, node)):
                told = f"error: {ground.written(name)} is ∂{ground.written(of)}/∂{ground.written(node)}"
                yield Hypothesis(
                    "error", name, told, 2, frozenset((name,)), definers[name], of, Partial(symbol(of), symbol(node)),
                    open=True,
                )  # fmt: skip


def _loss(ground: Ground, by: str) -> str | None:
    """The quantity that derivatives without a numerator are of: an end of the graph that rests on `by`, no
    derivative itself.
    """
    graph = ground.interpretation.last
    known = loss_of(ground.interpretation, graph)
    if known is not None and not gradients_of(ground.written(known)) and graph.rests_on(known, by):
        return known
    if any(map(_is_loss, graph.functions)):  # l(a, y) at what no line tells
        return None
    names = [name for name in ground.interpretation.versions if name in graph.names]
    bys = {name: {key(below) for _, below in gradients_of(ground.written(name))} for name in names}
    forward = [name for name in names if not bys[name] & (graph.names | ground.uses.keys())]
    used = {parent for name in forward for parent in graph.parents(name)}
    ends = [name for name in forward if name not in used and graph.rests_on(name, by) and name != by]
    differentials = {name for name in ends if ground.written(name)[0] in DIFFERENTIALS}
    return max(ends[::-1], key=lambda name: (_is_loss(name), name not in differentials), default=None)


def own_loss(ground: Ground) -> Iterator[Hypothesis]:
    """What `the gradient by w` is of: the quantity with a loss's name, or that is differentiated; else an end that no
    walkthrough has as another quantity, and that is a guess.
    """
    equations = [e for one in ground.claims if rests_on_loss(one) for e in one.equations]
    bys = {partial.by.name for e in equations for partial in partials_in(e.left) if partial.of == symbol(LOSS)}
    bys |= {e.left.name.removesuffix("⁺") for e in equations if e.left.is_Symbol}
    if not bys or LOSS in ground.defined:
        return
    graph = ground.interpretation.last
    resting = [name for name in graph.names if any(graph.rests_on(name, by) for by in bys)]
    named = [n for n in resting if role_of(n) == ("loss", "") and not is_residual(graph.definition(n))]
    known = loss_of(ground.interpretation, graph)
    own = named[0] if len(named) == 1 else known if known in resting else None
    if own is None or own == LOSS or (own not in named and gradients_of(ground.written(own))):
        return
    is_plain = bool(named) or own in {differentiated(e.left) for one in ground.claims for e in one.plainest}
    if not is_plain and own in {key(name) for lender in ground.lenders for name in lender.network.definitions}:
        return
    told = f"the loss is {ground.written(own)}"
    yield Hypothesis("same", LOSS, told, 0 if is_plain else GUESSED_RANK, frozenset((LOSS, own)), other=own)
