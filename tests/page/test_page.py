"""Every function of the page, by clicks and keys in a browser with the network cut: from a disk and from a server."""

import base64
import io
import re
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from derive.walkthrough import BUILT_IN, Walkthrough, with_changes
from sheets.building.workbook import build
from tests.laws import some
from tests.page.opened import Opened

pytestmark = [pytest.mark.slow, pytest.mark.oracle]

SLIP = "u = m*x + k*y\n∂u/∂k = y\n∂u/∂m = y"
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}


@pytest.fixture(scope="module")
def wrong_workbook(kanungo_workbook: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The main workbook with one gradient that uses another neuron's output, in ten rows."""
    book = openpyxl.load_workbook(kanungo_workbook)
    sheet = book["LR=0.5"]
    for row in range(20, 30):
        cell = sheet.cell(row, 28)
        cell.value = str(cell.value).replace("J", "L")
    target = tmp_path_factory.mktemp("wrong") / "wrong.xlsx"
    book.save(target)
    return target


def claims(page: Any) -> Any:
    return page.locator("#check-claims > li")


def test_the_one_file_checks_from_a_disk_and_asks_nobody_for_anything(
    opened: Callable[..., Opened], folder: Path
) -> None:
    address = (folder / "derive.html").as_uri()
    made = opened(address)
    made.page.fill("#check-text", SLIP)  # before Python is there
    claims(made.page).nth(2).wait_for()
    assert [claims(made.page).nth(n).get_attribute("class") for n in range(3)] == ["definition", "proved", "refuted"]
    assert claims(made.page).nth(1).locator("math mfrac").count() >= 1
    claims(made.page).nth(2).get_by_text("Why").click()
    assert "∂m stands below where ∂k belongs" in claims(made.page).nth(2).inner_text()
    assert claims(made.page).nth(2).locator(".belongs math").count() == 1
    assert [url for url in made.asked if not url.startswith("blob:")] == [address]


def test_the_page_may_not_ask_the_network_even_if_it_wanted_to(opened: Callable[..., Opened], folder: Path) -> None:
    made = opened((folder / "derive.html").as_uri(), offline=False, faultless=False)
    page = made.ready()
    asked = "url => fetch(url).then(() => 'sent', error => 'refused')"
    assert page.evaluate(asked, "http://127.0.0.1:9/") == "refused"
    assert any("Content Security Policy" in fault for fault in made.faults)


def test_marks_stand_beside_the_lines_and_follow_what_is_typed(file_page: Any) -> None:
    file_page.fill("#check-text", SLIP)
    claims(file_page).nth(2).wait_for()
    gutter = file_page.locator("#check-gutter div")
    assert [gutter.nth(n).inner_text().split()[0] for n in range(3)] == ["≔", "✓", "✗"]
    file_page.locator("#check-text").press("Control+End")
    file_page.keyboard.press("Backspace")
    file_page.keyboard.type("x")
    file_page.locator("#check-claims > li.proved").nth(1).wait_for()
    claims(file_page).nth(1).get_by_role("button", name="line 2").click()
    assert file_page.evaluate("getSelection().toString()") == "∂u/∂k = y"
    gutter.nth(2).click()
    assert file_page.evaluate("document.activeElement.dataset.line") == "3"


def test_an_example_gives_back_what_was_typed_and_its_link_tells_its_walkthrough(
    opened: Callable[..., Opened], folder: Path, kanungo: Walkthrough
) -> None:
    address = (folder / "derive.html").as_uri()
    page = opened(address).ready()
    page.fill("#check-text", SLIP)
    page.select_option("#check-example", kanungo.title)
    link = page.evaluate("() => linkOf(document.getElementById('check-text').value)")
    page.select_option("#check-example", "")
    assert page.input_value("#check-text") == SLIP
    assert page.input_value("#check-network") == ""
    other = opened(link).ready()
    claims(other).nth(30).wait_for()
    assert other.input_value("#check-network") == "kanungo"
    assert "damaged" in opened(f"{address}#text=$").ready().inner_text("#check-summary")


def test_paper_has_the_whole_text_with_its_marks(file_page: Any) -> None:
    file_page.fill("#check-text", SLIP + "\n" * 40 + "u = u")
    claims(file_page).nth(2).wait_for()
    file_page.emulate_media(media="print")
    try:
        last = file_page.locator("#check-gutter div").last
        assert last.evaluate("node => getComputedStyle(node, '::after').content").endswith('u = u"')
        inside = "node => node.getBoundingClientRect().bottom <= node.closest('.editor').getBoundingClientRect().bottom"
        assert last.evaluate(inside)
    finally:
        file_page.emulate_media(media="screen")


def test_a_class_begun_anew_hears_no_more_of_the_one_before(file_page: Any, wrong_workbook: Path) -> None:
    file_page.click("#tab-audit")
    file_page.set_input_files("#audit-file", [wrong_workbook, wrong_workbook])
    file_page.locator("#audit-again").wait_for()
    file_page.click("#audit-again")
    file_page.evaluate("() => ask('examples')")  # answered when all before it are
    assert file_page.locator("#audit-class tbody tr").count() == 0
    assert file_page.inner_text("#audit-summary") == ""


def test_hints_come_before_the_answer_and_a_link_carries_the_text(opened: Callable[..., Opened], folder: Path) -> None:
    address = (folder / "derive.html").as_uri()
    page = opened(address).ready()
    page.fill("#check-text", SLIP)
    page.check("#check-hints")
    link = page.evaluate("() => linkOf(document.getElementById('check-text').value)")
    assert "#hints&text=" in link
    other = opened(link).ready()
    claims(other).nth(2).wait_for()
    assert other.input_value("#check-text") == SLIP
    told = claims(other).nth(2)
    assert not told.locator(".belongs").is_visible()
    assert "stands below" not in told.inner_text()
    told.get_by_text("First hint").click()
    assert "a derivative by the wrong name" in told.inner_text()
    told.get_by_text("The answer").click()
    assert told.locator(".belongs").is_visible()


def test_examples_and_documents_open(file_page: Any, kanungo: Walkthrough, tmp_path: Path) -> None:
    file_page.select_option("#check-example", kanungo.title)
    claims(file_page).nth(30).wait_for()
    assert "6 refuted" in file_page.inner_text("#check-summary")
    notebook = tmp_path / "notes.ipynb"
    notebook.write_text('{"cells": [{"cell_type": "markdown", "source": ["a = b*c\\n", "∂a/∂b = c"]}]}')
    file_page.set_input_files("#check-file", notebook)
    file_page.locator("#check-summary").get_by_text("2 equalities").wait_for()
    assert file_page.input_value("#check-text") == "a = b*c\n∂a/∂b = c"


def test_workbooks_and_a_zip_of_them_are_audited(
    file_page: Any, kanungo_workbook: Path, wrong_workbook: Path, tmp_path: Path
) -> None:
    archive = tmp_path / "class.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        packed.write(wrong_workbook, "class/wrong.xlsx")
    (tmp_path / "damaged.xlsx").write_text("no workbook")
    file_page.get_by_role("tab", name="Audit").click()
    file_page.set_input_files("#audit-file", [kanungo_workbook, archive, tmp_path / "damaged.xlsx"])
    rows = file_page.locator("#audit-class tbody tr")
    rows.nth(2).wait_for()
    words = [rows.nth(n).locator("td").first.inner_text().split()[1] for n in range(3)]
    assert words == ["wrong", "unreadable", "right"]
    rows.nth(0).get_by_role("link").click()
    marked = file_page.locator("#audit-reports td.marked").first
    assert marked.inner_text().startswith("=(R20-A20)*R20*(1-R20)*L20")
    with file_page.expect_download() as told:
        file_page.get_by_role("button", name="Download the report").click()
    assert "wrong.xlsx" in Path(told.value.path()).read_text(encoding="utf-8")
    with file_page.expect_download() as told:
        file_page.get_by_role("button", name="Download the findings").click()
    assert "class/wrong.xlsx,wrong," in Path(told.value.path()).read_text(encoding="utf-8-sig")
    with file_page.expect_download() as told:
        file_page.get_by_role("button", name="Download marked copies").click()
    copies = zipfile.ZipFile(told.value.path())
    assert sorted(name.split(" ", 1)[1] for name in copies.namelist()) == ["kanungo.xlsx", "wrong.xlsx"]
    assert openpyxl.load_workbook(io.BytesIO(copies.read("2 wrong.xlsx"))).sheetnames[0] == "Feedback"


def test_a_training_sheet_is_made_step_by_step(file_page: Any, kanungo: Walkthrough, tmp_path: Path) -> None:
    file_page.get_by_role("tab", name="Make").click()
    file_page.locator("#make-steps > li").first.wait_for()
    file_page.locator("#make-step").focus()
    for _ in range(3):
        file_page.keyboard.press("ArrowRight")
    assert file_page.inner_text("#make-place") == "step 4 of 12"
    lit = file_page.locator("#make-network g.lit[data-link]")
    assert lit.count() == 1
    file_page.fill("#make-rates", "0.5")
    file_page.fill("#make-updates", "10")
    with file_page.expect_download() as told:
        file_page.get_by_role("button", name="Download the workbook").click()
    book = openpyxl.load_workbook(io.BytesIO(Path(told.value.path()).read_bytes()))
    by_hand = with_changes(kanungo, updates=10, learning_rates=[Decimal("0.5")])
    build(by_hand, tmp_path / "kanungo.xlsx")
    assert book.sheetnames == openpyxl.load_workbook(tmp_path / "kanungo.xlsx").sheetnames
    assert book.sheetnames == ["Summary", "LR=0.5", "Step", "First and last"]
    with file_page.expect_download() as told:
        file_page.get_by_role("button", name="Download the LaTeX").click()
    assert r"\begin{document}" in Path(told.value.path()).read_text(encoding="utf-8")
    for name, blank in (("Download the exercise", True), ("Download its solution", False)):
        with file_page.expect_download() as told:
            file_page.get_by_role("button", name=name).click()
        sheet = openpyxl.load_workbook(io.BytesIO(Path(told.value.path()).read_bytes())).worksheets[0]
        headers = {cell.value: cell for row in sheet.iter_rows() for cell in row if cell.value == "∂E/∂w5"}
        below = headers["∂E/∂w5"].offset(row=1)
        assert (below.value is None) == blank
    text = file_page.input_value("#make-text")
    file_page.fill("#make-text", text.replace("w3*i1", "w3*i9"))
    file_page.locator("#make-fault").get_by_text("line 11").wait_for()
    assert file_page.get_by_role("button", name="Download the workbook").is_disabled()


def test_a_very_deep_formula_costs_a_worker_and_no_page(file_page: Any) -> None:
    file_page.fill("#check-text", f"y = {'(' * 5000}x{')' * 5000}")
    file_page.wait_for_timeout(1500)
    file_page.fill("#check-text", "a = b*c\n∂a/∂b = c")
    file_page.locator("#check-claims > li.proved").wait_for()


def test_what_ends_python_costs_a_worker_and_no_page(file_page: Any) -> None:
    first = file_page.evaluate_handle("() => python.worker")
    file_page.evaluate("() => python.worker.postMessage({ parts: {} })")  # it cannot start a second time
    file_page.wait_for_function("first => python.worker !== first", arg=first)
    file_page.fill("#check-text", "a = b*c\n∂a/∂b = c")
    file_page.locator("#check-claims > li.proved").wait_for()


HOSTILE = (
    "<img src=x onerror=alert(1)> = <script>alert(2)</script>\n"
    "\x1b[31m∂h1/∂w1\x1b[0m = i2\n"
    "h1 = \u202ew1*i1\u202c + w2*i2\n"
    "</script><svg onload=alert(3)> = ${alert(4)}\n"
    r"\href{javascript:alert(5)}{x} = \unicode{<b>}"
)


def test_hostile_text_and_names_are_shown_as_text(
    file_page: Any, wrong_workbook: Path, tmp_path: Path
) -> None:
    file_page.fill("#check-text", HOSTILE + "\n∂h1/∂w1 = i2")
    claims(file_page).nth(1).wait_for()
    for box in file_page.locator("#check-claims details").all():
        box.locator("summary").click()
    name = "<img src=x onerror=alert(1)>\u202e.xlsx"
    payload = {"name": name, "mimeType": "", "buffer": wrong_workbook.read_bytes()}
    file_page.get_by_role("tab", name="Audit").click()
    file_page.set_input_files("#audit-file", [payload])
    file_page.locator("#audit-class tbody tr").first.wait_for()
    assert "<img src=x onerror=alert(1)>[U+202E].xlsx" in file_page.inner_text("#audit-class")
    allowed = "main img, main script, main svg:not(.network), main a[href^='javascript'], main iframe"
    assert file_page.locator(allowed).count() == 0


_KEPT = """async () => {
  const names = await caches.keys();
  return names.length ? (await (await caches.open(names[0])).keys()).length : 0;
}"""


def test_a_site_works_without_a_network_from_the_second_visit_on(
    opened: Callable[..., Opened], served: str
) -> None:
    made = opened(served, offline=False)
    page = made.ready()
    page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    while page.evaluate(_KEPT) < 6:  # the page and its parts
        page.wait_for_timeout(200)
    assert {url.split("/")[2] for url in made.asked if url.startswith("http")} == {served.split("/")[2]}
    page.context.set_offline(True)
    page.goto("about:blank")
    page.goto(served)
    page.fill("#check-text", SLIP)
    claims(page).nth(2).wait_for()


def test_a_right_formula_is_read_whole_on_a_phone(opened: Callable[..., Opened], folder: Path) -> None:
    page = opened((folder / "derive.html").as_uri(), **PHONE).ready()
    text = (BUILT_IN / "kanungo.toml").read_text(encoding="utf-8").partition('"""')[2].partition('"""')[0]
    page.fill("#check-text", text.replace("out_h1 * (1-out_h1) * i1", "out_h1 * (1-out_h1) * i2"))
    page.locator("#check-claims > li.refuted").first.wait_for()
    for why in page.locator("#check-claims > li.refuted").get_by_text("Why").all():
        why.click()
    told = page.locator("#check-claims code.narrow:visible").all()
    assert max(len(one.inner_text()) for one in told) > 60
    for box in (one.bounding_box() for one in told):
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= PHONE["viewport"]["width"]


@pytest.mark.parametrize(("device", "scheme"), some(
    [({}, "light"), ({}, "dark"), (PHONE, "light"), (PHONE, "dark")], ({}, "light"), (PHONE, "dark")))
def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(
    opened: Callable[..., Opened], folder: Path, wrong_workbook: Path, device: dict[str, Any], scheme: str
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page = opened((folder / "derive.html").as_uri(), color_scheme=scheme, **device).ready()
    page.fill("#check-text", SLIP)
    claims(page).nth(2).wait_for()
    claims(page).nth(2).get_by_text("Why").click()

    def look(where: str) -> None:
        found = axe.run(page).response["violations"]
        assert [(one["id"], [node["target"] for node in one["nodes"]]) for one in found] == [], where
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, where

    look("check")
    page.get_by_role("tab", name="Audit").click()
    page.set_input_files("#audit-file", wrong_workbook)
    page.locator("#audit-reports td.marked").first.wait_for()
    look("audit")
    page.get_by_role("tab", name="Make").click()
    page.locator("#make-steps > li").first.wait_for()
    look("make")


def test_tabs_go_by_the_keyboard(file_page: Any) -> None:
    file_page.get_by_role("tab", name="Check").focus()
    file_page.keyboard.press("ArrowRight")
    assert file_page.locator("#audit").is_visible()
    assert not file_page.locator("#check").is_visible()
    file_page.keyboard.press("ArrowRight")
    assert file_page.locator("#make").is_visible()


class Keys:
    """A page, and nothing but keys pressed in it."""

    def __init__(self, page: Any) -> None:
        self.page = page
        # Heard from the start: a listener that comes with the key may be slower than the key on a busy machine,
        # and the browser then opens a dialog of its own.
        page.on("filechooser", lambda _: None)

    def at(self) -> str:
        """Where the focus is; the ring round it is seen and inside the screen."""
        told = self.page.evaluate(
            """() => { const at = document.activeElement, ring = at.closest(".button, .editor") ?? at;
            const { top, bottom } = at.getBoundingClientRect();
            return [at.id || at.textContent, getComputedStyle(ring).outlineStyle, bottom > 0 && top < innerHeight] }"""
        )
        assert told[1:] == ["solid", True], told
        return str(told[0])

    def press(self, *keys: str) -> str:
        for key in keys:
            self.page.keyboard.press(key)
        return self.at()

    def to(self, place: str, key: str = "Tab") -> None:
        for _ in range(60):
            if self.at() == place:
                return
            self.page.keyboard.press(key)
        pytest.fail(f"{key} does not lead to {place}")

    def choose(self, *files: Path) -> None:
        with self.page.expect_file_chooser() as chosen:
            self.page.keyboard.press("Space")
        chosen.value.set_files(files)

    def download(self, key: str) -> bytes:
        with self.page.expect_download() as told:
            self.page.keyboard.press(key)
        return Path(told.value.path()).read_bytes()


def test_a_derivation_is_checked_by_keys_alone(file_page: Any, tmp_path: Path) -> None:
    keys = Keys(file_page)
    keys.page.keyboard.press("Tab")
    assert keys.at() == "tab-check"
    keys.to("check-text")
    file_page.keyboard.type(SLIP)
    claims(file_page).nth(2).wait_for()
    assert "refuted" in keys.press("Control+Enter")  # from a line to its verdict
    assert keys.press("Tab") == "line 3"
    assert keys.press("Tab", "Enter") == "Why"
    assert claims(file_page).nth(2).locator(".belongs").is_visible()
    assert keys.press("Shift+Tab", "Enter") == "check-text"  # and back to its line
    assert file_page.evaluate("getSelection().toString()") == "∂u/∂m = y"
    file_page.keyboard.press("ArrowRight")
    file_page.keyboard.type("*1")
    keys.to("line 2")  # the verdicts come anew meanwhile
    claims(file_page).nth(2).locator("math").get_by_text("1").wait_for()
    assert keys.at() == "line 2"
    keys.to("check-hints", "Shift+Tab")
    keys.press("Space")
    file_page.get_by_text("First hint").wait_for()
    keys.to("check-link", "Shift+Tab")
    keys.press("Enter", "Enter")
    file_page.locator("#check-link").get_by_text("Copied").or_(file_page.get_by_text("address bar")).wait_for()
    file_page.locator("#check-link").get_by_text("Copy a link").wait_for()
    keys.to("check-example", "Shift+Tab")
    keys.press("ArrowDown")
    file_page.locator("#check-summary").get_by_text("7 equalities").wait_for()
    keys.press("ArrowUp")
    assert file_page.input_value("#check-text") == f"{SLIP}*1"
    (tmp_path / "note.txt").write_text("a = b*c\n∂a/∂b = c")
    keys.to("check-file")
    keys.choose(tmp_path / "note.txt")
    file_page.locator("#check-summary").get_by_text("2 equalities").wait_for()
    assert keys.at() == "check-file"


def test_a_class_is_audited_by_keys_alone(file_page: Any, kanungo_workbook: Path, wrong_workbook: Path) -> None:
    keys = Keys(file_page)
    rows = file_page.locator("#audit-class tbody tr")
    assert keys.press("Tab", "ArrowRight") == "tab-audit"
    assert keys.press("Tab") == "audit-file"
    keys.choose(kanungo_workbook)
    rows.first.wait_for()
    keys.choose(wrong_workbook)
    keys.to(kanungo_workbook.name)
    rows.nth(1).wait_for()
    assert keys.at() == kanungo_workbook.name  # and now it is the second row
    keys.to("audit-page", "Shift+Tab")
    assert b"wrong.xlsx" in keys.download("Enter")
    keys.to("audit-table")
    assert b"wrong.xlsx,wrong," in keys.download("Space")
    keys.to("audit-marked")
    assert keys.download("Enter").startswith(b"PK")
    keys.to("wrong.xlsx")
    assert keys.press("Enter") == "report-1"
    keys.to("audit-again", "Shift+Tab")
    assert keys.press("Enter") == "audit-file"


def test_a_training_sheet_is_made_by_keys_alone(file_page: Any, kanungo: Walkthrough, tmp_path: Path) -> None:
    keys = Keys(file_page)
    file_page.locator("#make-steps > li").first.wait_for(state="attached")
    assert keys.press("Tab", "ArrowLeft") == "tab-make"
    keys.to("make-text")
    keys.press("Control+End")
    file_page.keyboard.type("nonsense")
    file_page.locator("#make-fault").get_by_text("line 66").wait_for()
    assert file_page.locator("#make-shown.stale").count() == 1
    keys.to("make-example", "Shift+Tab")
    keys.press("ArrowDown")
    file_page.locator("#make-shown:not(.stale)").wait_for()
    keys.press("Home")  # one's own equations, with their fault
    assert file_page.input_value("#make-text").endswith("nonsense")
    keys.to("make-text")
    keys.press("Control+End", *["Backspace"] * len("nonsense"))
    file_page.locator("#make-shown:not(.stale)").get_by_text("step 1 of 12").wait_for()
    keys.to("make-step")
    keys.press("ArrowRight", "ArrowRight")
    assert file_page.inner_text("#make-place") == "step 3 of 12"
    keys.to("make-workbook", "Shift+Tab")
    assert keys.download("Enter").startswith(b"PK")
    keys.to("make-latex")
    assert rb"\begin{document}" in keys.download("Space")
    keys.to("make-exercise")
    assert keys.download("Enter").startswith(b"PK")
    (tmp_path / "own.toml").write_text(file_page.input_value("#make-text").replace(kanungo.title, "My own"))
    keys.to("make-file", "Shift+Tab")
    keys.choose(tmp_path / "own.toml")
    file_page.locator("#make-title").get_by_text("My own").wait_for()
    assert keys.at() == "make-file"


def test_several_files_dropped_where_one_is_opened_are_told(file_page: Any) -> None:
    drop = """() => { const dataTransfer = new DataTransfer();
      for (const name of ["a.txt", "b.txt"]) dataTransfer.items.add(new File(["a = b"], name));
      document.getElementById("check").dispatchEvent(new DragEvent("drop", { dataTransfer })); }"""
    file_page.evaluate(drop)
    assert "2 files were dropped" in file_page.inner_text("#check-summary")
    assert file_page.input_value("#check-text") == ""


def test_the_page_and_the_terminal_say_the_same(file_page: Any, kanungo: Walkthrough) -> None:
    import derive

    told = file_page.evaluate("text => ask('check', { text, network: 'kanungo' })", kanungo.derivation)
    there = [(claim["line"], claim["verdict"], claim["correct"]) for claim in told["claims"]]
    assert there == [(one.line, one.verdict, one.correct) for one in derive.check(kanungo.derivation, kanungo)]


def test_a_workbook_of_the_page_is_the_terminal_s(file_page: Any, kanungo_workbook: Path) -> None:
    made = file_page.evaluate(
        "async () => { const [one] = (await ask('examples')).filter(e => e.name === 'kanungo');"
        "return ask('workbook', { toml: one.toml, name: 'kanungo' }) }"
    )
    here, there = zipfile.ZipFile(kanungo_workbook), zipfile.ZipFile(io.BytesIO(base64.b64decode(made["base64"])))
    sheets = [name for name in here.namelist() if re.fullmatch(r"xl/worksheets/sheet[2-7]\.xml", name)]
    assert len(sheets) == 6  # the first sheet's merged cells come in another order each time
    for name in sheets:
        texts = [re.split(r"<v>([^<]*)</v>", book.read(name).decode()) for book in (here, there)]
        assert texts[0][::2] == texts[1][::2], name
        # the runtime's exp is another library's: the last digits of a value may differ
        values = [[_number(value) for value in text[1::2]] for text in texts]
        assert values[0] == pytest.approx(values[1], rel=1e-9), name


def _number(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text
