"""A text goes into its file as a whole, and never over somebody's own work."""

from pathlib import Path

import pytest

from derive.delivery import write_text
from derive.errors import DeriveError

MINE = "% made by derive-sheets, a first line that is ours\n"


def test_an_earlier_output_is_written_over(tmp_path: Path) -> None:
    write_text(tmp_path / "a.tex", MINE + "old")
    write_text(tmp_path / "a.tex", MINE + "new")
    assert (tmp_path / "a.tex").read_text(encoding="utf-8") == MINE + "new"


def test_somebodys_own_work_is_not_written_over_without_force(tmp_path: Path) -> None:
    target = tmp_path / "lesson.toml"
    target.write_text("a day's work", encoding="utf-8")
    with pytest.raises(DeriveError, match="lesson.toml: this file is not an earlier output .* --force"):
        write_text(target, MINE)
    assert target.read_text(encoding="utf-8") == "a day's work"
    write_text(target, MINE, force=True)
    assert target.read_text(encoding="utf-8") == MINE


@pytest.mark.parametrize("name", [".", "none/a.tex"])
def test_a_place_that_cannot_be_written_is_told_and_nothing_is_left(tmp_path: Path, name: str) -> None:
    with pytest.raises(DeriveError, match="this is a folder|there is no such folder"):
        write_text(tmp_path / name, MINE)
    assert list(tmp_path.iterdir()) == []
