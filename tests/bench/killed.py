"""Kills `sheets build` at random moments: the target is always the old or the new complete file.

    python -m tests.bench.killed [TIMES]

Each time a file of 200 updates stands there and one of 2,000 is being written over it; the process is killed (SIGKILL)
after a random part of the time that the whole takes. The seed is fixed. Exits with 1 on the first file that is neither,
or where what a killed run left outlives the next one.
"""

import random
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory


def command(target: Path, updates: int) -> list[str]:
    """The build of a workbook of so many updates."""
    return [sys.executable, "-m", "sheets", "build", "-o", str(target), "--epochs", str(updates), "--rates", "0.1,0.5"]


def main(times: int) -> int:
    """Kill, look, count."""
    chance = random.Random(8)
    with TemporaryDirectory() as folder:
        target = Path(folder, "class.xlsx")
        subprocess.run(command(target, 200), check=True, stdout=subprocess.DEVNULL)
        old = target.read_bytes()
        start = time.perf_counter()
        subprocess.run(command(target, 2000), check=True, stdout=subprocess.DEVNULL)
        whole = time.perf_counter() - start
        kept = replaced = most = 0
        for _ in range(times):
            target.write_bytes(old)
            process = subprocess.Popen(command(target, 2000), stdout=subprocess.DEVNULL)
            time.sleep(chance.uniform(0, 1.1 * whole))
            process.kill()
            process.wait()
            if target.read_bytes() == old:
                kept += 1
            elif _is_complete(target):
                replaced += 1
            else:
                print("the target is neither the old nor the new file")
                return 1
            most = max(most, len(list(Path(folder).glob(".*.part"))))
        subprocess.run(command(target, 200), check=True, stdout=subprocess.DEVNULL)
        left = len(list(Path(folder).glob(".*.part")))
    print(f"{times} kills: {kept} times the old file, {replaced} times the new one, both complete; at most {most} part "
          f"files at once, {left} after a run that was not killed")
    return int(left > 0)


def _is_complete(target: Path) -> bool:
    """Whether every part of a workbook reads back with its checksum."""
    with zipfile.ZipFile(target) as archive:
        return archive.testzip() is None


if __name__ == "__main__":
    raise SystemExit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100))
