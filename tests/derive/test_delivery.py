"""A text goes into its file as a whole, and never over somebody's own work."""

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from derive.delivery import replacing, write_text
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


def test_what_others_begin_alike_is_known_by_more(tmp_path: Path) -> None:
    target, header = tmp_path / "class.csv", "First name,Last name,ID number,Email address"
    target.write_text(f"{header}\nAda,Abel,1,ada@example.org\n", encoding="utf-8")
    with pytest.raises(DeriveError, match="not an earlier output"):
        write_text(target, f"{header},Points\nAda,Abel,1,ada@example.org,8\n", known_by=f"{header},Points\n")
    assert target.read_text(encoding="utf-8").startswith(f"{header}\n")


@pytest.mark.parametrize("name", ["a.xlsx", "a.XLSX", "a.ods", "a.pdf", "a.docx"])
def test_a_text_gets_no_name_of_something_else(tmp_path: Path, name: str) -> None:
    with pytest.raises(DeriveError, match=f"{name}: a text goes there"):
        write_text(tmp_path / name, MINE, force=True)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", [".", "none/a.tex"])
def test_a_place_that_cannot_be_written_is_told_and_nothing_is_left(tmp_path: Path, name: str) -> None:
    with pytest.raises(DeriveError, match="this is a folder|there is no such folder"):
        write_text(tmp_path / name, MINE)
    assert list(tmp_path.iterdir()) == []


def test_a_file_hands_its_permissions_on(tmp_path: Path) -> None:
    target = tmp_path / "a.tex"
    target.write_text("mine", encoding="utf-8")
    target.chmod(0o600)
    write_text(target, MINE, force=True)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real.tex").write_text(MINE, encoding="utf-8")
    (tmp_path / "link.tex").symlink_to(tmp_path / "real.tex")
    write_text(tmp_path / "link.tex", MINE + "new")
    assert (tmp_path / "link.tex").is_symlink()
    assert (tmp_path / "real.tex").read_text(encoding="utf-8") == MINE + "new"


@pytest.mark.parametrize("make", ["fifo", "circle", "device"])
def test_what_is_no_file_is_told_and_left_alone(tmp_path: Path, make: str) -> None:
    target = Path("/dev/null") if make == "device" else tmp_path / "a.tex"
    if make == "fifo":
        os.mkfifo(target)
    if make == "circle":
        target.symlink_to(target)
    with pytest.raises(DeriveError, match="no file|in a circle"):
        write_text(target, MINE, force=True)
    assert list(tmp_path.iterdir()) in ([], [target])


def test_what_is_read_only_is_told(tmp_path: Path) -> None:
    target = tmp_path / "a.tex"
    target.write_text(MINE, encoding="utf-8")
    target.chmod(0o400)
    with pytest.raises(DeriveError, match="read-only"):
        write_text(target, MINE)


def test_nothing_is_left_where_writing_fails(tmp_path: Path) -> None:
    with pytest.raises(DeriveError, match="no space left"), replacing(tmp_path / "a.tex", lambda place: True):
        raise OSError(28, "No space left on device")
    with pytest.raises(RuntimeError), replacing(tmp_path / "a.tex", lambda place: True):
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []


WRITING = """
import sys, time
from pathlib import Path
from derive.delivery import replacing
with replacing(Path(sys.argv[1]), lambda place: True) as beside:
    beside.write_text("half")
    print("writing", flush=True)
    time.sleep(60)
"""


def writing(target: Path) -> "subprocess.Popen[str]":
    """A process that has written half of a file."""
    process = subprocess.Popen([sys.executable, "-c", WRITING, str(target)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "writing\n"
    return process


def test_what_a_killed_run_left_is_removed_by_the_next_and_what_another_writes_is_not(tmp_path: Path) -> None:
    target = tmp_path / "a.tex"
    killed, other = writing(target), writing(target)
    try:
        killed.send_signal(signal.SIGKILL)
        killed.wait()
        assert len(list(tmp_path.iterdir())) == 2
        write_text(target, MINE)
        left = [path.name for path in tmp_path.iterdir() if path != target]
        assert len(left) == 1
        assert other.poll() is None
        assert target.read_text(encoding="utf-8") == MINE
    finally:
        other.kill()
        other.wait()
        for process in (killed, other):
            assert process.stdout is not None
            process.stdout.close()
    write_text(target, MINE)
    assert list(tmp_path.iterdir()) == [target]


def test_of_two_writers_to_one_target_the_last_one_wins_and_both_are_whole(tmp_path: Path) -> None:
    target = tmp_path / "a.tex"
    with replacing(target, lambda place: True) as one:
        one.write_text("one", encoding="utf-8")
        with replacing(target, lambda place: True) as two:
            assert one != two
            two.write_text("two", encoding="utf-8")
        assert target.read_text(encoding="utf-8") == "two"
    assert target.read_text(encoding="utf-8") == "one"
    assert list(tmp_path.iterdir()) == [target]


def test_where_every_lock_is_granted_nobodys_file_is_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fcntl.flock", lambda handle, how: None)
    target = tmp_path / "a.tex"
    with replacing(target, lambda place: True) as one:
        one.write_text("one", encoding="utf-8")
        write_text(target, MINE, force=True)
    assert target.read_text(encoding="utf-8") == "one"
    assert list(tmp_path.iterdir()) == [target]
