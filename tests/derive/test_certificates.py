"""The certificates of a document's verdicts: each is replayed to the verdict that is told, from its file alone."""

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from derive.__main__ import main
from derive.certificates import verified
from derive.checking import Report, check_files
from derive.formats.certificates import write_certificates
from derive.kernel import RejectedError
from tests.derive.test_kernel import with_one_thing_changed

NETWORK = "z = w*x + b\nout = 1/(1 + e^(-z))\nloss = (out - t)^2/2\n"
CLAIMS = {
    f"{NETWORK}∂loss/∂w = (out - t)*out*(1 - out)*x\n": {4: "proved"},
    f"{NETWORK}∂loss/∂w = (out - t)*out*(1 + out)*x\n": {4: "refuted"},
    f"{NETWORK}∂loss/∂w = (out - t)*∂out/∂z*∂z/∂w = (out - t)*out*(1 - out)*x\n": {4: "proved"},
    f"{NETWORK}w := w - η (t - out) out (1 - out) x\n": {4: "refuted"},
    "y = f(x)\ng = y^2\ng' = 2 y f'(x)\n": {3: "proved"},
    "y = f(x)\ng = y^2\ndg/dx = 2 y f'(x)\ndg/dx = y f'(x)\n": {3: "proved", 4: "refuted"},
    "loss = u^2\nu = 2*value - 6\nloss = (2*value - 6)^2\n": {3: "proved"},
    "u = x^2\nx = 3\nu = 9\nu = 8\n": {},
}
"""Documents, and the lines on which a certificate says what."""
PROOF = {"cases", "polynomials", "generators"}


def examined(folder: Path, text: str) -> Report:
    """A document's verdicts with their certificates."""
    (folder / "notes.txt").write_text(text, encoding="utf-8")
    return check_files([str(folder / "notes.txt")], certify=True)


def as_read(certificate: Any) -> Any:
    """A certificate as it comes from a file."""
    return json.loads(json.dumps(certificate))


@pytest.mark.parametrize("text", CLAIMS)
def test_a_certificate_is_replayed_to_the_verdict_that_is_told(text: str, tmp_path: Path) -> None:
    (one,) = examined(tmp_path, text).examined
    found = {}
    for checked, certificate in zip(one.checked, one.certificates, strict=True):
        if certificate is not None:
            assert verified(as_read(certificate)) == checked.verdict
            found[checked.line] = checked.verdict
    assert found == CLAIMS[text]


SOFTMAX = r"""$L = -\sum_i y_i \log p_i$ where $p_i = \frac{e^{o_i}}{\sum_j e^{o_j}}$ and $\sum_i y_i = 1$, so
$$\frac{\partial L}{\partial o_k} = p_k - y_k$$"""
ARRAYS = {
    SOFTMAX: "proved",
    SOFTMAX.replace("p_k - y_k", "y_k - p_k"): "refuted",
    r"$$\sum_i (x_i - y_i)^2 = \sum_i x_i^2 - 2 \sum_j x_j y_j + \sum_k y_k^2$$": "proved",
    r"$$\sum_i x_i^2 = (\sum_i x_i)^2$$": "refuted",
    r"$$X^T(Y - Z) = X^T Y - X^T Z$$": "proved",
}


@pytest.mark.parametrize("text", ARRAYS)
def test_of_arrays_each_component_has_its_certificate(text: str, tmp_path: Path) -> None:
    (one,) = examined(tmp_path, text).examined
    checked, shown = one.checked[-1], one.certificates[-1]
    assert checked.verdict == ARRAYS[text]
    assert isinstance(shown, tuple)
    assert {verified(as_read(certificate)) for certificate in shown} == {ARRAYS[text]}
    assert len(shown) == 1 if ARRAYS[text] == "refuted" else len(shown) > 1
    assert len({(certificate["left"], certificate["right"]) for certificate in shown}) == len(shown)
    written = write_certificates(tmp_path / "proofs", Report((one,)))
    assert written.startswith("wrote 1 certificate")
    (file,) = (tmp_path / "proofs").iterdir()
    run = CliRunner().invoke(main, ["verify", str(file)], env={"COLUMNS": "1000"})
    assert (run.exit_code, len(run.output.splitlines())) == (0, len(shown))
    write_certificates(tmp_path / "proofs", Report((one,)))  # an earlier one is ours to remove


def test_a_component_that_is_changed_is_rejected(tmp_path: Path) -> None:
    (one,) = examined(tmp_path, SOFTMAX).examined
    shown = one.certificates[-1]
    assert isinstance(shown, tuple)
    for certificate in map(as_read, shown):
        with pytest.raises(RejectedError):
            verified({**certificate, "right": f"{certificate['right']} + 1"})
        with pytest.raises(RejectedError):
            verified({**certificate, "definitions": {}})


def test_a_verdict_on_rounded_numbers_has_no_certificate(tmp_path: Path) -> None:
    (one,) = examined(tmp_path, "u = x^2\nx = 3\nu = 9\nu = 8\n").examined
    assert [checked.verdict for checked in one.checked][2:] == ["proved", "refuted"]
    assert set(one.certificates) == {None}


def test_nothing_is_certified_unless_asked(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text(NETWORK, encoding="utf-8")
    assert check_files([str(tmp_path / "notes.txt")]).examined[0].certificates == ()


@pytest.mark.slow
@pytest.mark.parametrize(
    "text", [pytest.param(text, marks=[] if number < 2 else pytest.mark.slow) for number, text in enumerate(CLAIMS)]
)
def test_a_certificate_with_one_thing_changed_is_rejected_or_one_of_the_same_statement(
    text: str, tmp_path: Path
) -> None:
    for found in examined(tmp_path, text).examined[0].certificates:
        if found is None:
            continue
        certificate = as_read(found)
        kept = set()
        for path, other in with_one_thing_changed(certificate):
            with suppress(RejectedError):
                assert verified(other) == certificate["verdict"]
                kept.add(path[0])
        assert kept <= {*PROOF, "bits", "values", "point"}
        for key in certificate.keys() - {"names"}:  # without these the names are read as anybody's
            if key in PROOF and len(set(certificate["sides"])) == 1:
                continue  # both sides are the same step, which needs no proof
            with pytest.raises(RejectedError):
                verified({name: part for name, part in certificate.items() if name != key})


def test_the_certificate_of_one_claim_shows_no_other(tmp_path: Path) -> None:
    texts = list(CLAIMS)[:2]
    (right,), (wrong,) = (
        [as_read(one) for one in examined(tmp_path, text).examined[0].certificates if one] for text in texts
    )
    for key in ("left", "right", "definitions"):
        assert right[key] == wrong[key] or verified_or_rejected({**right, key: wrong[key]}) == "rejected"


def verified_or_rejected(certificate: Any) -> str:
    """The verdict, or `rejected`."""
    try:
        return verified(certificate)
    except RejectedError:
        return "rejected"


# the command


def test_certificates_are_written_into_a_folder_and_verified(tmp_path: Path) -> None:
    notes, folder = tmp_path / "notes.txt", tmp_path / "a" / "proofs"
    notes.write_text(f"{NETWORK}∂out/∂z = out*(1 - out)\n∂out/∂z = out*(1 + out)\n", encoding="utf-8")
    run = CliRunner()
    made = run.invoke(main, ["check", "--certificates", str(folder), str(notes)])
    assert made.exit_code == 1
    assert made.stderr == f"wrote 2 certificates into {folder}\n"
    files = sorted(map(str, folder.iterdir()))
    assert files == [str(folder / "notes.txt.4-11.json"), str(folder / "notes.txt.5-11.json")]
    found = run.invoke(main, ["verify", *files], env={"COLUMNS": ""})
    assert found.exit_code == 0
    under = ", where z = w * x + b, out = 1/(1 + exp(-z))"
    assert found.stdout == (
        f"{files[0]}: proved: out * (1 - out) = out * (1 - out){under}\n"
        f"{files[1]}: refuted: out * (1 - out) = out * (1 + out){under}\n"
    )


def test_what_an_earlier_check_of_the_document_left_is_removed_and_nothing_else(tmp_path: Path) -> None:
    notes, folder = tmp_path / "notes.txt", tmp_path / "proofs"
    folder.mkdir()
    run = CliRunner()
    arguments = ["check", "--certificates", str(folder), str(notes)]
    kept = {
        "notes.txt.9-9.json": "[]",
        "notes.txt.json": "{}",
        "other.txt.4-11.json": '{"format":"derive-certificate-1",',
    }
    for name, text in kept.items():
        (folder / name).write_text(text)
    for before in ("", "\n"):
        notes.write_text(f"{before}{NETWORK}∂out/∂z = out*(1 - out)\n", encoding="utf-8")
        assert run.invoke(main, arguments).exit_code == 0
    assert {path.name for path in folder.iterdir()} == {*kept, "notes.txt.5-11.json"}
    (folder / "notes.txt.5-11.json").write_text("somebody's")
    refused = run.invoke(main, arguments)
    assert refused.exit_code == 2
    assert "not an earlier output" in refused.stderr
    assert (folder / "notes.txt.5-11.json").read_text() == "somebody's"


def test_documents_of_one_name_are_numbered(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "notes.txt").write_text(f"{NETWORK}∂out/∂z = out*(1 - out)\n", encoding="utf-8")
    made = CliRunner().invoke(main, ["check", "--certificates", str(tmp_path / "proofs"), str(tmp_path)])
    assert made.exit_code == 0
    assert sorted(path.name for path in (tmp_path / "proofs").iterdir()) == [
        "notes.txt-2.4-11.json", "notes.txt.4-11.json",
    ]  # fmt: skip


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text(NETWORK, encoding="utf-8")
    (tmp_path / "proofs").write_text("")
    made = CliRunner().invoke(main, ["check", "--certificates", str(tmp_path / "proofs"), str(tmp_path / "notes.txt")])
    assert made.exit_code == 2
    assert made.stderr.startswith(f"error: {tmp_path / 'proofs'}: ")
