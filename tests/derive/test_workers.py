"""Many things by an executor: a process that is killed costs one of them at most, and the others go on."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import derive
from derive.__main__ import main
from derive.workers import LOST, each, pool

pytestmark = pytest.mark.skipif(sys.platform == "emscripten", reason="a page starts no processes")
FATAL = {3, 11, 12}


def squared(number: int) -> str:
    """What is asked for; some numbers kill the process that works on them."""
    if number in FATAL:
        os.kill(os.getpid(), signal.SIGKILL)
    return str(number**2)


def lost(number: int, told: str) -> str:
    """What stands for a number that is lost."""
    return f"{number}: {told}"


@pytest.mark.slow
@pytest.mark.parametrize("ahead", [1, 4, 64])
def test_a_killed_process_costs_its_own_thing_and_no_other(ahead: int) -> None:
    with pool(2) as executor:
        found = list(each(squared, range(20), executor, lost, ahead))
    assert found == [f"{n}: {LOST}" if n in FATAL else str(n**2) for n in range(20)]


def slain_once(thing: tuple[int, str]) -> str:
    """Killed from outside once, as by somebody or for want of memory."""
    number, mark = thing
    if number == 5 and not Path(mark).exists():
        Path(mark).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return str(number)


def test_what_is_killed_once_is_done_again(tmp_path: Path) -> None:
    things = [(number, str(tmp_path / "mark")) for number in range(12)]
    with pool(2) as executor:
        assert list(each(slain_once, things, executor, lambda *_: "lost")) == [str(number) for number in range(12)]


def test_without_an_executor_everything_is_done_here_as_it_is_asked_for() -> None:
    done: list[int] = []

    def act(number: int) -> int:
        done.append(number)
        return number

    found = each(act, iter(range(9)), None, lambda *_: -1)
    assert [next(found), next(found)] == [0, 1]
    assert done == [0, 1]


BROKEN = """
import os, signal, time
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
from multiprocessing import get_context
from derive.console import told

def busy():  # signals that come while a machine is busy come as one
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    time.sleep(3)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})

def killed():
    time.sleep(0.5)
    os.kill(os.getpid(), signal.SIGKILL)

def run():
    with ProcessPoolExecutor(2, get_context("fork")) as executor:
        executor.submit(busy)
        try:
            executor.submit(killed).result()
        except BrokenExecutor:
            print("broken", flush=True)
    print("ended")

told(run)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="nothing is forked here")
def test_a_busy_process_of_a_broken_pool_ends_under_a_command_too() -> None:
    """The commands turn SIGTERM into an exception; a forked process would take it for the result of its act, and the
    pool would wait for ever.
    """
    run = subprocess.run([sys.executable, "-c", BROKEN], capture_output=True, text=True, timeout=120, check=False)
    assert run.stdout.split() == ["broken", "ended"]


class Reluctant(Executor):
    """An executor that gives up some of what it is handed, as those of clusters do."""

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        if args[0] % 3:
            future.set_result(fn(*args, **kwargs))
        else:
            future.set_exception(RuntimeError("three workers died while they ran this"))
        return future


def test_what_an_executor_gives_up_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DERIVE_SHEETS_TRACEBACK", raising=False)
    found = list(each(str, range(5), Reluctant(), lost))
    told = "RuntimeError: three workers died while they ran this"
    assert found == [f"0: {told}", "1", "2", f"3: {told}", "4"]


def test_no_more_wait_than_asked() -> None:
    taken = 0

    def things() -> Iterator[int]:
        nonlocal taken
        for number in range(30):
            taken = number + 1
            yield number

    with ThreadPoolExecutor(2) as executor:
        for count, _ in enumerate(each(str, things(), executor, lost, 4), 1):
            assert taken < count + 4


# documents


def hand_ins(folder: Path) -> list[str]:
    """Documents, the third of which is none."""
    folder.mkdir()
    for number in range(6):
        (folder / f"{number}.txt").write_text(f"z = {number + 2}*x\ndz/dx = {number + 2}\n", encoding="utf-8")
    (folder / "2.txt").write_text("nothing\n", encoding="utf-8")
    return [str(folder / f"{number}.txt") for number in range(6)]


def test_documents_are_checked_alike_on_any_executor(tmp_path: Path) -> None:
    paths = [*hand_ins(tmp_path / "class"), str(tmp_path / "none.txt")]
    alone = list(derive.check_many(paths))
    assert [bool(one.fault) for one in alone] == [False, False, True, False, False, False, True]
    assert [one.checked[-1].verdict for one in alone if not one.fault] == ["proved"] * 5
    for executor in (ThreadPoolExecutor(1), ProcessPoolExecutor(2)):
        with executor:
            assert list(derive.check_many(paths, executor)) == alone


def test_a_walkthrough_lends_to_many_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("∂E/∂w5 = (out_o1 - t1)*out_o1*(1 - out_o1)*out_h1\n", encoding="utf-8")
    with ProcessPoolExecutor(1) as executor:
        (one,) = derive.check_many([str(tmp_path / "a.txt")], executor, "kanungo")
    assert [checked.verdict for checked in one.checked] == ["proved"]
    assert "kanungo" in one.understood.lent[0]


def test_the_command_says_the_same_with_one_process_and_with_two(tmp_path: Path) -> None:
    hand_ins(tmp_path / "class")
    (tmp_path / "class" / "3.txt").write_bytes(b"\xff\xfe\x00")
    one, two = (
        CliRunner().invoke(main, ["check", "--json", "--jobs", jobs, "--network", "kanungo", str(tmp_path / "class")])
        for jobs in ("1", "2")
    )
    assert (one.exit_code, one.stdout, one.stderr) == (two.exit_code, two.stdout, two.stderr)
    assert one.stdout.count('"proved"') == 4
