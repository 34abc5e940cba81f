"""How a command meets a person: a fault in one line, lines folded and colored, a bar where it takes long."""

import atexit
import gc
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import Any, NoReturn

import click

from derive.defects import reported
from derive.errors import DeriveError


class OneLine(click.Group):
    """A group of commands that tells every fault of what was given in one line, with exit code 2."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run; no traceback reaches a user."""
        run: Callable[..., Any] = super().main
        code = told(lambda: run(*args, **{**kwargs, "standalone_mode": False}))
        raise SystemExit(code if isinstance(code, int) else 0)


def told(run: Callable[[], Any]) -> Any:
    """The result of a command; a fault of the input is one line on standard error and exit code 2."""
    _prepare()
    gc.set_threshold(200_000, 20, 100)  # SymPy's import makes half a million objects that stay: look through less often
    atexit.register(gc.freeze)  # nor need they be looked through once more when all is done
    try:
        result = run()
        if sys.stdout is not None and not sys.stdout.closed:  # a server closes what it spoke on
            sys.stdout.flush()
        return result
    except DeriveError as error:
        stop(str(error))
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        raise SystemExit(2) from None
    except click.NoSuchOption as error:
        stop(f"{error.format_message().rstrip('.')} — what begins with - and is no option goes after --")
    except click.ClickException as error:
        stop(error.format_message().rstrip("."))
    except (click.Abort, KeyboardInterrupt):
        stop("interrupted")
    except BrokenPipeError:  # the reader, `head` perhaps, has seen enough
        _drop_output()
        raise SystemExit(0) from None
    except OSError as error:  # of the output: what is read and written by name tells its own faults
        _drop_output()
        stop(f"the output cannot be written: {(error.strerror or str(error)).lower()}")
    except Exception as error:
        stop(reported(error))


def _prepare() -> None:
    """Ready for the end of a terminal, and for one that does not know all signs."""
    for name in ("SIGTERM", "SIGHUP"):  # so that what is half written is removed
        known = getattr(signal, name, None)
        if known is not None and signal.getsignal(known) == signal.SIG_DFL:  # nohup's choice is kept
            signal.signal(known, _interruption())
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # Windows pipes are seldom UTF-8; JSON stays JSON


def _drop_output() -> None:
    """Nothing more can be written: not at the exit, either."""
    if sys.stdout is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _interruption() -> Callable[[int, object], None]:
    """What ends this process by its own way out; a process that it forks ends at once.

    A pool whose worker was killed ends the others by SIGTERM, and waits for them: within an act they would take an
    exception for its result, and stay.
    """
    own = os.getpid()

    def interrupted(number: int, _: object) -> None:
        if os.getpid() == own:
            raise KeyboardInterrupt
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)

    return interrupted


def stop(message: str) -> NoReturn:
    """One line on standard error, exit code 2."""
    click.echo(f"error: {message}", err=True)
    raise SystemExit(2)


_GOOD, _BAD, _OPEN = {"fg": "green"}, {"fg": "red"}, {"fg": "yellow"}
COLORS: dict[str, dict[str, Any]] = {
    "proved": _GOOD, "right": _GOOD, "definition": _GOOD, "refuted": _BAD, "wrong": _BAD, "rejected": _BAD,
    "undecided": _OPEN, "not-understood": _OPEN, "incomplete": _OPEN, "unreadable": _OPEN,
    "fragile": {"fg": "cyan"}, "text": {"fg": "magenta"}, "quiet": {"fg": "bright_black"}, "title": {"bold": True},
}  # fmt: skip
"""How each kind of line looks on a terminal."""


def say(style: str, line: str) -> None:
    """One line, folded to the terminal's width, colored on a terminal whose user has not set NO_COLOR."""
    from derive.folding import folded

    plain = bool(os.environ.get("NO_COLOR")) or style not in COLORS
    for piece in folded(line, width()):
        click.echo(piece if plain else click.style(piece, **COLORS[style]))


def width() -> int | None:
    """The columns of the terminal, or those that COLUMNS asks for; None where a pipe or a file takes long lines."""
    asked = (sys.stdout is not None and sys.stdout.isatty()) or os.environ.get("COLUMNS", "")
    return shutil.get_terminal_size().columns if asked else None


@contextmanager
def progress(label: str, length: int) -> Iterator[Callable[[int], None]]:
    """What to tell how many more of `length` steps are done; a bar appears on a terminal after two seconds."""
    started, done = time.monotonic(), 0
    with ExitStack() as stack:
        bar: Any = None

        def advance(steps: int) -> None:
            nonlocal bar, done
            done += steps
            if bar is not None:
                bar.update(steps)
            elif sys.stderr.isatty() and time.monotonic() - started > PATIENCE:
                bar = stack.enter_context(click.progressbar(
                    length=length, label=label, file=sys.stderr, show_pos=True, show_percent=True, show_eta=True,
                    item_show_func=lambda _: f"{done / (time.monotonic() - started):.1f} a second",
                ))
                bar.update(done)

        yield advance


PATIENCE = 2.0
"""Seconds of work without a progress bar."""


def refuse_together(**given: bool) -> None:
    """Options that exclude each other are refused together: one of them would count for nothing, and nobody be told."""
    named = [f"--{name.replace('_', ' ')}" for name, is_given in given.items() if is_given]
    if len(named) > 1:
        raise click.UsageError(f"{' and '.join(named)} exclude each other: give one of them")


def deliver(text: str, output: str | None, force: bool, *, to_edit: bool = False) -> None:
    """A text to standard output, or to a file that holds either all of it or what it held before."""
    if output is None:
        click.echo(text, nl=False)
        return
    from derive.delivery import write_text

    write_text(Path(output), text, force=force, to_edit=to_edit)
    click.echo(f"wrote {output}", err=True)
