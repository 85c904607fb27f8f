"""Where `genesis` begins: finds the command, the data folder and the words for every error."""

from __future__ import annotations

import argparse
import errno
import io
import logging
import os
import sys
import threading
import time
import uuid
from collections.abc import Sequence
from pathlib import Path

from genesis.cli import (
    accounts,
    bench,
    database,
    design,
    devices,
    journal,
    manual,
    plugins,
    projections,
    reports,
    sell,
    store,
)
from genesis.cli.context import Context, log_file
from genesis.cli.extra import ExtraCommands
from genesis.kernel.errors import GenesisError, PluginFault

PATIENCE = 3.0  # s for threads to end after a command
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
NOWHERE = Path("\0")  # what `--home` stands for without its folder
PARTS = (store, accounts, sell, reports, plugins, projections, journal, database, devices, design, bench, manual)


def parser() -> tuple[argparse.ArgumentParser, argparse._SubParsersAction[argparse.ArgumentParser]]:
    """Return the parser of the kernel's own commands."""
    root = argparse.ArgumentParser(
        prog="genesis",
        description="Genesis POS: a register that keeps every sale.",
        epilog="--home DIR (or GENESIS_HOME) chooses the data folder of any command.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = root.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for part in PARTS:
        part.add_to(commands)
    return root, commands


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; 0 done, 1 refused or failed with one clear line on stderr, 2 not a command."""
    home, rest = _take_home(list(sys.argv[1:] if arguments is None else arguments))
    if home == NOWHERE:
        print("genesis: --home needs a folder: genesis --home DIR COMMAND", file=sys.stderr)
        return 2
    context = Context(home)
    try:
        return _run(context, rest)
    except SystemExit as done:  # of a parser; a command of a plugin may end so too, with words
        if done.code is None or isinstance(done.code, int):
            return done.code or 0
        print(f"genesis: {done.code}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("genesis: stopped", file=sys.stderr)
        return 130
    except GenesisError as error:
        if isinstance(error, PluginFault):  # whoever mends it wants to see where
            log_file(context.folder)
            logging.getLogger("genesis").exception("a command stopped")
        print("genesis: " + " ".join(str(error).split()), file=sys.stderr)
        return 1
    except BrokenPipeError:
        _no_output()
        return 1
    except Exception as error:  # a fault of ours: one line for the person, the rest for the log
        if isinstance(error, OSError) and error.errno in NO_ROOM:
            print(f"genesis: {error.strerror}: make room and repeat it; what is recorded is kept", file=sys.stderr)
            _no_output()
            return 1
        mark = uuid.uuid4().hex[:8]
        path = log_file(context.folder)
        logging.getLogger("genesis").exception("error %s", mark)
        print(f"genesis: something went wrong (error {mark}); details are in {path}", file=sys.stderr)
        return 1


def _no_output() -> None:
    """Send what is still in the buffer nowhere, or the end of the process would fail at it again."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _run(context: Context, arguments: list[str]) -> int:
    root, commands = parser()
    known = set(commands.choices)
    word = next((a for a in arguments if not a.startswith("-")), "")
    extra = ExtraCommands(context)
    if word not in known:
        found = extra.find(word) if word else None
        if found is not None:
            return extra.run(found, arguments[arguments.index(word) + 1 :])
        extra.describe(commands)
    options = root.parse_args(arguments)
    return int(options.run(context, options) or 0)


def _take_home(arguments: list[str]) -> tuple[Path | None, list[str]]:
    """Take `--home DIR` out of the arguments, wherever it stands."""
    home: Path | None = None
    rest: list[str] = []
    words = iter(arguments)
    for word in words:
        if word == "--home":
            home = Path(next(words, "") or NOWHERE)
        elif word.startswith("--home="):
            home = Path(word.partition("=")[2] or NOWHERE)
        else:
            rest.append(word)
    return home, rest


def entry() -> None:
    """The console script."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:  # it was closed: nothing comes in, nobody listens
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a name that the terminal cannot show must not stop a sale
            stream.reconfigure(errors="backslashreplace")
    code = main()
    if names := _left_behind(threading.main_thread()):
        print(f"genesis: done; {', '.join(names)} went on and was ended (a plugin left it behind)", file=sys.stderr)
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    sys.exit(code)


def _left_behind(main_thread: threading.Thread) -> list[str]:
    """Return the threads that would keep a command from ending, though its work is done and what it did is kept."""
    until = time.monotonic() + PATIENCE
    left = [thread for thread in threading.enumerate() if thread is not main_thread and not thread.daemon]
    for thread in left:
        thread.join(max(0.0, until - time.monotonic()))
    return [f"the thread {thread.name}" for thread in left if thread.is_alive()]
