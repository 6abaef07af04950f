#!/usr/bin/env python3
"""The mobile credential's certificates, read by others: check_certificates.py JUMIN.

What `jumin pki iaca` and `jumin pki venue` make is verified by OpenSSL's command line, and compared with the profiles of
ISO 18013-5 Annex B by python3-cryptography, which also takes the trust list apart.
"""
# SPDX-License-Identifier: Apache-2.0
import base64
import datetime
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import warnings

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.x509.oid import ExtensionOID, NameOID

ARC = "2.25.166465673534553502314912385932192144019"
SIGNERS = {"mdoc": "1.0.18013.5.1.2", "status": f"{ARC}.5.1", "sd-jwt": f"{ARC}.5.2", "trust-list": f"{ARC}.5.3"}
DAYS = {"iaca": 20 * 365, "venue-root": 20 * 365, "shop": 1187, **dict.fromkeys(SIGNERS, 457)}  # at most
passed = 0
# Debian 12 has no other names for the times of a certificate.
warnings.filterwarnings("ignore", message="Properties that return a na")


def check(ok, what):
    global passed
    if not ok:
        sys.exit(f"FAILED: {what}")
    passed += 1


def run(*command, fails=False):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
    check((done.returncode != 0) == fails, f"{' '.join(map(str, command))}: {done.stdout}{done.stderr}")
    return done.stdout


def criticals(certificate):
    return {extension.oid for extension in certificate.extensions if extension.critical}


def common(name, certificate, issuer, location):
    """What all of them have (tables B.1 to B.7)."""
    extensions = certificate.extensions
    check(certificate.version == x509.Version.v3, f"{name}: version 3")
    check(0 < certificate.serial_number < 1 << 159, f"{name}: serial number")
    check(certificate.signature_hash_algorithm.name == "sha256", f"{name}: SHA-256")
    check(isinstance(certificate.public_key().curve, ec.SECP256R1), f"{name}: P-256")
    issuer.public_key().verify(certificate.signature, certificate.tbs_certificate_bytes, ec.ECDSA(hashes.SHA256()))
    check(certificate.issuer == issuer.subject, f"{name}: issuer")
    countries = [certificate.subject, certificate.issuer]
    check(all(n.get_attributes_for_oid(NameOID.COUNTRY_NAME)[0].value == "KR" for n in countries), f"{name}: country")
    key_id = x509.SubjectKeyIdentifier.from_public_key(certificate.public_key())
    check(extensions.get_extension_for_oid(ExtensionOID.SUBJECT_KEY_IDENTIFIER).value == key_id, f"{name}: key identifier")
    authority = extensions.get_extension_for_oid(ExtensionOID.AUTHORITY_KEY_IDENTIFIER).value.key_identifier
    check(authority == x509.SubjectKeyIdentifier.from_public_key(issuer.public_key()).digest, f"{name}: authority")
    alternative = extensions.get_extension_for_oid(ExtensionOID.ISSUER_ALTERNATIVE_NAME).value
    check(alternative.get_values_for_type(x509.UniformResourceIdentifier) == ["https://issuer.example"], f"{name}: contact")
    points = extensions.get_extension_for_oid(ExtensionOID.CRL_DISTRIBUTION_POINTS).value
    check([p.full_name[0].value for p in points] == [f"https://crl.example/{location}.crl"], f"{name}: CRL")
    validity = certificate.not_valid_after - certificate.not_valid_before
    check(validity <= datetime.timedelta(days=DAYS[name]), f"{name}: {validity}")
    check(certificate.not_valid_after <= issuer.not_valid_after, f"{name}: ends after its issuer")


def is_root(name, certificate):
    constraints = certificate.extensions.get_extension_for_oid(ExtensionOID.BASIC_CONSTRAINTS).value
    check(constraints.ca and constraints.path_length == 0, f"{name}: basic constraints")
    usage = certificate.extensions.get_extension_for_oid(ExtensionOID.KEY_USAGE).value
    check(usage.key_cert_sign and usage.crl_sign and not usage.digital_signature, f"{name}: key usage")
    check(criticals(certificate) == {ExtensionOID.KEY_USAGE, ExtensionOID.BASIC_CONSTRAINTS}, f"{name}: critical")


def is_signer(name, certificate, purpose):
    usage = certificate.extensions.get_extension_for_oid(ExtensionOID.KEY_USAGE).value
    check(usage.digital_signature and not usage.key_cert_sign and not usage.crl_sign, f"{name}: key usage")
    purposes = certificate.extensions.get_extension_for_oid(ExtensionOID.EXTENDED_KEY_USAGE).value
    check([p.dotted_string for p in purposes] == [purpose], f"{name}: extended key usage")
    check(criticals(certificate) == {ExtensionOID.KEY_USAGE, ExtensionOID.EXTENDED_KEY_USAGE}, f"{name}: critical")


def load(path):
    return x509.load_pem_x509_certificate(path.read_bytes())


def decode(part):
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def check_trust_list(folder, roots, wallet):
    header, payload, signature = (folder / "trust-list.jwt").read_text().split(".")
    head, claims, raw = json.loads(decode(header)), json.loads(decode(payload)), decode(signature)
    check(head["alg"] == "ES256" and head["typ"] == "jumin-trust-list+jwt", "the trust list's header")
    signer = x509.load_der_x509_certificate(base64.b64decode(head["x5c"][0]))
    check(len(head["x5c"]) == 1 and signer == load(folder / "trust-list.crt"), "the trust list's signer")
    der = utils.encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    signer.public_key().verify(der, f"{header}.{payload}".encode(), ec.ECDSA(hashes.SHA256()))
    check(claims["exp"] - claims["iat"] == 3 * 86400, "the trust list's end")
    for kind, name in ("issuers", "iaca"), ("venues", "venue-root"):
        (root,) = claims[kind]
        check(x509.load_der_x509_certificate(base64.b64decode(root["certificate"])) == roots[name], kind)
        check(x509.load_der_x509_crl(base64.b64decode(root["crl"])).is_signature_valid(roots[name].public_key()), kind)
    (root,) = claims["wallets"]
    check(x509.load_der_x509_certificate(base64.b64decode(root["certificate"])) == wallet, "wallets")


def main(jumin):
    with tempfile.TemporaryDirectory() as home:
        os.environ.update(JUMIN_HOME=home, JUMIN_PASSPHRASE="a passphrase for tests")
        folder = pathlib.Path(home) / "mobile"
        run(jumin, "pki", "iaca", "init", "--contact", "https://issuer.example", "--crl-folder", "https://crl.example")
        run(jumin, "pki", "venue", "issue", "shop", "--purpose", "adult", "--purpose", "address", "--host", "shop.example",
            "--title", "가게")
        roots = {name: load(folder / f"{name}.crt") for name in ("iaca", "venue-root")}
        for name, root in roots.items():
            common(name, root, root, name)
            is_root(name, root)
            crl = x509.load_pem_x509_crl((folder / f"{name}.crl").read_bytes())
            check(crl.is_signature_valid(root.public_key()) and len(crl) == 0, f"{name}: its list")
        for name, purpose in SIGNERS.items():
            signer = load(folder / f"{name}.crt")
            common(name, signer, roots["iaca"], "iaca")
            is_signer(name, signer, purpose)
        shop = load(folder / "venues" / "shop.crt")
        common("shop", shop, roots["venue-root"], "venue-root")
        is_signer("shop", shop, "1.0.18013.5.1.6")
        names = shop.extensions.get_extension_for_oid(ExtensionOID.SUBJECT_ALTERNATIVE_NAME).value
        check(names.get_values_for_type(x509.DNSName) == ["shop.example"], "the shop's host")
        check(shop.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value == "가게", "the shop's title")
        limits = shop.extensions.get_extension_for_oid(x509.ObjectIdentifier(f"{ARC}.6")).value.value
        check(limits == b"\x30\x10\x0c\x05adult\x0c\x07address", "the shop's purposes")

        strict = ["openssl", "verify", "-x509_strict", "-crl_check"]
        iaca = ["-CAfile", folder / "iaca.crt", "-CRLfile", folder / "iaca.crl"]
        venues = ["-CAfile", folder / "venue-root.crt", "-CRLfile", folder / "venue-root.crl"]
        for name in SIGNERS:
            run(*strict, *iaca, folder / f"{name}.crt")
            run(*strict, *venues, folder / f"{name}.crt", fails=True)
        run(*strict, *venues, folder / "venues" / "shop.crt")
        for path in [*folder.glob("*.key"), *folder.glob("venues/*.key")]:
            public = run("openssl", "pkey", "-in", path, "-passin", "env:JUMIN_PASSPHRASE", "-pubout")
            check(public == run("openssl", "x509", "-in", path.with_suffix(".crt"), "-noout", "-pubkey"), path)
            check(path.stat().st_mode & 0o777 == 0o600, f"{path}: its mode")

        old = folder / "old.crt"
        old.write_bytes((folder / "mdoc.crt").read_bytes())
        run(jumin, "pki", "iaca", "renew", "mdoc")
        check(load(old) != load(folder / "mdoc.crt"), "renewed")
        run(*strict, *iaca, old)
        run(jumin, "pki", "iaca", "revoke", "--serial", f"{load(old).serial_number:X}")
        run(*strict, *iaca, old, fails=True)
        run(*strict, *iaca, folder / "mdoc.crt")
        (shown,) = json.loads(run(jumin, "pki", "venue", "show", "--json"))
        check(shown["purposes"] == ["adult", "address"] and shown["state"] == "valid", shown)
        run(jumin, "pki", "venue", "revoke", "--serial", shown["serial"])
        run(*strict, *venues, folder / "venues" / "shop.crt", fails=True)
        check(json.loads(run(jumin, "pki", "venue", "show", "--json"))[0]["state"] == "revoked", "shown as revoked")

        wallet = folder / "wallet.pem"
        run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj",
            "/C=KR/O=Wallet/CN=Wallet Root", "-addext", "keyUsage=critical,keyCertSign,cRLSign", "-keyout", folder / "w.key",
            "-out", wallet)
        run(jumin, "pki", "iaca", "trust-list", "--wallets", wallet, "--days", "3")
        check_trust_list(folder, roots, load(wallet))

        run(jumin, "pki", "iaca", "init", fails=True)
        run(jumin, "pki", "iaca", "renew", "iaca", fails=True)
        run(jumin, "pki", "venue", "issue", "shop", fails=True)
        run(jumin, "pki", "venue", "issue", "shop", "--purpose", "all", fails=True)
        run(jumin, "pki", "venue", "issue", "../shop", "--purpose", "age", fails=True)
    print(f"{passed} checks passed")


if __name__ == "__main__":
    main(sys.argv[1])
