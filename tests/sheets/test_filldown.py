"""The fill-down writer: what it writes reads back to the same bits; its formulas expand as a person fills them."""

import struct
from decimal import Decimal
from xml.etree import ElementTree

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheets.building.filldown import Fill, fill_down
from sheets.building.layout import Column
from sheets.building.stored import store_values

COLUMNS = (
    Column("w", "w", "A", "A3-$G$1*C3", computed=False),
    Column("h", "h", "B", "A3*2 & \"<%>\"", computed=True),
    Column("g", "g", "C", "B3+1", computed=True),
)
PART = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><dimension ref="A1:C4" /><sheetData>'
    '<row r="2"><c r="A2" s="7"><v>0</v></c></row><row r="3"><c r="A3" s="1" t="n"><v>0</v></c><c r="B3" s="2" t="n">'
    '<v>0</v></c><c r="C3"><v>0</v></c></row><row r="4"><c r="A4" s="3" t="n"><v>0</v></c><c r="B4" t="n"><v>0</v></c>'
    '</row></sheetData><pageMargins left="1"/></worksheet>'
)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
TABLES = st.lists(st.tuples(NUMBERS, NUMBERS, NUMBERS), min_size=2, max_size=12)
NAMESPACE = {"s": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}


def filled(table: list[tuple[float, ...]]) -> ElementTree.Element:
    return ElementTree.fromstring(b"".join(fill_down(PART, Fill(COLUMNS, 3, len(table)), table)))


def bits(value: float) -> bytes:
    return struct.pack("<d", value)


@given(TABLES)
def test_every_value_reads_back_to_the_same_bits(table: list[tuple[float, ...]]) -> None:
    rows = filled(table).findall(".//s:row", NAMESPACE)[1:]
    written = [[v.text or "" for v in row.findall("s:c/s:v", NAMESPACE)] for row in rows]
    assert [[bits(float(text)) for text in row] for row in written] == [[bits(v) for v in row] for row in table]
    shortest = [[Decimal(repr(v)) for v in row] for row in table]
    assert [[Decimal(text) for text in row] for row in written] == shortest, "no digit too many"


@given(TABLES)
def test_a_formula_stands_once_and_every_cell_below_refers_to_it(table: list[tuple[float, ...]]) -> None:
    last = 2 + len(table)
    sheet = filled(table)
    masters = {f.get("ref"): f.text for f in sheet.findall(".//s:f", NAMESPACE) if f.text}
    assert masters == {f"A4:A{last}": "A3-$G$1*C3", f"B3:B{last}": 'A3*2 & "<%>"', f"C3:C{last}": "B3+1"}
    assert len(sheet.findall(".//s:f", NAMESPACE)) == 3 * len(table) - 1
    dimension = sheet.find("s:dimension", NAMESPACE)
    assert dimension is not None
    assert dimension.get("ref") == f"A1:C{last}"


@pytest.mark.slow
@given(TABLES)
def test_a_costly_formula_stands_in_every_cell_as_excel_fills_it_down(table: list[tuple[float, ...]]) -> None:
    formula = 'SUMPRODUCT(B3*data_B3+$C$3)/4&" of <B3> 5%"'
    columns = (*COLUMNS[:2], Column("g", "g", "C", formula, computed=True, costly=True))
    sheet = ElementTree.fromstring(b"".join(fill_down(PART, Fill(columns, 3, len(table)), table)))
    cells = {cell.get("r", ""): cell.find("s:f", NAMESPACE) for cell in sheet.findall(".//s:c", NAMESPACE)}
    written = [cells[f"C{row}"] for row in range(3, 3 + len(table))]
    assert [f.text for f in written if f is not None] == [
        f'SUMPRODUCT(B{row}*data_B3+$C$3)/4&" of <B3> 5%"' for row in range(3, 3 + len(table))]
    assert not any(f.attrib for f in written if f is not None)


def test_rows_below_have_the_style_of_the_second_row() -> None:
    cells = {c.get("r"): c.get("s") for c in filled([(1.0, 2.0, 3.0)] * 4).findall(".//s:c", NAMESPACE)}
    assert cells == {"A2": "7", "A3": "1", "B3": "2", "C3": None, "A4": "3", "B4": None, "C4": None,
                     "A5": "3", "B5": None, "C5": None, "A6": "3", "B6": None, "C6": None}


@pytest.mark.parametrize(("row", "wrong"), [(3, float("nan")), (4, float("nan")), (5, float("nan"))])
def test_a_value_that_is_no_number_is_num_as_excel_shows_it(row: int, wrong: float) -> None:
    table = [(1.0, 2.0, 3.0)] * 4
    table[row - 3] = (1.0, wrong, 3.0)
    cells = {c.get("r"): c for c in filled(table).findall(".//s:c", NAMESPACE)}
    assert (cells[f"B{row}"].get("t"), cells[f"B{row}"].findtext("s:v", "", NAMESPACE)) == ("e", "#NUM!")
    assert cells[f"A{row}"].findtext("s:v", "", NAMESPACE) == "1.0"
    assert cells[f"B{row}"].find("s:f", NAMESPACE) is not None


def test_openpyxl_expands_the_shared_formulas_as_excel_does(kanungo_live: openpyxl.Workbook) -> None:
    assert kanungo_live["LR=0.8"]["Z100"].value == (
        "=((R100-A100)*R100*(1-R100)*N100+(T100-B100)*T100*(1-T100)*P100)*L100*(1-L100)*C100"
    )


def test_a_value_is_stored_beside_a_formula() -> None:
    part = '<c r="A1" s="2"><f>1/3</f><v /></c><c r="B1"><f>"a"&amp;"b"</f><v></v></c><c r="C1"><f>1/0</f><v/></c>'
    stored = store_values(part.replace("<v></v>", "<v />"), {"A1": 1 / 3, "B1": "a<b", "C1": float("inf")})
    assert stored == (
        '<c r="A1" s="2"><f>1/3</f><v>0.3333333333333333</v></c><c r="B1" t="str"><f>"a"&amp;"b"</f><v>a&lt;b</v></c>'
        '<c r="C1" t="e"><f>1/0</f><v>#DIV/0!</v></c>'
    )


def test_a_formula_without_a_value_is_a_fault() -> None:
    with pytest.raises(KeyError, match="A1"):
        store_values('<c r="A1"><f>1/3</f><v /></c>', {})
