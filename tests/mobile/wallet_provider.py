# A provider of wallets: what it says of their keys, made by other programs.
# SPDX-License-Identifier: Apache-2.0
import base64
import datetime
import time

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from phone import Key

DAY = datetime.timedelta(days=1)


class Provider:
    """A root of wallet providers, and a signer under it."""

    def __init__(self, name, until=DAY):
        root, self.key = Key(), Key()
        self.root = self.certificate(name, root, root, name, True, DAY * 2)
        self.signer = self.certificate(name + " Signer", self.key, root, name, False, until)

    @staticmethod
    def certificate(name, key, issuer, issuer_name, is_ca, until):
        subject, by = (x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, n)]) for n in (name, issuer_name))
        now = datetime.datetime.now(datetime.timezone.utc)
        usage = dict.fromkeys(("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
                               "key_cert_sign", "crl_sign", "encipher_only", "decipher_only"), False)
        usage |= {"key_cert_sign": True, "crl_sign": True} if is_ca else {"digital_signature": True}
        identifier = x509.SubjectKeyIdentifier.from_public_key
        return (x509.CertificateBuilder().subject_name(subject).issuer_name(by).public_key(key.secret.public_key())
                .serial_number(x509.random_serial_number()).not_valid_before(now - 3 * DAY).not_valid_after(now + until)
                .add_extension(x509.BasicConstraints(is_ca, 0 if is_ca else None), critical=True)
                .add_extension(x509.KeyUsage(**usage), critical=True)
                .add_extension(identifier(key.secret.public_key()), critical=False)
                .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.secret.public_key()), critical=False)
                .sign(issuer.secret, hashes.SHA256()))

    def attest(self, *keys, typ="key-attestation+jwt", by=None, **claims):
        """For keys, or for JWKs; of a good level, and for an hour."""
        now = int(time.time())
        chain = [base64.b64encode(self.signer.public_bytes(Encoding.DER)).decode()]
        claims = {"iat": now, "exp": now + 3600, "key_storage": ["iso_18045_moderate"],
                  "attested_keys": [getattr(key, "jwk", key) for key in keys]} | claims
        return (by or self.key).sign({"typ": typ, "x5c": chain}, {k: v for k, v in claims.items() if v is not None}).encode()
