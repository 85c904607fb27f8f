"""The console register as a process: answers flushed line by line, and a receipt only when it is on the disk."""

from __future__ import annotations

import re
import signal
import subprocess

import msgspec
import pytest
import sqlcipher3.dbapi2 as sqlite

from genesis.kernel.entries import unpacked
from tests.console.terminal import CARD, COFFEE, ESPRESSO, GENESIS

RECEIPT = re.compile(r"Receipt: (R1-[0-9]{8})")


class Pipe:
    """A till that is spoken to line by line: the next line goes out when the last was answered."""

    def __init__(self, home):
        self.process = subprocess.Popen([GENESIS, "till", "--home", home], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE)  # fmt: skip

    def read(self):
        return self.process.stdout.readline().decode().rstrip("\n")

    def ask(self, line):
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()
        return self.read()

    def receipt(self, line):
        """Ask for something that ends with a receipt; returns its number and its lines."""
        lines = [self.ask(line)]
        while not (found := RECEIPT.fullmatch(lines[-1])):
            lines.append(self.read())
        return found[1], lines

    def end(self):
        self.process.stdin.close()
        rest = self.process.stdout.read().decode().splitlines()
        code = self.process.wait(20)
        told = self.process.stderr.read().decode()
        self.process.stdout.close()
        self.process.stderr.close()
        return code, rest, told

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.end()


@pytest.fixture
def till(home):
    pipes = []

    def start():
        pipes.append(Pipe(home))
        return pipes[-1]

    yield start
    for pipe in pipes:
        if pipe.process.poll() is None:
            pipe.kill()


def recorded(home):
    """Return the receipt numbers that are in the journal's file, read past the till that has it open."""
    with sqlite.connect(f"file:{home / 'journal.db'}?mode=ro", uri=True) as connection:
        rows = connection.execute(
            "SELECT codec, body FROM journal WHERE kind = 'sale.completed' ORDER BY pos"
        ).fetchall()
    connection.close()
    return [msgspec.json.decode(unpacked(codec, body))["number"] for codec, body in rows]


def test_each_line_is_answered_before_the_next_and_a_receipt_is_on_the_disk_when_it_is_told(home, till):
    shop = till()
    assert shop.ask(COFFEE) == "1: Flat white 1 x 3.40 = 3.40  Total: 3.40"
    assert shop.ask(f"2*{ESPRESSO}") == "2: Espresso 2 x 2.20 = 4.40  Total: 7.80"
    assert shop.ask("nonsense").startswith("Refused: unknown code 'nonsense': ")
    assert shop.ask("cash 5") == "Due: 2.80"
    assert recorded(home) == []
    number, lines = shop.receipt("cash 5")
    assert recorded(home) == [number] == ["R1-00000001"]
    assert sum(line.startswith("Receipt: ") for line in lines) == 1
    assert shop.ask(f"return {number} 2*1").endswith("Total: -2.20")
    number, _ = shop.receipt("cash exact")
    assert recorded(home) == ["R1-00000001", number]
    assert shop.ask(COFFEE).endswith("Total: 3.40")
    second = till()
    code, out, told = second.end()
    assert (code, out) == (1, [])
    assert re.fullmatch(r"genesis: register R1 is open already in process \d+ on .*: .*\n", told)
    assert str(shop.process.pid) in told
    shop.kill()
    again = till()
    assert again.read() == "Resumed: 1 lines"
    assert again.ask(CARD) == "Attached: María González"
    code, rest, told = again.end()
    assert (code, rest, told) == (0, ["Kept: 1 lines"], "")


def test_a_pipe_is_served_to_its_end_and_the_exit_code_tells_of_refusals(process):
    done = process("till", data=f"{COFFEE}\ncash exact\n".encode())
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines()[-1] == "Receipt: R1-00000001"
    done = process(
        "till", data=b"\xff\n" + b"9" * 10_000_000 + f"\n{COFFEE}".encode() + b"\n\x00\nhold \xf0\x9f\x8d\x95\nquit\n"
    )
    assert (done.code, done.err) == (1, "")
    lines = done.out.splitlines()
    assert [line.partition(":")[0] for line in lines] == ["Refused", "Refused", "1", "Refused", "Held"]
    assert lines[-1] == "Held: 🍕"


def test_a_terminal_that_cannot_show_a_name_does_not_stop_the_sale(process):
    lines = f"{COFFEE}\ncustomer {CARD}\ncash exact\n".encode()
    done = process("till", data=lines, PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert (done.code, done.err) == (0, "")
    assert "Customer: Mar\\xeda Gonz\\xe1lez" in done.out
    assert done.out.splitlines()[-1] == "Receipt: R1-00000001"


def test_safe_mode_opens_the_kernel_alone(process):
    done = process("till", "--safe", data=f"{COFFEE}\nhelp\n".encode())
    assert done.code == 1
    assert done.out.startswith(f"Refused: unknown code '{COFFEE}'")
    assert done.err == ""
