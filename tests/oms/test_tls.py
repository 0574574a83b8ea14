"""Certificates are always verified, and a handshake that fails sends nothing."""

import ipaddress
import socket
import ssl
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.oms.conftest import KEY, make_client
from tests.oms.wire import Request, Wire, says
from walletapp.oms import sockets
from walletapp.oms.client import OmsClient
from walletapp.oms.errors import OmsOutcomeUnknown, OmsUnavailable

BODY = b'{"externalId":"u1","type":"individual"}'


def make_certificate(folder: Path, *, host: str, days: int = 2) -> tuple[ssl.SSLContext, str]:
    """A self-signed certificate for `host`: the server's context, and the file a client trusts it by."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    try:
        names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(host))])
    except ValueError:
        names = x509.SubjectAlternativeName([x509.DNSName(host)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=3))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / f"{host}.pem"
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context, str(file)


@pytest.fixture
def good(tmp_path: Path) -> Iterator[tuple[Wire, str]]:
    context, file = make_certificate(tmp_path, host="localhost")
    with Wire(tls=context) as wire:
        wire.on("POST /customers", says(201, {"id": "cst_1"}))
        yield wire, file


def test_a_trusted_certificate_is_accepted(good: tuple[Wire, str]) -> None:
    wire, file = good
    assert make_client(wire, ca_file=file).create_customer(BODY, key=KEY).id == "cst_1"


def test_an_unknown_authority_is_refused_before_anything_is_sent(good: tuple[Wire, str]) -> None:
    wire, _ = good
    with pytest.raises(OmsUnavailable):
        make_client(wire).create_customer(BODY, key=KEY)
    assert wire.requests == []


@pytest.mark.parametrize(("host", "days"), [("elsewhere.example", 2), ("localhost", -1)])
def test_a_certificate_for_another_host_or_of_yesterday_is_refused(tmp_path: Path, host: str, days: int) -> None:
    context, file = make_certificate(tmp_path, host=host, days=days)
    with Wire(tls=context) as wire:
        with pytest.raises(OmsUnavailable):
            make_client(wire, ca_file=file).create_customer(BODY, key=KEY)
        assert wire.requests == []


def test_a_handshake_that_never_ends_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sockets, "CONNECT_SECONDS", 1.0)
    with socket.create_server(("127.0.0.1", 0)) as mute:
        client = OmsClient(f"https://localhost:{mute.getsockname()[1]}/v0.9", "sk_sdbx_test", "secret")
        began = time.monotonic()
        with pytest.raises(OmsUnavailable):
            client.create_customer(BODY, key=KEY)
        assert time.monotonic() - began < 30


def test_the_deadline_holds_inside_tls(good: tuple[Wire, str], settings: object) -> None:
    wire, file = good

    def drip(request: Request, sock: socket.socket) -> None:
        sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{")
        while not wire.pause(0.1):
            sock.sendall(b" ")

    client = make_client(wire, ca_file=file)
    client.create_customer(BODY, key=KEY)  # so that there is a token
    wire.on("POST /customers", drip)
    settings.OMS_DEADLINE_SECONDS = 2.0  # type: ignore[attr-defined]
    began = time.monotonic()
    with pytest.raises(OmsOutcomeUnknown):
        client.create_customer(BODY, key=KEY)
    assert time.monotonic() - began < 30
