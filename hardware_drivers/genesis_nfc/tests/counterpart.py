"""Run as a program: tags over UDP as nfcpy's readers meet them. A line of JSON on stdin says which tag lies there."""

from __future__ import annotations

import json
import socket
import sys
import threading
from functools import reduce
from operator import xor


class Air:
    """Answers what a reader sends into its field, and notes it."""

    def __init__(self) -> None:
        self.door = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.door.bind(("127.0.0.1", 0))
        self.tag: dict[str, str] = {}
        self.memory = bytearray()
        self.writes = 10_000  # it is gone when it is told to write once more
        self.log: list[str] = []

    def serve(self) -> None:
        """Answer for ever: `106A 26` is a bit rate and a frame in hexadecimal."""
        while True:
            data, reader = self.door.recvfrom(2048)
            rate, _, frame = data.decode().partition(" ")
            if rate == self.tag.get("rate") and frame and not self.pulled(frame, rate):
                self.log.append(frame)
                answer = self.tag.get("junk") or (self.near(frame) if rate == "106A" else self.felica(frame))
                if answer:
                    self.door.sendto(f"{rate} {answer}".encode(), reader)
            elif self.tag and rate not in {"106A", self.tag["rate"]}:
                self.door.sendto(b"RFOFF", reader)  # spares the reader the second that it would listen in vain

    def pulled(self, frame: str, rate: str) -> bool:
        """Tell whether the tag is pulled away at this write."""
        if frame[:2] == "a2" if rate == "106A" else frame[2:4] == "08":
            self.writes -= 1
        return self.writes < 0

    def pages(self, frame: str) -> str:
        """Answer as an NFC Forum type 2 tag: reading four pages, and writing one."""
        told, at = frame[:2], int(frame[2:4] or "0", 16) * 4
        if told == "30" and at + 16 <= len(self.memory):
            return self.memory[at : at + 16].hex()
        if told == "a2" and at + 4 <= len(self.memory):
            self.memory[at : at + 4] = bytes.fromhex(frame[4:12])
            return "0a"
        return "00"

    def near(self, frame: str) -> str:
        """Answer as ISO/IEC 14443-3 type A: REQA, then anticollision and selection by levels of four bytes."""
        if frame[:2] in {"30", "a2", "1a", "60"}:
            return self.pages(frame)
        uid = bytes.fromhex(self.tag["uid"])
        levels = [uid] if len(uid) == 4 else [b"\x88" + uid[:3], uid[3:]]
        if frame == "26":
            return "0400" if len(uid) == 4 else "4400"
        level = {"93": 0, "95": 1}.get(frame[:2], 9)
        if level >= len(levels):
            return ""
        if frame[2:] == "20":
            return (levels[level] + bytes([reduce(xor, levels[level])])).hex()
        return "00" if level == len(levels) - 1 else "04"

    def felica(self, frame: str) -> str:
        """Answer as JIS X 6319-4: polling, and reading and writing blocks without encryption."""
        body, idm = bytes.fromhex(frame)[1:], bytes.fromhex(self.tag["uid"])
        if body[0] == 0x00:
            answer = b"\x01" + idm + bytes.fromhex("FFFFFFFFFFBFBFFF") + (b"\x12\xfc" if body[3] == 1 else b"")
        elif body[0] == 0x08 and body[1:9] == idm:
            named = [int.from_bytes(body[14 + 2 * n : 15 + 2 * n], "little") for n in range(body[12])]
            data = body[13 + 2 * len(named) :]
            for n, block in enumerate(named):
                self.memory[block * 16 : block * 16 + 16] = data[16 * n : 16 * n + 16]
            answer = b"\x09" + idm + b"\x00\x00"
        elif body[0] == 0x06 and body[1:9] == idm:
            blocks = []
            at = 13
            for _ in range(body[12]):
                wide = not body[at] & 0x80
                block = int.from_bytes(body[at + 1 : at + 2 + wide], "little")
                blocks.append(bytes(self.memory[block * 16 : block * 16 + 16]) or bytes(16))
                at += 2 + wide
            answer = b"\x07" + idm + b"\x00\x00" + bytes([len(blocks)]) + b"".join(blocks)
        else:
            return ""
        return (bytes([len(answer) + 1]) + answer).hex()


def main() -> None:
    """Say the port, then take a tag a line and say what was heard since the line before."""
    air = Air()
    threading.Thread(target=air.serve, daemon=True).start()
    print(air.door.getsockname()[1], flush=True)
    for line in sys.stdin:
        tag, held = json.loads(line), air.memory.hex()
        air.memory, air.writes, air.tag = bytearray.fromhex(tag.get("memory", "")), int(tag.get("writes", 10_000)), tag
        heard, air.log = air.log, []
        print(json.dumps([heard, held]), flush=True)


if __name__ == "__main__":
    main()
