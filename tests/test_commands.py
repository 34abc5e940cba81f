"""The two commands as a user runs them: one clear line for every fault, exit code 2, and nothing lost."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

import derive.__main__
import sheets.__main__

ROOT = Path(__file__).parent.parent
PROGRAMS: dict[str, click.Group] = {"derive": derive.__main__.main, "sheets": sheets.__main__.main}
KANUNGO = ROOT / "derive" / "walkthrough" / "built_in" / "kanungo.toml"


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """A command in a folder, within this process; what needs a process of its own starts one itself."""
    program, *rest = words
    before = Path.cwd()
    os.chdir(folder)
    try:
        done = CliRunner().invoke(PROGRAMS[program], rest, env={"COLUMNS": "80"}, prog_name=program)
    finally:
        os.chdir(before)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return subprocess.CompletedProcess(words, done.exit_code, done.stdout, done.stderr)


@pytest.mark.parametrize("words", [
    ("sheets", "build", "missing.toml"),
    ("sheets", "build", "broken.toml"),
    ("sheets", "build", "unknown.toml"),
    ("sheets", "build", "--epochs", "-3"),
    ("sheets", "build", "--epochs", "2000000"),
    ("sheets", "build", "--epochs", "many"),
    ("sheets", "build", "--rates", "0.1,fast"),
    ("sheets", "build", "--rates", "nan"),
    ("sheets", "build", "--rates", "1,sNaN"),
    ("sheets", "build", "--rates", ",".join(map(str, range(1, 257)))),
    ("sheets", "build", "--rates", ""),
    ("sheets", "build", "-o", "no/such/folder/x.xlsx"),
    ("sheets", "build", "-o", "read-only.xlsx"),
    ("sheets", "build", "-o", "."),
    ("sheets", "build", "-o", "class.txt"),
    ("sheets", "build", "-o", "class"),
    ("sheets", "build", "-o", "class.xlsm"),
    ("sheets", "build", "-o", "saved.xlsx"),
    ("sheets", "build", "-o", "pipe.xlsx"),
    ("sheets", "build", "--force", "-o", "pipe.xlsx"),
    ("sheets", "build", "--force", "-o", "circle.xlsx"),
    ("derive", "show", "--force", "-o", "pipe.xlsx"),
    ("sheets", "biuld"),
    ("derive", "show", "missing.toml"),
    ("derive", "latex", "--slides", "--blanks"),
    ("derive", "latex", "--slides", "--solution"),
    ("derive", "latex", "--blanks", "--format", "markdown"),
    ("derive", "latex", "--standalone", "--format", "markdown"),
    ("derive", "check", "--json", "--format", "junit", "broken.toml"),
    ("derive", "new", "Lesson", "-o", "broken.toml"),
    ("derive", "new", ""),
    ("derive", "new", " "),
    ("derive", "new", "two\nlines"),
    ("derive", "new", "a\x01b"),
    ("sheets", "exercise", "--roster", "saved.xlsx", "--solution", "s.xlsx", "-o", "w"),
    ("sheets", "exercise", "--roster", "saved.xlsx", "-o", "w.xlsx"),
    ("sheets", "exercise", "-o", "new.xlsx", "--solution", "./new.xlsx"),
    ("derive", "show", "-o", "no/such/folder/x.txt"),
    ("derive", "--frob"),
], ids=lambda words: " ".join(words)[:60])
def test_a_fault_is_one_line_with_exit_code_2_and_nothing_is_lost(tmp_path: Path, words: tuple[str, ...]) -> None:
    text = KANUNGO.read_text(encoding="utf-8")
    (tmp_path / "broken.toml").write_text(text.replace("title =", "title"), encoding="utf-8")
    (tmp_path / "unknown.toml").write_text(text.replace("w1*i1", "w1*i9"), encoding="utf-8")
    (tmp_path / "read-only.xlsx").write_bytes(b"a student's work")
    (tmp_path / "read-only.xlsx").chmod(0o444)
    (tmp_path / "saved.xlsx").write_bytes(b"a student's work")
    os.mkfifo(tmp_path / "pipe.xlsx")
    (tmp_path / "circle.xlsx").symlink_to("circle.xlsx")
    before = contents(tmp_path)
    done = run(tmp_path, *words)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("error: ")
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert len(done.stderr.strip()) <= 80 or "-o" not in words, done.stderr
    assert contents(tmp_path) == before


def test_options_that_say_the_same_go_together(tmp_path: Path) -> None:
    assert run(tmp_path, "derive", "check", "--json", "--format", "json", str(KANUNGO)).returncode != 2
    solved = run(tmp_path, "derive", "latex", "--solution").stdout
    assert "Solution" in solved
    for order in (("--blanks", "--solution"), ("--solution", "--blanks")):
        assert run(tmp_path, "derive", "latex", *order).stdout == solved


def test_a_walkthrough_that_was_begun_is_begun_again_until_somebody_edits_it(tmp_path: Path) -> None:
    words = ("derive", "new", "Lesson")
    assert [run(tmp_path, *words).returncode for _ in range(2)] == [0, 0]
    file = tmp_path / "lesson.toml"
    edited = file.read_text(encoding="utf-8").replace("updates = 1000", "updates = 900")
    for text in (edited, file.read_text(encoding="utf-8") + "# mine\n"):
        file.write_text(text, encoding="utf-8")
        assert run(tmp_path, *words).returncode == 2
        assert file.read_text(encoding="utf-8") == text
    assert run(tmp_path, *words, "--force").returncode == 0


def contents(folder: Path) -> dict[str, bytes | str]:
    """What stands in a folder: each file's bytes, and what else is there."""
    return {path.name: path.read_bytes() if path.is_file() else "no file" for path in folder.iterdir()}


@pytest.mark.parametrize("words", [
    ("derive", "--help"), ("derive", "show", "--help"), ("sheets", "--help"), ("sheets", "build", "--help"),
], ids=" ".join)
def test_help_fits_80_columns_and_does_not_wait_for_sympy(tmp_path: Path, words: tuple[str, ...]) -> None:
    done = run(tmp_path, *words)
    assert done.returncode == 0
    assert max(map(len, done.stdout.splitlines())) <= 80
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    timed = subprocess.run([sys.executable, "-X", "importtime", "-m", *words], cwd=tmp_path, env=env,
                           capture_output=True, text=True, check=True)
    assert "sympy" not in timed.stderr
    assert "openpyxl" not in timed.stderr


@pytest.mark.slow
def test_the_main_job_needs_no_arguments(tmp_path: Path) -> None:
    done = run(tmp_path, "sheets", "build")
    assert (done.returncode, done.stderr) == (0, "")
    assert [path.name for path in tmp_path.iterdir()] == ["kanungo.xlsx"]
    assert max(map(len, done.stdout.splitlines())) <= 80


@pytest.mark.slow
@pytest.mark.parametrize("sign", [signal.SIGTERM, pytest.param(signal.SIGHUP, marks=pytest.mark.slow)])
def test_an_interrupted_build_leaves_the_old_file_and_no_other(tmp_path: Path, sign: signal.Signals) -> None:
    assert run(tmp_path, "sheets", "build", "--epochs", "3").returncode == 0
    old = (tmp_path / "kanungo.xlsx").read_bytes()
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "sheets", "build", "--epochs", "500000"]
    with subprocess.Popen(command, cwd=tmp_path, env=env, stderr=subprocess.PIPE, text=True,
                          preexec_fn=lambda: signal.signal(sign, signal.SIG_DFL)) as process:  # nohup would ignore it
        while process.poll() is None and len(list(tmp_path.iterdir())) < 2:
            time.sleep(0.01)
        process.send_signal(sign)
        assert process.communicate(timeout=30)[1].strip() == "error: interrupted"
        assert process.returncode == 2
    assert [path.name for path in tmp_path.iterdir()] == ["kanungo.xlsx"]
    assert (tmp_path / "kanungo.xlsx").read_bytes() == old


@pytest.mark.slow
def test_a_reader_that_has_seen_enough_is_no_fault(tmp_path: Path) -> None:
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(f"{sys.executable} -m derive show | head -1", shell=True, cwd=tmp_path, env=env,
                          capture_output=True, text=True, check=True)
    assert done.stderr == ""


@pytest.mark.slow
@pytest.mark.parametrize(("output", "encoding", "code", "said"), [
    ("/dev/full", "utf-8", 2, "error: the output cannot be written: no space left on device"),
    pytest.param("/dev/null", "cp1252", 0, "", marks=pytest.mark.slow),
    pytest.param("&-", "utf-8", 0, "", marks=pytest.mark.slow),
])
def test_an_output_that_cannot_take_it_is_told_or_gets_what_it_can(
    tmp_path: Path, output: str, encoding: str, code: int, said: str
) -> None:
    env = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": encoding}
    done = subprocess.run(f"{sys.executable} -m sheets build --epochs 2 >{output}", shell=True, cwd=tmp_path, env=env,
                          stderr=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, done.stderr.strip()) == (code, said)


COMMANDS = {
    "derive": ("show", "latex", "check", "equal", "walkthroughs"),
    "sheets": ("build", "audit"),
}


@pytest.mark.parametrize("words", [
    (package, *command) for package, names in COMMANDS.items() for command in [(), *((name,) for name in names)]
], ids=" ".join)
def test_every_help_fits_80_columns_and_has_examples(tmp_path: Path, words: tuple[str, ...]) -> None:
    done = run(tmp_path, *words, "--help")
    assert done.returncode == 0
    assert "Example" in done.stdout
    assert "..." not in done.stdout.replace("FILE...", "").replace("PATH...", "").replace("[ARGS]...", "")
    assert max(map(len, done.stdout.splitlines())) <= 80


@pytest.mark.parametrize("words", [
    ("derive", "show"), ("derive", "walkthroughs"), ("derive", "equal", "x", "y"),
    ("sheets", "build", "--epochs", "2"), pytest.param(("derive", "check", str(KANUNGO)), marks=pytest.mark.slow),
], ids=" ".join)
def test_what_a_command_prints_fits_80_columns_without_colors_in_a_pipe(tmp_path: Path, words: tuple[str, ...]) -> None:
    done = run(tmp_path, *words)
    assert done.stdout
    assert "\x1b" not in done.stdout + done.stderr
    assert max(map(len, done.stdout.splitlines())) <= 80


@pytest.mark.slow
@pytest.mark.parametrize("name", ["kanungo", pytest.param("mazur", marks=pytest.mark.slow)])
def test_a_pipe_gets_long_lines_which_can_be_checked_again(tmp_path: Path, name: str) -> None:
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    env.pop("COLUMNS", None)
    command = [sys.executable, "-m", "derive"]
    shown = subprocess.run([*command, "show", name], env=env, capture_output=True, text=True, check=True).stdout
    assert max(map(len, shown.splitlines())) > 80
    checked = subprocess.run([*command, "check", "--network", name, "-"], input=shown, env=env, capture_output=True,
                             text=True, check=False)
    assert checked.returncode == 0, checked.stdout


def on_a_terminal(folder: Path, *words: str, **env: str) -> str:
    """What a command prints on a terminal of 80 columns."""
    import pty

    primary, secondary = pty.openpty()
    child = subprocess.Popen([sys.executable, "-m", *words], cwd=folder, stdout=secondary, stderr=secondary,
                             env={**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "80", "TERM": "xterm", **env})
    os.close(secondary)
    printed = b""
    while True:
        try:
            piece = os.read(primary, 65_536)
        except OSError:  # how Linux says that the other end is closed
            break
        if not piece:
            break
        printed += piece
    os.close(primary)
    child.wait()
    return printed.decode()


@pytest.mark.slow
def test_colors_are_for_a_terminal_and_not_where_no_color_is_set(tmp_path: Path) -> None:
    colored = on_a_terminal(tmp_path, "derive", "equal", "x", "y")
    assert "\x1b[31m" in colored
    assert "\x1b" not in on_a_terminal(tmp_path, "derive", "equal", "x", "y", NO_COLOR="1")


@pytest.mark.slow
def test_long_work_has_a_progress_bar_on_a_terminal(tmp_path: Path) -> None:
    printed = on_a_terminal(tmp_path, "sheets", "build", "--epochs", "100000", "--rates", "0.1")
    assert "Training" in printed
    assert "100%" in printed


def test_a_file_without_an_equality_is_a_fault_in_one_line(tmp_path: Path) -> None:
    """Nothing found is not everything proved."""
    (tmp_path / "prose.txt").write_text("nothing to see\n", encoding="utf-8")
    (tmp_path / "mended.txt").write_text("dE/dw5 = (out_o1 - t1*out_o1*(1 - out_o1)*out_h1\n", encoding="utf-8")
    alone = run(tmp_path, "derive", "check", "prose.txt")
    assert (alone.returncode, alone.stdout) == (2, "")
    assert alone.stderr.startswith("error: prose.txt: no equalities found")
    assert alone.stderr.count("\n") == 1
    both = run(tmp_path, "derive", "check", "prose.txt", "mended.txt")
    assert both.returncode == 1
    told = ("mended.txt:1:10: right if read so: dE/dw5 = (out_o1 - t1*out_o1*(1 - out_o1)*out_h1 "
            "(a bracket is not closed: ∂E/∂w5 = (out_o1 - t1) * out_o1 * (1 - out_o1) * out_h1)")
    assert told in " ".join(both.stdout.split())
