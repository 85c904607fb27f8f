"""A cupsd of the tests' own, whose printer is a folder: a backend puts each job there, or has the fault of the day."""

from __future__ import annotations

import os
import subprocess
import threading
from pathlib import Path

CUPSD, ADMIN, PARTS = Path("/usr/sbin/cupsd"), Path("/usr/sbin/lpadmin"), Path("/usr/lib/cups")
LONG = 20  # seconds after which a test gives up; nothing waits so long when all is well
BACKEND = """#!/bin/sh
[ $# -ge 5 ] || exit 0
while [ -e {folder}/hold ]; do sleep 0.05; done
if [ -e {folder}/fault ]; then
    echo "ERROR: paper jam" >&2
    echo "STATE: +media-jam-error" >&2
    exit "$(cat {folder}/fault)"
fi
name=$(date +%s%N)  # a cupsd that was killed may count its jobs anew
cat ${{6:+"$6"}} >{folder}/$name.part && mv {folder}/$name.part {folder}/$name.pdf
echo "STATE: -media-jam-error" >&2
"""
STOPS, GIVES_UP = "4", "5"  # what a backend answers: stop the queue and keep the job; give the job up
FILES = """ServerRoot {root}/etc
RequestRoot {root}/spool
CacheDir {root}/cache
StateDir {root}/run
ServerBin {root}/bin
AccessLog {root}/log/access
ErrorLog {root}/log/error
PageLog {root}/log/page
"""
RULES = """Listen {socket}
WebInterface No
Browsing No
<Location />
Order allow,deny
Allow all
</Location>
<Policy default>
<Limit All>
Order deny,allow
</Limit>
</Policy>
"""


class PrintServer:
    """CUPS with one queue, `till`, on a socket."""

    def __init__(self, folder: Path) -> None:
        self.root, self.paper, self.socket = folder, folder / "paper", folder / "run/cups.sock"
        for name in ("etc", "spool", "cache", "run", "log", "paper", "bin/backend"):
            (folder / name).mkdir(parents=True)
        for part in ("daemon", "filter", "driver", "monitor", "notifier", "cgi-bin"):
            (folder / "bin" / part).symlink_to(PARTS / part)
        backend = folder / "bin/backend/paper"
        backend.write_text(BACKEND.format(folder=self.paper))
        backend.chmod(0o755)
        self.paper.chmod(0o777)  # a backend runs as another user
        for place in (folder, *list(folder.parents)[:3]):
            place.chmod(place.stat().st_mode | 0o011)
        (folder / "files.conf").write_text(FILES.format(root=folder))
        (folder / "cupsd.conf").write_text(RULES.format(socket=self.socket))
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it answers."""
        words = [str(CUPSD), "-f", "-c", str(self.root / "cupsd.conf"), "-s", str(self.root / "files.conf")]
        self._process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                         stderr=subprocess.DEVNULL)  # fmt: skip
        for _ in range(LONG * 50):
            if self.socket.exists() and self.tell("lpstat", "-r") == 0:
                break
            threading.Event().wait(0.02)
        assert self.tell(str(ADMIN), "-p", "till", "-E", "-v", "paper:/here", "-m", "raw") == 0

    def tell(self, *words: str) -> int:
        """Run a command of CUPS against it; return its exit code."""
        place = os.environ | {"CUPS_SERVER": str(self.socket), "LC_ALL": "C"}
        return subprocess.run(words, env=place, capture_output=True, timeout=LONG, check=False).returncode

    def kill(self) -> None:
        """Kill it, as when the print server goes."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self.socket.unlink(missing_ok=True)

    def gone(self) -> str:
        """Return how it ended and what it logged last, "" while it runs."""
        if self._process is None or self._process.poll() is None:
            return ""
        logs = [path.read_text(errors="replace") for path in (self.root / "log").glob("error*")]
        return f"cupsd ended with {self._process.returncode}: {''.join(logs)[-2_000:]}"

    def fault(self, code: str) -> None:
        """Have this fault from now on, "" for none."""
        place = self.paper / "fault"
        place.write_text(code) if code else place.unlink(missing_ok=True)

    @property
    def printed(self) -> list[bytes]:
        """What came out, oldest first."""
        found = sorted(self.paper.glob("*.pdf"), key=lambda path: int(path.stem))
        return [path.read_bytes() for path in found]
