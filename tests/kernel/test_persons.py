"""The keys of persons: a store that is closed while somebody reads goes on living."""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from genesis.kernel.errors import Closing
from genesis.kernel.persons import Keys

CLOSED_WHILE_READ = """
import sys, threading
from pathlib import Path
from genesis.kernel.errors import Closing
from genesis.kernel.persons import Keys

for _ in range(60):
    keys = Keys(Path(sys.argv[1]))
    sealed, reading, ends = keys.seal("a", {"name": "Ada"}), threading.Event(), []

    def read():
        try:
            while keys.open("a", sealed) == {"name": "Ada"}:
                keys.forget_cached()
                reading.set()
        except Closing as end:
            ends.append(end)

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    reading.wait()
    keys.close()
    for reader in readers:
        reader.join()
    assert len(ends) == 3
print("closed")
"""


def test_keys_that_are_closed_while_they_are_read_do_not_end_the_process(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", CLOSED_WHILE_READ, str(tmp_path / "keys")], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "closed\n"), done.stderr


def test_closed_keys_answer_nothing_and_destroy_nothing(tmp_path: Path) -> None:
    keys = Keys(tmp_path)
    sealed = keys.seal("a", {"name": "Ada"})
    keys.forget_cached()
    keys.close()
    for ask in (lambda: keys.open("a", sealed), lambda: keys.seal("b", {}), lambda: keys.erase("a")):
        with pytest.raises(Closing):
            ask()
    with closing(Keys(tmp_path)) as again:
        assert again.open("a", sealed) == {"name": "Ada"}
