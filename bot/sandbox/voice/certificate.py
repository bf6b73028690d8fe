"""A certificate for this machine's loopback, made when a server starts and gone when it ends."""

import ipaddress
import ssl
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID

_NAME = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "loopback voice server")])
# The key never outlives the server, so the dates only have to hold on machines with a wrong clock.
_VALID = (datetime(2020, 1, 1, tzinfo=UTC), datetime(2099, 1, 1, tzinfo=UTC))


class LoopbackCertificate:
    """Self-signed for 127.0.0.1 and localhost; `ca_file` is the PEM clients trust, removed by `close`."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="hush-voice-")
        key = ec.generate_private_key(ec.SECP256R1())
        self.ca_file = Path(self._folder.name, "ca.pem")
        self.ca_file.write_bytes(_self_signed(key).public_bytes(Encoding.PEM))
        self.server_context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        key_file = Path(self._folder.name, "key.pem")  # ssl reads keys from files only
        key_file.touch(mode=0o600)
        key_file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        self.server_context.load_cert_chain(self.ca_file, key_file)
        key_file.unlink()

    def close(self) -> None:
        self._folder.cleanup()


def client_ssl_context(ca_file: Path) -> ssl.SSLContext:
    """Return a context that trusts this server and nobody else.

    For discord.py: `discord.Client(connector=aiohttp.TCPConnector(limit=0, ssl=client_ssl_context(...)))`.
    """
    return ssl.create_default_context(cafile=str(ca_file))


def _self_signed(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    public = key.public_key()
    names = [x509.IPAddress(ipaddress.ip_address("127.0.0.1")), x509.DNSName("localhost")]
    return (
        x509.CertificateBuilder()
        .subject_name(_NAME)
        .issuer_name(_NAME)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(_VALID[0])
        .not_valid_after(_VALID[1])
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_USAGE, critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(public), critical=False)
        .sign(key, SHA256())
    )


_USAGE = x509.KeyUsage(
    digital_signature=True,
    key_cert_sign=True,
    crl_sign=False,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    encipher_only=False,
    decipher_only=False,
)
