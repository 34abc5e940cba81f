"""What LibreOffice takes to open a workbook of ours, to follow a changed weight, and to recalculate all of it.

    /usr/bin/python3 tests/bench/recalculation.py jee.xlsx loy.xlsx

Needs LibreOffice and its own Python's `uno` (Debian: python3-uno), so it imports nothing else.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

_OFFICE = "/usr/lib/libreoffice/program/soffice.bin"
_NEW_PROFILE = 81  # how it ends the first time: it wants to be started again


def measure(paths: list[str]) -> None:
    """A line for each workbook and act: seconds by the clock, and of the processor."""
    uno: Any = import_module("uno")
    with tempfile.TemporaryDirectory() as folder:
        pipe = f"derive{os.getpid()}"
        command = [_OFFICE, "--headless", "--norestore", f"-env:UserInstallation=file://{folder}",
                   f"--accept=pipe,name={pipe};urp;"]
        office = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        context = uno.getComponentContext()
        resolver = context.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", context)
        for _ in range(300):
            try:
                remote = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
                break
            except Exception:  # of a class that exists only at run time: not yet listening
                time.sleep(0.2)
                if office.poll() == _NEW_PROFILE:
                    office = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        desktop = remote.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", remote)
        hidden = uno.createUnoStruct("com.sun.star.beans.PropertyValue")
        hidden.Name, hidden.Value = "Hidden", True
        for path in paths:
            _of_one(desktop, hidden, Path(path).resolve(), office.pid)
        desktop.terminate()
        office.wait(20)


def _of_one(desktop: Any, hidden: Any, path: Path, process: int) -> None:
    def timed(act: Callable[[], Any], told: str) -> Any:
        clock, processor = time.monotonic(), _processor(process)
        done = act()
        print(f"{path.name:16} {told:18} {time.monotonic() - clock:7.2f} s "
              f"{_processor(process) - processor:7.2f} s of the processor", flush=True)
        return done

    book = timed(lambda: desktop.loadComponentFromURL(path.as_uri(), "_blank", 0, (hidden,)), "opened")
    front = book.Sheets.getByName("Summary")
    table = book.Sheets.getByIndex(1)
    row = next(row for row in range(60) if front.getCellByPosition(0, row).String == "Start of the weights")
    cursor = table.createCursor()
    cursor.gotoEndOfUsedArea(False)

    def change() -> float:
        front.getCellByPosition(1, row).Value += 0.01
        return float(table.getCellByPosition(1, cursor.RangeAddress.EndRow).Value)

    timed(change, "a weight changed")
    timed(book.calculateAll, "recalculated")
    book.close(True)


def _processor(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    measure(sys.argv[1:])
