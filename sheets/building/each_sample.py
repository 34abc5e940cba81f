"""The table of a training on samples whose formulas over all of them would be too long: each sample has its columns.

    h1_s1 = w1*x1_s1 + w2*x2_s1 + b1, h1_s2 = w1*x1_s2 + …, E_Total = (E_s1 + E_s2 + …)/4

The columns of a sample are those that the same network trained on it alone would have, so no formula is longer than
there; only the loss and the gradients add up over the samples.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

import sympy as sp

from derive.gradients.backward import go_back
from derive.names import partial, quantity, symbol
from derive.network import Network
from derive.ordering import product, total
from derive.text import as_text
from derive.training.saturation import computable
from derive.walkthrough.samples import Batch
from sheets.building.layout import BARE, Layout, Placement, Role, check_columns, layout_of, roles
from sheets.building.samples import DATA_FIRST_ROW, DATA_SHEET, put_in
from sheets.cells import absolute, letters, quoted
from sheets.formulas.emit import emit


def lay_out_each_sample(network: Network, batch: Batch, placement: Placement = BARE) -> Layout:
    """The table's columns: constants, parameters, each sample's own quantities, the loss over all, its gradients.

    DeriveError where the sheet is too small.
    """
    back = go_back(network, most_paths=1)
    of_one = {**computable(network.definitions), **back.shared}
    check_columns(len(batch.rows) * (len(batch.names) + len(of_one)) + 2 * len(network.parameters))
    loss, slopes = network.loss_name, {name: quantity(batch.total, name) for name in network.parameters}
    formulas: dict[str, sp.Expr] = {}
    headers = {slopes[name]: partial(batch.total, name) for name in network.parameters}
    role = {**roles(network), batch.total: Role.ERROR, **dict.fromkeys(slopes.values(), Role.GRADIENT)}
    order = [*network.constants, *network.parameters]
    summed: dict[str, list[sp.Expr]] = {name: [] for name in (batch.total, *slopes.values())}
    for number in range(1, len(batch.rows) + 1):
        own = _own_names(network, batch, number)
        own |= {name: quantity(own[network.loss], own[node]) for node in network.definitions
                if (name := quantity(loss, node)) in back.shared}
        headers |= {own[name]: partial(own[network.loss], own[node]) for node in network.definitions
                    if (name := quantity(loss, node)) in back.shared}
        meanings = {name: symbol(other) for name, other in own.items()}
        order += [own[name] for name in (*batch.names, *of_one)]
        formulas |= {own[name]: put_in(meanings, expression) for name, expression in of_one.items()}
        role |= {own[name]: role[name] for name in own}
        summed[batch.total].append(meanings[network.loss])
        for name, slope in slopes.items():
            summed[slope].append(put_in(meanings, back.gradients[quantity(loss, name)]))
    share = (sp.Rational(1, len(batch.rows)),) if batch.over == "mean" else ()
    formulas |= {name: product((*share, total(tuple(terms)))) for name, terms in summed.items()}
    of_all = {batch.total: loss, **{slope: partial(loss, name) for name, slope in slopes.items()}}
    told = {name: f"{batch.over} over the samples of {of_all[name]}" if name in of_all
            else _with_partials(headers, as_text(expression)) for name, expression in formulas.items()}
    return layout_of([*order, *summed], headers, formulas, slopes, batch.total,
                     lambda name, cells: emit(formulas[name], cells), role, told, placement)


def sample_cells(network: Network, batch: Batch) -> Iterator[tuple[str, str]]:
    """Each sample's inputs and targets with the cell of the sheet Data in which they stand."""
    for number in range(1, len(batch.rows) + 1):
        own = _own_names(network, batch, number)
        for place, name in enumerate(batch.names, start=1):
            yield own[name], f"{quoted(DATA_SHEET)}!{absolute(f'{letters(place)}{DATA_FIRST_ROW + number - 1}')}"


def sample_values(network: Network, batch: Batch) -> Mapping[str, float]:
    """Each sample's inputs and targets."""
    found: dict[str, float] = {}
    for number, sample in enumerate(batch.rows, start=1):
        own = _own_names(network, batch, number)
        found |= {own[name]: float(value) for name, value in zip(batch.names, sample, strict=True)}
    return MappingProxyType(found)


def _own_names(network: Network, batch: Batch, number: int) -> dict[str, str]:
    """What the network's names are called for one sample: out_h1_s3."""
    taken, sign = {*network.names, batch.total}, "_s"
    names = (*batch.names, *network.definitions)
    while any(f"{name}{sign}{number}" in taken for name in names):
        sign = f"_{sign}"
    return {name: f"{name}{sign}{number}" for name in names}


def _with_partials(headers: Mapping[str, str], text: str) -> str:
    for name, header in headers.items():
        text = text.replace(name, header)
    return text
