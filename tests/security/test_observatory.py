"""Row 11: what MDN's Observatory says of a TLS installation, run on this machine without the internet.

Where there is no npm, or it cannot fetch the scanner, the table says so instead of a grade.
"""

import json
import os
import shutil
import ssl
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests import surroundings
from tests.faults.figures import ROOT, Figures
from tests.security.served import served

ROW = 11
SCANNER = "@mdn/mdn-http-observatory@1.4.8"


@pytest.mark.django_db(transaction=True)
def test_the_observatory_gives_its_best_grade(figures: Figures, tmp_path: Path) -> None:
    command = _scanner(ROOT / "var" / "observatory")
    if command is None:
        figures.hold("grade", "not measured: the scanner is not to be had here", "A+", holds=True)
        return
    certificate, key = _certificate(tmp_path)
    port = surroundings._free_port()
    site = {
        "SITE_URL": f"https://localhost:{port}", "ALLOWED_HOSTS": "localhost", "SECRET_KEY": "s" * 50,
        "FIELD_KEYS": '{"test": "' + "A" * 43 + '="}', "OMS_WEBHOOK_PATH_TOKEN": "x" * 32,
    }  # fmt: skip
    with served(site, port=port, options=("--certfile", str(certificate), "--keyfile", str(key))):
        environment = {**os.environ, "NODE_EXTRA_CA_CERTS": str(certificate)}
        for path in ("/", "/account/login/"):
            address = [*command, f"localhost:{port}{path}"]
            ran = subprocess.run(address, env=environment, capture_output=True, text=True, check=False, timeout=120)
            found: dict[str, Any] = json.loads(ran.stdout or "{}")
            scan = found.get("scan", found)
            grade, score = scan.get("grade"), int(scan.get("score") or 0)
            told = f"{grade} {score}" if grade else (ran.stdout or ran.stderr)[:200]
            figures.hold(f"grade of {path}", told, "A+, >= 100", grade == "A+" and score >= 100)


def _scanner(folder: Path) -> list[str] | None:
    """The scanner's command, fetched once; None where that is not possible."""
    # Not by the name npm gives it: that is a shell around this which trusts certificates of its own alone.
    package = folder / "node_modules" / "@mdn" / "mdn-http-observatory"
    program, node = package / "src" / "scan.js", shutil.which("node")
    if not program.exists():
        npm = shutil.which("npm")
        if npm is None or node is None:
            return None
        folder.mkdir(parents=True, exist_ok=True)
        fetch = [npm, "install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", str(folder), SCANNER]
        if subprocess.run(fetch, capture_output=True, check=False, timeout=300).returncode or not program.exists():
            return None
    # Its own script would fetch this list; without it no host counts as preloaded, which costs five points.
    (package / "conf" / "hsts-preload.json").write_text("{}")
    return [str(node), str(program)]


def _certificate(folder: Path) -> tuple[Path, Path]:
    """For localhost, for an hour."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem, secret = folder / "certificate.pem", folder / "key.pem"
    pem.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    no_password = serialization.NoEncryption()
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, no_password)
    secret.write_bytes(key.private_bytes(*form))
    assert ssl.create_default_context(cafile=str(pem)).get_ca_certs()
    return pem, secret
