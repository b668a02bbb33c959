"""HTTPS that the tablets of an office trust: its own authority, a certificate that renews itself, a guided set-up."""

from gis_capture.server.tls.certificates import ends_at, fingerprint, is_authority_of, may_vouch_for
from gis_capture.server.tls.kept import Certificates, read_certificates
from gis_capture.server.tls.serving import Prepared, introduced, names_vouched_for, prepare
from gis_capture.server.tls.trust import trust_authority

__all__ = [
    "Certificates",
    "Prepared",
    "ends_at",
    "fingerprint",
    "introduced",
    "is_authority_of",
    "may_vouch_for",
    "names_vouched_for",
    "prepare",
    "read_certificates",
    "trust_authority",
]
