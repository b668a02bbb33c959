"""Makes certificates: an authority that can vouch for one office only, and what a server shows.

X.509 v3 by RFC 5280, keys on the curve P-256. The authority is constrained to the office's name, localhost and the
private addresses of RFC 1918 and RFC 4193, so that its key, stolen, makes no certificate of a bank (4.2.1.10).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

AUTHORITY_AGE = timedelta(days=3653)
# Apple takes no certificate of more than 825 days; browsers are about to take less for public ones.
SERVER_AGE = timedelta(days=397)
RENEWED_BEFORE = timedelta(days=60)
# Clocks of tablets are late by minutes.
_CLOCK_SLACK = timedelta(days=1)
_PRIVATE_NETWORKS = tuple(
    ip_network(network)
    for network in ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "fc00::/7")
)


@dataclass(frozen=True, slots=True)
class Pair:
    """A certificate with its key, both PEM; the key is PKCS#8 without a password."""

    certificate: bytes
    key: bytes


def names_of(certificate: bytes, key: bytes) -> list[str]:
    """The names and addresses for which a certificate is valid, names first, none with a wildcard.

    Raises:
        ValueError: It, or its key, is no PEM, or they do not belong together.
    """
    found = x509.load_pem_x509_certificate(certificate)
    try:
        own = load_pem_private_key(key, password=None).public_key()
    except TypeError as error:
        raise ValueError("the key has a password") from error
    if own != found.public_key():
        raise ValueError("the key belongs to another certificate")
    try:
        names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return []
    hosts = [*names.get_values_for_type(x509.DNSName), *map(str, names.get_values_for_type(x509.IPAddress))]
    return [host for host in hosts if "*" not in host]


def make_authority(office: str, host: str, now: datetime) -> Pair:
    """Makes an authority that vouches for `host`, localhost and private addresses alone.

    Args:
        office: Whose it is, shown in the settings of tablets.
        host: Name of the server, "gis-capture.local".
        now: With a time zone.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, office[:64] or "GIS Capture"),
            x509.NameAttribute(NameOID.COMMON_NAME, f"GIS Capture {host} {now:%Y}"[:64]),
        ]
    )
    permitted = [x509.DNSName(host), x509.DNSName("localhost"), *map(x509.IPAddress, _PRIVATE_NETWORKS)]
    builder = (
        _builder(name, name, key.public_key(), now, AUTHORITY_AGE)
        # iPadOS lists under its trust settings what says that it is an authority.
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(x509.NameConstraints(permitted_subtrees=permitted, excluded_subtrees=None), critical=True)
    )
    return _signed(builder, key, key)


def issue(authority: Pair, host: str, addresses: Sequence[str], now: datetime) -> Pair:
    """Makes the certificate of a server under its name, localhost and those of its addresses that are private.

    Raises:
        ValueError: The authority's PEM cannot be read.
    """
    parent = x509.load_pem_x509_certificate(authority.certificate)
    parent_key = load_pem_private_key(authority.key, password=None)
    if not isinstance(parent_key, ec.EllipticCurvePrivateKey):
        raise ValueError("no key of an elliptic curve")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host[:64])])
    identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(parent_key.public_key())
    builder = (
        _builder(name, parent.subject, key.public_key(), now, SERVER_AGE)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(_names(host, addresses)), critical=False)
        .add_extension(identifier, critical=False)
    )
    return _signed(builder, key, parent_key)


def is_current(server: Pair, authority: Pair, host: str, addresses: Sequence[str], now: datetime) -> bool:
    """Tells whether a server's certificate is the authority's, has all the names, and does not end soon."""
    try:
        certificate = x509.load_pem_x509_certificate(server.certificate)
        parent = x509.load_pem_x509_certificate(authority.certificate)
        certificate.verify_directly_issued_by(parent)
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        own = load_pem_private_key(server.key, password=None).public_key()
    except (ValueError, TypeError, x509.ExtensionNotFound, InvalidSignature):
        return False
    return (
        own == certificate.public_key()
        and certificate.not_valid_before_utc <= now < certificate.not_valid_after_utc - RENEWED_BEFORE
        and all(name in names for name in _names(host, addresses))
    )


def ends_at(certificate: bytes) -> datetime:
    """When a certificate (PEM) ends."""
    return x509.load_pem_x509_certificate(certificate).not_valid_after_utc


def is_authority_of(certificate: bytes, host: str) -> bool:
    """Tells whether an authority (PEM) may vouch for a name."""
    constraints = x509.load_pem_x509_certificate(certificate).extensions.get_extension_for_class(x509.NameConstraints)
    return x509.DNSName(host) in (constraints.value.permitted_subtrees or ())


def fingerprint(certificate: bytes) -> str:
    """The SHA-256 of a certificate (PEM) as tablets show it: "1A:2B:…"."""
    return x509.load_pem_x509_certificate(certificate).fingerprint(hashes.SHA256()).hex(":").upper()


def to_der(certificate: bytes) -> bytes:
    """A certificate in the form that settings of tablets open."""
    return x509.load_pem_x509_certificate(certificate).public_bytes(Encoding.DER)


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, now: datetime, age: timedelta
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _CLOCK_SLACK)
        .not_valid_after(now + age - _CLOCK_SLACK)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _signed(builder: x509.CertificateBuilder, key: ec.EllipticCurvePrivateKey, by: ec.EllipticCurvePrivateKey) -> Pair:
    certificate = builder.sign(by, hashes.SHA256())
    return Pair(
        certificate.public_bytes(Encoding.PEM),
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def may_vouch_for(host: str) -> bool:
    """Whether a server can be called so: by a name, or by a number that is private."""
    number = _number(host)
    return number is None or any(number in network for network in _PRIVATE_NETWORKS)


def _number(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def _names(host: str, addresses: Sequence[str]) -> list[x509.GeneralName]:
    # Browsers look for a number among the numbers alone.
    numbers = [number for number in map(_number, dict.fromkeys((*addresses, host))) if number is not None]
    private = [number for number in numbers if may_vouch_for(str(number))]
    return [x509.DNSName(host), x509.DNSName("localhost"), *map(x509.IPAddress, private)]
