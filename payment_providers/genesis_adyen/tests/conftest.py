"""A till beside a terminal of Adyen on this machine: through the cloud, or over the shop's network."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from genesis_adyen.tests.fake_terminal import KEY, KEY_ID, MERCHANT, PASSPHRASE, POI, FakeTerminal
from tests.probes.card_till import CardTill

SECRETS = {"api_key": ("GENESIS_TEST_ADYEN_KEY", KEY), "passphrase": ("GENESIS_TEST_ADYEN_PASSPHRASE", PASSPHRASE)}


def certificate(folder, name, authority=None):
    """Make a certificate (its own authority where none is given); returns (certificate, key, file)."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    issuer, signing = (authority[0].subject, authority[1]) if authority else (subject, key)
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=2))
        .add_extension(x509.BasicConstraints(ca=authority is None, path_length=None), critical=True)
        .sign(signing, hashes.SHA256())
    )  # fmt: skip
    file = folder / f"{name}.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(made.public_bytes(serialization.Encoding.PEM) + private)
    return made, key, file


def serving(file):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


@pytest.fixture
def root(tmp_path):
    return certificate(tmp_path, "Terminal Root")


@pytest.fixture(params=["cloud", "local"])
def way(request):
    return request.param


@pytest.fixture
def fake(tmp_path, root, way):
    context = serving(certificate(tmp_path, f"{POI}.test.terminal.adyen.com", root)[2]) if way == "local" else None
    made = FakeTerminal(tmp_path, context)
    yield made
    made.stop()
    assert made.wrong == []  # every request was as the vendor describes it, and none was sent twice


class AdyenTill(CardTill):
    """arrives: seconds for which a message may be on its way to the terminal (nothing is, where a test says nothing)."""

    arrives = 0.0

    def _hurry(self):
        super()._hurry()
        self.provider._terminal.arrives = self.arrives


@pytest.fixture
def till(stores, fake, root, way, monkeypatch):
    for variable, value in SECRETS.values():
        monkeypatch.setenv(variable, value)
    secrets = {name: {"env": variable} for name, (variable, _) in SECRETS.items()}
    more = {"key_id": KEY_ID, "authority": str(root[2])} if way == "local" else {"merchant": MERCHANT}
    return AdyenTill(stores, fake, "adyen", terminal=POI, way=way, address=fake.address, **secrets, **more)
