"""The doctor for card data: what software can check of PCI DSS 4.0.1 on this data folder and these settings."""

from __future__ import annotations

import ipaddress
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import msgspec
from sqlalchemy import MetaData, select

from genesis.kernel.cards import masked
from genesis.kernel.entries import unpacked
from genesis.kernel.facts import PaymentFact, SaleCompleted
from genesis.kernel.settings import StoreSettings, secret_fields
from genesis.kernel.slips import slip_fields
from genesis.upkeep.doctor import Finding, told

if TYPE_CHECKING:
    from genesis.db.engine import Database
    from genesis.plugin.app import App

LONGEST_IDLE = 15  # minutes (8.2.8)
SHORTEST_SECRET = 8  # characters; a shorter one stands in any text by chance
OPEN = stat.S_IRWXG | stat.S_IRWXO
PIECE = 1 << 20


def examine_pci(app: App) -> list[Finding]:
    """Ask everything; the number of each question is that of the requirement."""
    checks = {
        "3.3.1 databases": _databases, "3.3.1 files": _files, "3.4.1 slips": _slips, "8.6.2 secrets": _secrets,
        "7.2.5 folders": _folders, "1.4.2 listeners": _listeners, "4.2.1 addresses": _addresses,
        "2.2.2 password": _password, "8.2.8 idle": _idle,
    }  # fmt: skip
    return [finding for name, check in checks.items() for finding in told(app, name, check)]


def _databases(app: App) -> Iterator[Finding]:
    """Every value of every table: the journal, open carts, attempts, settings, and all that is made from them."""
    secrets = _secret_values(app)
    for name, database in (("journal", app.database), ("views", app.views)):
        cards, found = [], 0
        for place, text in _values(database):
            found += 1
            cards += [place] if masked(text) != text else []
            if any(secret in text for secret in secrets):
                yield Finding("8.6.2 secrets", False, f"the value of a secret stands in {name}, {place}: change it")
        text = f"values of {name} that look like card numbers: {len(cards)}, first {cards[0]}" if cards else ""
        yield Finding("3.3.1 databases", not cards, text or f"no card number in {name} (values: {found})")


def _values(database: Database) -> Iterator[tuple[str, str]]:
    """Yield where (table.column, number of the row) and what, for all texts."""
    tables = MetaData()
    with database.connect(readonly=True) as connection:
        schema = None if database.sqlite else database.place.schema
        tables.reflect(connection, schema=schema, resolve_fks=False)
        for table in tables.sorted_tables:
            for n, row in enumerate(connection.execute(select(table)), 1):
                for column, value in zip(table.columns, row, strict=True):
                    if column.name == "body" and "codec" in table.columns:
                        value = unpacked(row.codec, bytes(value))  # noqa: PLW2901  what is stored small is looked into
                    if isinstance(value, bytes | memoryview | str):
                        text = value if isinstance(value, str) else bytes(value).decode(errors="replace")
                        yield f"{table.name}.{column.name}, row {n}", text


def _files(app: App) -> Iterator[Finding]:
    """Logs, attachments and whatever else lies in the data folder; the databases are asked as such."""
    wrong, count = [], 0
    for path in sorted(app.home.folder.rglob("*")):
        if path.is_file() and ".db" not in path.suffixes and not path.name.endswith(("-wal", "-shm", ".db")):
            count += 1
            wrong += [path.name] if _has_card(path) else []
    text = f"{', '.join(wrong[:5])}: a card number stands in it; delete it from there" if wrong else ""
    yield Finding("3.3.1 files", not wrong, text or f"no card number in logs and attachments (files: {count})")


def _has_card(path: Path) -> bool:
    with path.open("rb") as file:
        before = ""
        while piece := file.read(PIECE):
            text = before + piece.decode(errors="replace")
            if masked(text) != text:
                return True
            before = text[-40:]
    return False


def _slips(app: App) -> Iterator[Finding]:
    """What is kept of a card: the fields of a slip, no others."""
    wrong = []
    for entry in app.raw_journal.scan():
        fact = entry.fact
        details: list[dict[str, str]] = [fact.details] if isinstance(fact, PaymentFact) else []
        details += [tender.details for tender in fact.tenders] if isinstance(fact, SaleCompleted) else []
        wrong += [str(entry.ref) for found in details if slip_fields(found) != found]
    text = f"payments that hold more than a slip: {len(wrong)}, first {wrong[0]}" if wrong else ""
    yield Finding("3.4.1 slips", not wrong, text or "of a card only what its slip says, such as the last four digits")


def _secret_values(app: App) -> list[str]:
    found = [str(getattr(app.settings.get(model), name))
             for model in app.settings.models.values() for name in secret_fields(model)]  # fmt: skip
    return [value for value in found if len(value) >= SHORTEST_SECRET]


def _secrets(app: App) -> Iterator[Finding]:
    """A secret is the name of an environment variable, never its value."""
    wrong, count = [], 0
    for scope, model in app.settings.models.items():
        kept = app.journal.space(f"setting:{scope}")
        for name in secret_fields(model) & kept.keys():
            count += 1
            wrong += [] if isinstance(kept[name], dict) and set(kept[name]) == {"env"} else [f"{scope}.{name}"]
    text = f"{', '.join(wrong)}: kept in the database; change it" if wrong else ""
    yield Finding("8.6.2 secrets", not wrong, text or f"secrets that come from the environment: {count}")


def _folders(app: App) -> Iterator[Finding]:
    """Nobody but the owner gets into the data folder and the folder of the keys, nor at a key."""
    if sys.platform == "win32":
        yield Finding("7.2.5 folders", True, "Windows: look at the rights of the data folder yourself")
        return
    keys = app.home.keys
    places = [app.home.folder, keys, *(path for path in keys.rglob("*") if not path.is_symlink())]
    wrong = [path for path in places if path.stat().st_mode & OPEN]
    text = f"others may read {wrong[0]}: chmod {'700' if wrong[0].is_dir() else '600'} {wrong[0]}" if wrong else ""
    yield Finding("7.2.5 folders", not wrong, text or "the data folder and the keys are their owner's alone")


def _listeners(app: App) -> Iterator[Finding]:
    """A port that a plugin listens on answers this machine alone."""
    ports = {value: f"{scope}.{name}" for scope, name, value in _set(app) if name.endswith("port") and value}
    if sys.platform != "linux":
        yield Finding("1.4.2 listeners", not ports, "look with the tools of the system which addresses are listened on")
        return
    wrong = [ports[port] for address, port in _listening() if port in ports and not address.is_loopback]
    text = f"{wrong[0]}: it is listened on beyond this machine" if wrong else ""
    yield Finding("1.4.2 listeners", not wrong, text or "no port of the settings is listened on beyond this machine")


def _listening() -> Iterator[tuple[ipaddress.IPv4Address | ipaddress.IPv6Address, int]]:
    """Yield (address, port) of the sockets that listen here."""
    for file in (Path("/proc/net/tcp"), Path("/proc/net/tcp6")):
        for line in file.read_text().splitlines()[1:] if file.exists() else ():
            place, state = line.split()[1], line.split()[3]
            address, _, port = place.partition(":")
            if state == "0A":
                raw = bytes.fromhex(address)
                words = [raw[i : i + 4] for i in range(0, len(raw), 4)]
                host = b"".join(word[::-1] if sys.byteorder == "little" else word for word in words)
                found = ipaddress.ip_address(host)
                yield getattr(found, "ipv4_mapped", None) or found, int(port, 16)


def _addresses(app: App) -> Iterator[Finding]:
    """What is not https stays on this machine, and is never used with a key that moves money."""
    live = any("live" in secret for secret in _secret_values(app))
    live = live or any(name == "environment" and str(value).startswith("live") for _, name, value in _set(app))
    wrong = []
    for scope, name, value in _set(app):
        if isinstance(value, str) and value.lower().startswith("http:") and (live or not _here(value)):
            wrong.append(f"{scope}.{name}")
    text = f"{', '.join(wrong)}: use https" if wrong else ""
    yield Finding("4.2.1 addresses", not wrong, text or "every service is spoken to by https")


def _here(address: str) -> bool:
    host = urlsplit(address).hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _set(app: App) -> Iterator[tuple[str, str, Any]]:
    """Yield (scope, name, value) of every setting."""
    for scope, model in app.settings.models.items():
        for name, value in msgspec.structs.asdict(app.settings.get(model)).items():
            yield scope, name, value


def _password(app: App) -> Iterator[Finding]:
    ok = app.pos.permissions.sign_in_needed()
    yield Finding("2.2.2 password", ok, "the owner has a password" if ok else "set one with `genesis password`")


def _idle(app: App) -> Iterator[Finding]:
    minutes = app.pos.settings(StoreSettings).lock_minutes
    ok = 0 < minutes <= LONGEST_IDLE
    text = f"the till locks after {minutes} min" if minutes else "the till never locks"
    remedy = f": `genesis settings store lock_minutes={LONGEST_IDLE}` or less"
    yield Finding("8.2.8 idle", ok, text if ok else text + remedy)
