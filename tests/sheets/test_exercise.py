"""The exercise that checks itself: what LibreOffice shows for right, wrong and half-filled answers."""

import io
import shutil
from functools import cache
from itertools import zip_longest
from pathlib import Path

import openpyxl
import pytest
from openpyxl.utils import get_column_letter

from derive.errors import DeriveError
from derive.walkthrough import BUILT_IN, built_in, load_walkthrough
from sheets.exercise.blanks import blanks_of
from sheets.exercise.exercise import Exercise, Maker, prepare
from sheets.exercise.handout import hand_out
from sheets.exercise.key import read_key
from sheets.exercise.place import FIRST_ROW, RATE_CELL, Place
from sheets.exercise.separation import tolerances
from sheets.exercise.sheet import exercise_bytes, write_exercise
from sheets.exercise.values import shown_digits, stored_values
from sheets.roster import roster_of
from tests.laws import some, sweep
from tests.sheets.answers import anchored, answered, marks, names_in, recalculated, right_answers, score, with_cells
from tests.sheets.oracle import needs_libreoffice


@cache
def maker(walkthrough: str, blank: str = "gradients") -> Maker:
    loaded = load_walkthrough(walkthrough)
    return prepare(loaded, blanks_of(blank, loaded.network))


def oracle(test: object) -> object:
    for mark in needs_libreoffice:
        test = mark(test)
    return test


@pytest.mark.slow
def test_nothing_is_filled_in_and_everything_else_is_locked(tmp_path: Path) -> None:
    exercise = maker("kanungo").make()
    place = Place.of(exercise)
    write_exercise(exercise, tmp_path / "e.xlsx")
    book = openpyxl.load_workbook(tmp_path / "e.xlsx")
    sheet = book["Exercise"]
    answers = set(right_answers(exercise))
    assert all(sheet[address].value is None for address in answers)
    unlocked = {cell.coordinate for row in sheet.iter_rows() for cell in row if not cell.protection.locked}
    assert unlocked == answers | {"C4", "D4", "E4", "F4"}
    assert sheet.protection.sheet
    assert not sheet.protection.password
    assert book["Check"].sheet_state == "veryHidden"
    assert float(sheet[RATE_CELL].value) == 0.8
    assert sheet[place.cell("w1", FIRST_ROW)].value == 0.3


@pytest.mark.slow
@pytest.mark.parametrize("name", sweep(built_in(), "kanungo", "mazur"))
def test_letters_are_printed_in_seven_points_or_more(name: str) -> None:
    """A4 and Letter leave 10.2 inches between the margins in landscape; a column's width is in signs of 7 dots."""
    book = openpyxl.load_workbook(io.BytesIO(exercise_bytes(maker(name).make())))
    sheet = book["Exercise"]
    wide = sum(7 * sheet.column_dimensions[get_column_letter(n)].width + 5 for n in range(1, sheet.max_column + 1)) / 96
    assert 11 * min(1, 10.2 * sheet.page_setup.fitToWidth / wide) >= 7


@pytest.mark.slow
@pytest.mark.parametrize("name", sweep(built_in(), "kanungo", "mazur", "parmelee", "tripathi"))
@pytest.mark.parametrize("seed", [None, 3])
def test_no_number_is_wider_than_its_column(name: str, seed: int | None) -> None:
    """What a column does not hold is shown in powers of ten, and never as ###."""
    exercise = maker(name).make(seed)
    place = Place.of(exercise)
    sheet = openpyxl.load_workbook(io.BytesIO(exercise_bytes(exercise, solved=True)))["Exercise"]
    values, shown = stored_values(place, solved=True), shown_digits(place)
    for column, how in shown.items():
        for row in range(FIRST_ROW, place.last_row + 1):
            cell = sheet[place.cell(column, row)]
            value = float(values.get(cell.coordinate, cell.value))
            decimals = len(cell.number_format.partition(".")[2])
            is_plain = not how.most or how.least <= abs(value) < how.most
            said = f"{value:g}" if how.format == "General" else f"{value:.{decimals}f}" if is_plain else f"{value:.4E}"
            assert len(said) < sheet.column_dimensions[cell.column_letter].width, (cell.coordinate, said)


@pytest.mark.slow
def test_no_formula_of_a_gradient_stands_in_the_file() -> None:
    exercise = maker("kanungo").make()
    from io import BytesIO

    book = openpyxl.load_workbook(BytesIO(exercise_bytes(exercise)))
    formulas = {str(cell.value).replace("$", "") for sheet in book for row in sheet.iter_rows() for cell in row}
    assert not formulas & {text.replace("$", "") for text in right_answers(exercise).values()}


@pytest.mark.slow
def test_stored_values_are_those_of_the_solution() -> None:
    from io import BytesIO

    exercise = maker("mazur", "all").make()
    sheet = openpyxl.load_workbook(BytesIO(exercise_bytes(exercise, solved=True)), data_only=True)["Exercise"]
    place = Place.of(exercise)
    assert sheet[place.cell("E_Total", FIRST_ROW)].value == pytest.approx(0.298371108760003)  # as Mazur prints it
    assert sheet[place.cell("dE/dw5", FIRST_ROW)].value == pytest.approx(0.0821670405642308)


@pytest.mark.slow
def test_drawn_numbers_are_pleasant_the_same_for_a_seed_and_others_for_another() -> None:
    from sheets.roster import Student

    made = maker("kanungo")
    one, again, other = (made.make(7, Student("", key)) for key in ("a", "a", "b"))
    assert one == again
    assert one.start != other.start
    for exercise in (one, other):
        assert all(abs(value) < 1 and (value * 100).is_Integer for value in exercise.start.values())


@pytest.mark.slow
@pytest.mark.parametrize("walkthrough", ["kanungo", "parmelee", "tripathi"])
def test_every_mistake_of_a_built_in_walkthrough_shows(walkthrough: str) -> None:
    assert maker(walkthrough, "all").hidden == ()


@pytest.mark.slow
def test_what_no_numbers_show_is_told(tmp_path: Path) -> None:
    """Of an active ReLU the slope is 1, and forgetting it changes nothing."""
    file = tmp_path / "relu.toml"
    file.write_text('title="r"\nlearning_rates=[0.1]\nupdates=5\nlayers=[2,2,1]\nactivation=["relu","identity"]\n'
                    "[draw]\nseed=1\nlow=-1\nhigh=1\n[inputs]\nx1=0.5\nx2=0.3\n[targets]\nt=0.5\n",
                    encoding="utf-8")
    walkthrough = load_walkthrough(file)
    made = prepare(walkthrough, blanks_of("gradients", walkthrough.network))
    assert {wrong.mistake for wrong in made.hidden} >= {"missing-slope"}
    assert made.make(1).drawn


def test_numbers_that_hide_a_mistake_are_refused() -> None:
    made = maker("tripathi")
    start = dict(made.walkthrough.start)  # i1 = i2 = 0
    assert tolerances(made.questions, start, 0.5, 5, drawn=True) is None


@pytest.mark.parametrize("text", ["gradient", "dE/dw99", ""])
def test_a_column_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(DeriveError, match="is no column of this table"):
        blanks_of(text, load_walkthrough("kanungo").network)


def test_a_list_of_columns_is_taken() -> None:
    network = load_walkthrough("kanungo").network
    assert [(b.name, b.kind) for b in blanks_of("∂E/∂w3, w3, h1", network)] == [
        ("h1", "forward"), ("dE/dw3", "gradient"), ("w3", "update")]  # fmt: skip


def half_filled(exercise: Exercise) -> bytes:
    """One right, one wrong, one right in the first row only, one begun, the others empty."""
    place = Place.of(exercise)
    cells = right_answers(exercise)
    wrong = {place.cell("dE/dw3", r): cells[place.cell("dE/dw3", r)].replace(
        place.cell("out_h2", r), place.cell("out_h1", r)) for r in range(FIRST_ROW, place.last_row + 1)}
    right = {place.cell("dE/dw1", r): cells[place.cell("dE/dw1", r)] for r in range(FIRST_ROW, place.last_row + 1)}
    begun = {place.cell("dE/dw7", FIRST_ROW): cells[place.cell("dE/dw7", FIRST_ROW)]}
    text = {place.cell("dE/dw8", place.last_row): "I do not know"}
    return with_cells(exercise_bytes(exercise),
                      {**right, **wrong, **anchored(exercise, "dE/dw5", "out_h1"), **begun, **text})


@oracle
def test_a_half_filled_sheet_says_how_far_it_is(tmp_path: Path) -> None:
    exercise = maker("kanungo").make()
    made = recalculated({"half.xlsx": half_filled(exercise), "empty.xlsx": exercise_bytes(exercise)}, tmp_path)
    assert marks(made["half.xlsx"], exercise) == {
        "dE/dw1": "✓", "dE/dw2": "…", "dE/dw3": "✗", "dE/dw4": "…", "dE/dw5": "↓ first row", "dE/dw6": "…",
        "dE/dw7": "… 1 of 5", "dE/dw8": "✗"}  # fmt: skip
    assert score(made["half.xlsx"]) == "1 of 8 gradients right"
    assert set(marks(made["empty.xlsx"], exercise).values()) == {"…"}


KINDS = (("gradients", None), ("gradients", 3), ("updates", 3), ("forward", 3), ("all", None), ("all", 3))


@oracle
@pytest.mark.slow
@pytest.mark.parametrize("walkthrough", some(built_in(), "kanungo"))
@pytest.mark.parametrize(("blank", "seed"), some(KINDS, ("gradients", 3), ("all", None)))
def test_solutions_are_right_and_no_mistake_ever_is(
    walkthrough: str, blank: str, seed: int | None, tmp_path: Path
) -> None:
    """The solution of every kind of exercise is ✓ throughout; every wrong form of every column is ✗ or ↓."""
    made = maker(walkthrough, blank)
    exercise = made.make(seed)
    files = {"right.xlsx": answered(exercise, {})}
    expected: dict[str, tuple[Exercise, tuple[str, ...]]] = {"right.xlsx": (exercise, ())}
    questions = made.questions.asked if blank != "all" else ()  # nodes and gradients are tried apart
    for turn, wrongs in enumerate(zip_longest(*(q.wrongs for q in questions))):
        put = {q.blank.name: w.formula for q, w in zip(questions, wrongs, strict=True) if w is not None}
        files[f"{turn}.xlsx"] = answered(exercise, put)
        expected[f"{turn}.xlsx"] = exercise, tuple(put)
    found = recalculated(files, tmp_path)
    for file, (exercise, wrong) in expected.items():
        seen = marks(found[file], exercise)
        assert all(seen[name] in ("✗", "↓ first row") for name in wrong), (file, seen)
        if not wrong:
            assert set(seen.values()) == {"✓"}, (file, seen)
        else:
            assert all(mark == "✓" for name, mark in seen.items() if name not in wrong), (file, seen)


@oracle
@pytest.mark.slow
@pytest.mark.parametrize("walkthrough", some(built_in(), "kanungo"))
@pytest.mark.parametrize("seed", some((None, 5), 5))
def test_an_anchor_too_many_is_right_in_the_first_row_only(
    walkthrough: str, seed: int | None, tmp_path: Path
) -> None:
    files: dict[str, bytes] = {}
    made = maker(walkthrough)
    exercise = made.make(seed)
    given = {*exercise.walkthrough.network.inputs, *exercise.walkthrough.network.targets,
             *exercise.walkthrough.network.constants}
    for question in made.questions.asked:
        for used in set(names_in([question.right])) - given:
            cells = {**right_answers(exercise), **anchored(exercise, question.blank.name, used)}
            files[f"{question.blank.name.replace('/', '_')}-{used}.xlsx"] = with_cells(exercise_bytes(exercise), cells)
    assert Place.of(exercise).last_row > FIRST_ROW
    found = recalculated(files, tmp_path)
    for file, path in found.items():
        column, _ = file.split("-")
        assert marks(path, exercise)[column.replace("_", "/")] == "↓ first row", file


_CLASS = "Name,ID\nAda,1\nBo,2\n"


@pytest.fixture(scope="module")
def handed_out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A class's exercises, made once: not to be changed."""
    folder = tmp_path_factory.mktemp("class")
    hand_out(maker("kanungo"), "kanungo", roster_of(_CLASS), folder, seed=7)
    return folder


@pytest.mark.slow
@pytest.mark.parametrize(("roster", "seed", "blank"), [
    (_CLASS, 8, "gradients"),
    (_CLASS, 7, "dE/dw5,dE/dw6"),
    ("Name,ID\nAda,1\n", 7, "gradients"),
])  # fmt: skip
def test_a_class_is_not_handed_out_over_another(
    roster: str, seed: int, blank: str, handed_out: Path
) -> None:
    """Hand-ins could not be graded by a key that is no more theirs."""
    before = {file: file.read_bytes() for file in handed_out.rglob("*") if file.is_file()}
    with pytest.raises(DeriveError, match="is the key of other exercises"):
        hand_out(maker("kanungo", blank), "kanungo", roster_of(roster), handed_out, seed=seed)
    assert {file: file.read_bytes() for file in handed_out.rglob("*") if file.is_file()} == before


@pytest.mark.slow
@pytest.mark.parametrize("roster", [_CLASS, _CLASS + "Cy,3\n"])
def test_a_class_is_handed_out_again_and_may_have_grown(roster: str, handed_out: Path, tmp_path: Path) -> None:
    shutil.copytree(handed_out, tmp_path / "class")
    hand_out(maker("kanungo"), "kanungo", roster_of(roster), tmp_path / "class", seed=7)
    key, *_ = read_key(str(tmp_path / "class"))
    assert {"1", "2"} <= {one.student for one in key.numbers}


@pytest.mark.slow
def test_a_class_is_handed_out_over_another_where_that_is_asked_for(handed_out: Path, tmp_path: Path) -> None:
    shutil.copytree(handed_out, tmp_path / "class")
    hand_out(maker("kanungo"), "kanungo", roster_of("Name,ID\nAda,1\n"), tmp_path / "class", seed=7, force=True)
    assert (tmp_path / "class" / "key.json").read_bytes() != (handed_out / "key.json").read_bytes()


@pytest.mark.slow
def test_another_network_of_ones_own_is_not_handed_out_over_the_first(tmp_path: Path) -> None:
    toml = (BUILT_IN / "kanungo.toml").read_text(encoding="utf-8")
    given = tmp_path / "mine.toml"
    given.write_text(toml, encoding="utf-8")
    for _ in range(2):
        hand_out(maker("kanungo"), str(given), roster_of(_CLASS), tmp_path / "week")
    given.write_text(toml + "\n# changed\n", encoding="utf-8")
    with pytest.raises(DeriveError, match="is the key of other exercises"):
        hand_out(maker("kanungo"), str(given), roster_of(_CLASS), tmp_path / "week")
