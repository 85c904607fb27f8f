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
        self.log: list[str] = []

    def serve(self) -> None:
        """Answer for ever: `106A 26` is a bit rate and a frame in hexadecimal."""
        while True:
            data, reader = self.door.recvfrom(2048)
            rate, _, frame = data.decode().partition(" ")
            if rate == self.tag.get("rate") and frame:
                self.log.append(frame)
                answer = self.tag.get("junk") or (self.near(frame) if rate == "106A" else self.felica(frame))
                if answer:
                    self.door.sendto(f"{rate} {answer}".encode(), reader)

    def near(self, frame: str) -> str:
        """Answer as ISO/IEC 14443-3 type A: REQA, then anticollision and selection by levels of four bytes."""
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
        """Answer as JIS X 6319-4: polling, and reading blocks of the service 000B without encryption."""
        body, idm = bytes.fromhex(frame)[1:], bytes.fromhex(self.tag["uid"])
        if body[0] == 0x00:
            answer = b"\x01" + idm + bytes.fromhex("FFFFFFFFFFFFFFFF") + (b"\x12\xfc" if body[3] == 1 else b"")
        elif body[0] == 0x06 and body[1:9] == idm:
            memory, blocks = bytes.fromhex(self.tag.get("memory", "")), []
            at = 13
            for _ in range(body[12]):
                wide = not body[at] & 0x80
                block = int.from_bytes(body[at + 1 : at + 2 + wide], "little")
                blocks.append(memory[block * 16 : block * 16 + 16] or bytes(16))
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
        air.tag = json.loads(line)
        heard, air.log = air.log, []
        print(json.dumps(heard), flush=True)


if __name__ == "__main__":
    main()
