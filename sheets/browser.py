"""The Python side of the page that `derive page` writes: a request is an act with what is given, an answer JSON.

The page asks for one act after the other; files are handed over as bytes and live in a folder of the worker's memory.
What only workbooks need is imported by the acts on them, so that the first verdict does not wait for it.
"""

import base64
import json
import re
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec.structs import replace

import derive
from derive.archives import ArchiveError, opened
from derive.board.steps import Part, sections
from derive.checking.slips import SLIPS
from derive.defined_network import defined_network
from derive.documents.files import document_text
from derive.drawing import draw
from derive.errors import DeriveError
from derive.mathml import as_mathml
from derive.names import symbol
from derive.network import Network
from derive.tex import as_tex, typeset
from derive.walkthrough import BUILT_IN, Walkthrough, built_in, load_walkthrough, with_changes
from derive.walkthrough.keys import read_keys

if TYPE_CHECKING:
    from sheets.auditing import Report

Given = Mapping[str, Any]
Files = Sequence[tuple[str, bytes]]

_MOST_FILES = 500
_MOST_BYTES = 200_000_000
_kept: dict[int, tuple[str, Path]] = {}
"""The workbooks that were handed over: their names as given, and where they lie."""
_audited: dict[int, "Report"] = {}


def answer(act: str, given: str, files: Files = ()) -> str:
    """The answer to a request as JSON; what was wrong with what was given is `{"fault": {where, found, right}}`."""
    try:
        result = ACTS[act](msgspec.json.decode(given), files)
    except DeriveError as error:
        result = {"fault": {"where": error.where, "found": error.found, "right": error.right}}
    except RecursionError:
        result = {"fault": {"where": "", "found": "it is nested too deeply for a browser", "right": ""}}
    except Exception as error:
        told = f"a fault of this program, not yours: {type(error).__name__}: {error}".splitlines()[0]
        result = {"fault": {"where": "", "found": told, "right": "please report it"}}
    return json.dumps(result, ensure_ascii=False)


def check(given: Given, files: Files) -> Any:
    """The verdict on every equality of a text, with both sides and what is right as MathML."""
    found = derive.check(given["text"], given.get("network") or None)
    return {"claims": [_claim(one) for one in found], "summary": repr(found).strip("<>"), "network": _meant(found)}


def _claim(one: Any) -> dict[str, Any]:
    tex = typeset(one)
    both = f"{tex.left} = {tex.right}" if tex.left and tex.right else None
    kind = SLIPS.get((one.slip or "").partition(":")[0])
    return {**one.as_json(), "hint": kind and kind.message, "tex": both, "correct_tex": tex.correct,
            "mathml": both and as_mathml(both), "correct_mathml": tex.correct and as_mathml(tex.correct)}  # fmt: skip


def _meant(found: Any) -> dict[str, Any] | None:
    """The network as it was understood, where its definitions make one."""
    network = defined_network(found)
    return _drawing(network) if network is not None else None


def read(given: Given, files: Files) -> Any:
    """The text of a document: plain, a notebook's cells, a Word document's paragraphs and equations."""
    name, content = files[0]
    return {"name": name, "text": document_text(name, bytes(content))}


def keep(given: Given, files: Files) -> Any:
    """Workbooks to audit, by a number each; a zip archive stands for the workbooks in it."""
    for name, content in files:
        for inside, held in _unpacked(name, bytes(content)):
            number = len(_kept)
            if number >= _MOST_FILES:
                raise DeriveError(name, f"more than {_MOST_FILES} workbooks", "audit them by the command sheets audit")
            path = Path(tempfile.mkdtemp()) / f"{number}{Path(inside).suffix.lower()}"
            path.write_bytes(held)
            _kept[number] = inside, path
    return [{"number": number, "name": name} for number, (name, _) in _kept.items() if number not in _audited]


def _unpacked(name: str, content: bytes) -> list[tuple[str, bytes]]:
    if Path(name).suffix.lower() != ".zip":
        return [(name, content)]
    try:
        with opened(BytesIO(content)) as archive:
            inside = [i for i in archive.infolist() if Path(i.filename).suffix.lower() in (".xlsx", ".xlsm")
                      and not Path(i.filename).name.startswith((".", "~$")) and "__MACOSX" not in i.filename]
            if sum(item.file_size for item in inside) > _MOST_BYTES:
                raise DeriveError(name, "its workbooks are larger than 200 MB", "drop fewer at a time")
            found = [(item.filename, archive.read(item)) for item in inside]
    except ArchiveError:
        raise DeriveError(name, "is no zip archive that can be read") from None
    if not found:
        raise DeriveError(name, "holds no workbook", "put .xlsx files into it")
    return found


def audit(given: Given, files: Files) -> Any:
    """The audit of a workbook that was kept, with the cells around each finding."""
    from sheets.auditing import audit as audit_workbook
    from sheets.report import as_json

    name, path = _kept[given["number"]]
    report = audit_workbook(path)
    _audited[given["number"]] = report
    texts = [{**_claim(text.checked), "where": text.where} for text in report.texts]
    told = {**as_json(report), "file": name, "texts": texts}
    for table in told["tables"]:
        header = None if table["epochs"] == "to the right" else table["header_row"]
        table["findings"] = [_with_cells(finding, path, table["sheet"], header) for finding in table["findings"]]
    for training in (told, *told["trainings"]):
        training["findings"] = [_with_cells(finding, path, finding["sheet"]) for finding in training["findings"]]
    return told


def _with_cells(finding: dict[str, Any], path: Path, sheet: str, header: int | None = None) -> dict[str, Any]:
    return {**finding, "around": _around(path, sheet, finding["cells"], header) if sheet else None}


def _around(path: Path, sheet: str, cells: str, header: int | None) -> Any:
    from sheets.excerpt import excerpt

    try:
        found = excerpt(path, sheet, cells, header)
    except Exception:  # of openpyxl, on a file that the audit itself could read: the finding is told without its cells
        return None
    return found and {"columns": found.columns, "rows": found.rows}


def forget(given: Given, files: Files) -> Any:
    """Nothing is kept any more."""
    for _, path in _kept.values():
        shutil.rmtree(path.parent, ignore_errors=True)
    _kept.clear()
    _audited.clear()
    return None


def class_page(given: Given, files: Files) -> Any:
    """All audits as the page that `sheets audit --html` writes."""
    from sheets.page import page

    return _file("audit.html", page(_named()).encode())


def table(given: Given, files: Files) -> Any:
    """All findings as the table that `sheets audit --csv` writes, with a mark by which Excel knows its letters."""
    from sheets.findings_csv import findings_csv

    return _file("findings.csv", findings_csv(_named()).encode("utf-8-sig"))


def marked(given: Given, files: Files) -> Any:
    """A marked copy of each workbook that could be read: the one file, or an archive of all."""
    from sheets.marking import mark_reports

    names = {str(path): Path(name.replace("\\", "/")).name for name, path in _kept.values()}
    readable = [report for _, report in sorted(_audited.items()) if report.verdict != "unreadable"]
    if not readable:
        raise DeriveError("", "no workbook could be read, so none can be marked")
    with tempfile.TemporaryDirectory() as folder:
        copies = mark_reports(Path(folder), readable)
        held = [(names[report.file], copy.read_bytes()) for report, copy in zip(readable, copies, strict=True)]
    if len(held) == 1:
        return _file(f"marked {held[0][0]}", held[0][1])
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, (name, content) in enumerate(held, start=1):
            archive.writestr(f"{number} {name}", content)
    return _file("marked.zip", packed.getvalue())


def _named() -> "list[Report]":
    """The reports under the names that their files were given with."""
    return [replace(report, file=_kept[number][0]) for number, report in sorted(_audited.items())]


def make(given: Given, files: Files) -> Any:
    """A walkthrough's network, its equations as MathML and what can be asked about it; or its fault with the line."""
    loaded = _loaded(given)
    network = loaded.network
    return {
        "name": loaded.name, "title": loaded.title, "source": loaded.source, "drawing": _drawing(network),
        "equations": [as_mathml(f"{as_tex(symbol(node.name))} = {as_tex(node.expression)}") for node in network.nodes],
        "parameters": list(network.parameters), "samples": len(loaded.batch.rows) if loaded.batch else 1,
        "rates": [str(rate) for rate in loaded.learning_rates], "updates": loaded.updates,
    }  # fmt: skip


def derivation(given: Given, files: Files) -> Any:
    """The steps of one gradient, each as MathML with the link of the network that it is about."""
    network = _loaded(given).network
    section = sections([derive.derive_gradients(network)[given["by"]]])[-1]
    steps = []
    for step in section.steps:
        of, by = (getattr(end, "name", "") for end in step.members[0].args[:2])
        link = [network.loss if of == network.loss_name else of, by] if step.part is Part.FACTOR else None
        steps.append({"part": step.part.value, "link": link, "idle": list(step.idle),
                      "mathml": as_mathml(" = ".join(map(as_tex, step.members)))})  # fmt: skip
    return {"by": given["by"], "steps": steps}


def workbook(given: Given, files: Files) -> Any:
    """The workbook of a walkthrough."""
    from sheets.building.workbook import build

    loaded = _changed(given)
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "built.xlsx"
        build(loaded, target)
        return _file(f"{loaded.name}.xlsx", target.read_bytes())


def exercise(given: Given, files: Files) -> Any:
    """A worksheet with empty columns that marks them while they are filled; with `solved` its solution."""
    from sheets.exercise import blanks_of, prepare, write_exercise

    loaded, solved = _changed(given), bool(given.get("solved"))
    seed = str(given.get("seed") or "").strip()
    if seed and not seed.isdigit():
        raise DeriveError("numbers", f'"{seed}" is no number to draw by', "write 7, or leave it empty")
    maker = prepare(loaded, blanks_of(given.get("blank") or "gradients", loaded.network))
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "exercise.xlsx"
        write_exercise(maker.make(int(seed) if seed else None), target, solved=solved)
        return _file(f"{loaded.name}-{'solution' if solved else 'exercise'}.xlsx", target.read_bytes())


def latex(given: Given, files: Files) -> Any:
    """Its derivation as a LaTeX document."""
    loaded = _changed(given)
    return _file(f"{loaded.name}.tex", derive.to_latex(loaded, standalone=True).encode())


def examples(given: Given, files: Files) -> Any:
    """The built-in walkthroughs: what each file says, and the hand derivation that comes with it."""
    texts = _built_in()
    typed = {name: read_keys(name, text) for name, text in texts.items()}
    return [{"name": name, "title": keys.title, "toml": texts[name], "derivation": keys.derivation.strip("\n")}
            for name, keys in typed.items()]  # fmt: skip


@cache
def _built_in() -> Mapping[str, str]:
    return {name: (BUILT_IN / f"{name}.toml").read_text(encoding="utf-8") for name in built_in()}


def _loaded(given: Given) -> Walkthrough:
    """The walkthrough of a text; its faults tell the line of the text."""
    text = given["toml"]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{_OWN}.toml"
        path.write_text(text, encoding="utf-8")
        try:
            loaded = load_walkthrough(path)
        except DeriveError as error:
            line = line_of(text, error.where + " " + error.found)
            where = error.where.removeprefix(path.name).removeprefix(": ")
            raise DeriveError(f"line {line}" + (f", {where}" if where else ""), error.found, error.right) from None
    return replace(loaded, name=_name(loaded.title, text))


_OWN = "network"
_LONGEST_NAME = 40


def _name(title: str, text: str) -> str:
    """A built-in walkthrough's own name where the text is its file's; any other's is the title's words, never that."""
    for name, told in _built_in().items():
        if text.split() == told.split():
            return name
    name = ""
    for word in re.findall(r"\w+", title):
        if len(name) + len(word) >= _LONGEST_NAME:
            break
        name += f"-{word}" if name else word
    return _OWN if name in built_in() else name or _OWN


def _changed(given: Given) -> Walkthrough:
    """The walkthrough with the rates and the number of updates that were asked for."""
    rates = [piece.strip() for piece in str(given.get("rates") or "").split(",") if piece.strip()]
    updates = str(given.get("updates") or "").strip()
    try:
        asked = [Decimal(rate) for rate in rates]
    except InvalidOperation:
        raise DeriveError("learning rates", f"{', '.join(rates)} are no numbers", "write them as 0.1, 0.5") from None
    if updates and not updates.isdigit():
        raise DeriveError("updates", f'"{updates}" is no number of updates', "write 100")
    return with_changes(_loaded(given), learning_rates=asked or None, updates=int(updates) if updates else None)


_PLACES = (
    re.compile(r"at line (\d+)"),
    re.compile(r"(equations)\[(\d+)\]"),
    re.compile(r"\b(?:parameters|constants|inputs|targets|aliases)\.(\w+)"),
    re.compile(r"\b(\w+):? "),
)


def line_of(text: str, where: str) -> int:
    """The line of a walkthrough's text that a fault is about: as it says, the equation's, the key's, else 1."""
    lines = text.splitlines()
    for place in _PLACES:
        for found in place.finditer(where):
            word, *number = found.groups()
            if word.isdigit():
                return int(word)
            key = re.compile(rf"\s*{re.escape(word)}\s*=")
            start = next((at for at, line in enumerate(lines, 1) if key.match(line)), None)
            if start is not None and number:
                strings = [at for at, line in enumerate(lines, 1) if at >= start for _ in re.findall(r'"[^"]*"', line)]
                return strings[int(number[0]) - 1] if int(number[0]) <= len(strings) else start
            if start is not None:
                return start
    return 1


def _drawing(network: Network) -> dict[str, Any]:
    """Circles and links of the network, to be drawn; `home` tells in which circle a name stands."""
    drawn = draw(network)
    labelled = set(drawn.labelled)
    return {
        "circles": [{"kind": circle.kind.value, "names": circle.names, "column": circle.column, "row": circle.row,
                     "biases": circle.biases} for circle in drawn.circles],
        "links": [{"source": link.source, "target": link.target, "weights": link.weights, "labelled": link in labelled}
                  for link in drawn.links],
        "loss": network.loss,
    }  # fmt: skip


def _file(name: str, content: bytes) -> dict[str, str]:
    return {"name": name, "base64": base64.b64encode(content).decode()}


ACTS: Mapping[str, Callable[[Given, Files], Any]] = {
    "check": check, "read": read, "examples": examples,
    "keep": keep, "audit": audit, "class": class_page, "table": table, "marked": marked, "forget": forget,
    "make": make, "derivation": derivation, "workbook": workbook, "latex": latex, "exercise": exercise,
}  # fmt: skip
"""What the page may ask for."""
