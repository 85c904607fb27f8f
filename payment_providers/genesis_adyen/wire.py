"""One request over one connection, so that it is known whether a byte went out: refused before, unclear after."""

from __future__ import annotations

import http.client
import re
import ssl
from typing import Any
from urllib.parse import SplitResult, urlsplit

from genesis import GenesisError, NotSent
from genesis_adyen.models import AdyenSettings

CONNECT = 3.0  # seconds
MOST = 1024 * 1024  # bytes of an answer
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
NAME = "{terminal}.{kind}.terminal.adyen.com"  # how a terminal's certificate calls it
OLD_NAME = "legacy-terminal-certificate.{kind}.terminal.adyen.com"


class Unclear(GenesisError):
    """It went out, and nobody knows what came of it."""


def target(rules: AdyenSettings) -> str:
    """Return the address that terminal messages go to; NotSent names what is not set."""
    for name in ("terminal", *(("merchant", "api_key") if rules.way == "cloud" else _LOCAL)):
        if not getattr(rules, name):
            raise NotSent(f"adyen.{name} is not set, or the environment variable that it names is empty")
    here = urlsplit(rules.address)
    stand_in = here.hostname in LOOPBACK and rules.environment == "test"
    if rules.way == "local":
        if here.scheme != "https":
            raise NotSent("adyen.address: the terminal is spoken to by https")
        return f"https://{here.netloc}/nexo/"
    if rules.address and not stand_in:
        raise NotSent(
            "adyen.address: only a service on this machine may stand in for the cloud, in the test environment"
        )
    base = rules.address or f"https://device-api-{rules.environment}.adyen.com"
    return f"{base}/v1/merchants/{rules.merchant}/devices/{rules.terminal}/sync"


_LOCAL = ("address", "authority", "key_id", "passphrase")


class Away(NotSent):
    """Nobody was there: it surely did nothing."""


def nobody(error: Exception) -> bool:
    """Tell whether an error means that nobody was at the other end; any other is an answer of somebody."""
    return isinstance(error, Away) or (isinstance(error, Unclear) and isinstance(error.__cause__, OSError))


def look(rules: AdyenSettings) -> None:
    """Make a connection and let go of it; Away where nobody is there."""
    _connected(rules, urlsplit(target(rules))).close()


def post(rules: AdyenSettings, body: bytes, seconds: float) -> bytes:
    """Send one message and return the answer; NotSent where it surely did nothing, Unclear where nobody knows."""
    where = urlsplit(target(rules))
    line = _connected(rules, where)
    try:
        if line.sock is not None:
            line.sock.settimeout(seconds)
        key = {"X-API-Key": rules.api_key} if rules.way == "cloud" else {}
        line.request("POST", where.path, body, {"Content-Type": "application/json", **key})
        answer = line.getresponse()
        found = answer.read(MOST + 1)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise Unclear(f"{type(error).__name__}: {error}"[:200]) from error
    finally:
        line.close()
    if 400 <= answer.status < 500 and answer.status not in {408, 409, 429}:
        raise NotSent(f"the terminal's service refused it ({answer.status})")
    if answer.status != 200 or len(found) > MOST:
        raise Unclear(f"the terminal's service answered {answer.status}")
    return found


def _connected(rules: AdyenSettings, where: SplitResult) -> http.client.HTTPConnection:
    host, port = where.hostname or "", where.port
    if where.scheme == "http":
        line = http.client.HTTPConnection(host, port, timeout=CONNECT)
    else:
        line = http.client.HTTPSConnection(host, port or 443, timeout=CONNECT, context=_trust(rules))
    try:
        line.connect()
        if rules.way == "local":
            _check_name(rules, line)
    except OSError as error:
        line.close()
        raise Away(f"the terminal cannot be reached ({type(error).__name__})") from error
    except NotSent:
        line.close()
        raise
    return line


def _trust(rules: AdyenSettings) -> ssl.SSLContext:
    """Return whom to trust: the world's authorities for the cloud, Adyen's own alone for a terminal."""
    if rules.way == "cloud":
        context = ssl.create_default_context()
    else:
        try:
            context = ssl.create_default_context(cafile=rules.authority)
        except OSError as error:
            raise NotSent(f"adyen.authority: {rules.authority} cannot be read") from error
        context.check_hostname = False  # it is called by its model and number, which _check_name looks at
        # Python 3.13 asks more of a certificate's form than a terminal that was made years ago may have
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _check_name(rules: AdyenSettings, line: http.client.HTTPConnection) -> None:
    """Refuse a certificate of another terminal, though Adyen made it."""
    sock = line.sock
    found = sock.getpeercert() if isinstance(sock, ssl.SSLSocket) else None
    subject: Any = (found or {}).get("subject", ())
    names = {str(value).lower() for row in subject for key, value in row if key == "commonName"}
    kind = "test" if rules.environment == "test" else "live"
    wanted = {form.format(terminal=rules.terminal, kind=kind).lower() for form in (NAME, OLD_NAME)}
    if not names & wanted:
        shown = re.sub(r"[^\w.-]", "?", next(iter(names), "nobody"))[:80]
        raise NotSent(f"this is not the terminal {rules.terminal}: its certificate names {shown}")
