"""`sheets build` in this process, with the processor time of each phase; imports little, as that is counted too."""

import json
import sys
import time
from collections.abc import Callable
from importlib import import_module
from typing import Any

IMPORTS = (
    ("Python and click", ("sheets.__main__",)),
    ("import SymPy", ("sympy",)),
    ("import openpyxl", ("openpyxl",)),
    ("import lark, msgspec, tomllib", ("lark", "msgspec", "tomllib")),
    ("import derive and sheets", (
        "derive.walkthrough", "derive.checking", "sheets.building.workbook", "sheets.building.announce")),
)
ACTS = (
    ("the walkthrough: TOML, equations, network", "derive.walkthrough", "load_walkthrough"),
    ("derive the gradients, lay out the columns", "sheets.building.workbook", "lay_out_any"),
    ("check the hand derivation, 36 claims", "sheets.building.workbook", "examine"),
    ("plan the first sheet", "sheets.building.workbook", "plan_front"),
    ("the frame, by openpyxl", "sheets.building.workbook", "make_frame"),
    ("train, fill down, deflate: 6 × 283 rows", "sheets.building.workbook", "pack"),
)


def run() -> None:
    """The command; the milliseconds of each phase are told as the last line of the output."""
    phases: dict[str, float] = {}
    seen = 0.0

    def until_now(phase: str) -> None:
        nonlocal seen
        now = time.process_time() * 1000
        phases[phase] = now - seen
        seen = now

    def timed(phase: str, act: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            nonlocal seen
            seen = time.process_time() * 1000
            result = act(*args, **kwargs)
            until_now(phase)
            return result

        return call

    def command() -> None:
        for phase, modules in IMPORTS:
            for module in modules:
                import_module(module)
            until_now(phase)
        for phase, module, name in ACTS:
            home = import_module(module)
            setattr(home, name, timed(phase, getattr(home, name)))
        import_module("sheets.__main__").main(["build", "-o", sys.argv[1]])

    try:
        import_module("derive.console").told(command)
    finally:
        print(json.dumps(phases))
