"""Every training against the figures that its article, or others, computed: within 1e-9, or to the digits given."""

from functools import cache

import pytest

from derive.training import train
from derive.training.program import Program
from derive.walkthrough import Walkthrough, load_walkthrough

Rows = list[dict[str, float]]


@cache
def trained(name: str) -> tuple[Walkthrough, Rows]:
    """A walkthrough and the rows of its training, each by names."""
    walkthrough = load_walkthrough(name)
    training = train(walkthrough, float(walkthrough.learning_rates[-1]))
    return walkthrough, [dict(zip(training.names, row, strict=True)) for row in training.rows]


def output(walkthrough: Walkthrough, row: dict[str, float], name: str, inputs: tuple[float, ...]) -> float:
    """A node's value for some inputs, with the parameters of a row."""
    network = walkthrough.network
    leaves = {**dict.fromkeys(network.targets, 0.5), **dict(zip(network.inputs, inputs, strict=True))}
    leaves |= {leaf: row[leaf] for leaf in (*network.constants, *network.parameters)}
    program = Program.of(tuple(leaves), network.definitions)
    held = program.interpret({program.variables[leaf]: value for leaf, value in leaves.items()})
    return held[program.variables[name]]


def test_parmelee_finds_the_weights_that_made_the_data() -> None:
    walkthrough, rows = trained("parmelee")
    assert len(rows) == 2001
    assert [rows[0][w] for w in ("W1", "W2", "W3")] == [0.2, 1.4, 30.0]
    assert [rows[-1][w] for w in ("W1", "W2", "W3")] == pytest.approx([0.5, 0.9, 1.2], rel=1e-9)
    assert rows[-1]["E_Total"] < 1e-24
    assert walkthrough.batch is not None
    for sample in walkthrough.batch.rows:
        *x, y = map(float, sample)
        assert y == pytest.approx(0.5 * x[0] + 0.9 * x[1] + 1.2 * x[2], rel=1e-15)


@pytest.mark.parametrize(("rate", "diverges"), [(0.00731, False), (0.00732, True)])
def test_parmelee_diverges_above_two_over_273(rate: float, diverges: bool) -> None:
    walkthrough, _ = trained("parmelee")
    losses = [row[3] for row in train(walkthrough, rate).rows]
    assert (losses[-1] > losses[-100]) is diverges


def test_loys_predictions_come_near_his() -> None:
    walkthrough, rows = trained("loy")
    assert len(rows) == 1501
    assert walkthrough.batch is not None
    found = [output(walkthrough, rows[-1], "out_o1", tuple(map(float, row[:3]))) for row in walkthrough.batch.rows]
    assert found == pytest.approx([0.023, 0.979, 0.975, 0.025], abs=0.01)


def test_tripathis_weights_and_the_new_situation() -> None:
    walkthrough, rows = trained("tripathi")
    assert len(rows) == 10_001
    found = [rows[-1][w] for w in ("w1", "w2", "w3")]
    assert found == pytest.approx([9.67299303, -0.2078435, -4.62963669], abs=5e-9)
    assert output(walkthrough, rows[-1], "out_o1", (1.0, 0.0, 0.0)) == pytest.approx(0.99993704, abs=5e-9)


JEE_WEIGHTS = {
    "w1": 0.3444218515250481, "w2": 0.2579544029403025, "w3": -0.079428419169155, "w4": -0.24108324970703665,
    "w5": 0.01127472136860852, "w6": -0.09506586254958571, "w7": 0.2837985890347726, "w8": -0.19668727392107255,
    "w9": -0.02340304584764419, "w10": 0.0833820394550312, "w11": 0.4081128851953352, "w12": 0.004686855817390256,
}


@pytest.mark.slow
def test_jee_starts_from_the_weights_that_seed_0_draws() -> None:
    walkthrough, rows = trained("jee")
    assert {name: rows[0][name] for name in JEE_WEIGHTS} == JEE_WEIGHTS
    assert [rows[0][f"b{place}"] for place in range(1, 6)] == [0.0] * 5
    assert walkthrough.batch is not None
    assert len(walkthrough.batch.rows) == 121
    assert sum(row[2] for row in walkthrough.batch.rows) == 21
    assert output(walkthrough, rows[0], "out_o1", (0.0, 0.0)) == pytest.approx(0.5588236746843033, rel=1e-15)


@pytest.mark.parametrize(("update", "loss"), [
    (1, 0.2918852964976997), (500, 0.020241512006827726), (1000, 0.010322410324239015),
    (1500, 0.005535275764211891), (2000, 0.0034590493886978253),
])
def test_jees_mean_squared_error_before_an_update(update: int, loss: float) -> None:
    _, rows = trained("jee")
    assert rows[update - 1]["E_Total"] == pytest.approx(loss, rel=1e-9)


def test_mazurs_first_update_and_his_ten_thousandth() -> None:
    _, rows = trained("mazur")
    start, first = rows[0], rows[1]
    assert start["E_Total"] == pytest.approx(0.2983711087600027, rel=1e-15)
    assert [start["out_o1"], start["out_o2"]] == pytest.approx([0.7513650695523157, 0.7729284653214625], rel=1e-15)
    assert [first[f"w{place}"] for place in range(1, 9)] == pytest.approx([
        0.1497807161327628, 0.19956143226552567, 0.24975114363236958, 0.29950228726473915,
        0.35891647971788465, 0.4086661860762334, 0.5113012702387375, 0.5613701211079891,
    ], rel=1e-15)
    assert (first["b1"], first["b2"]) == (0.35, 0.6)
    assert first["E_Total"] == pytest.approx(0.29102777369359933, rel=1e-15)
    assert rows[10_000]["E_Total"] == pytest.approx(3.510187782978859e-05, rel=1e-9)


def test_kanungos_first_loss() -> None:
    _, rows = trained("kanungo")
    assert rows[0]["E_Total"] == 0.25123100378328034
    assert rows[282]["E_Total"] == pytest.approx(0.0013437063055699782, rel=1e-12)
