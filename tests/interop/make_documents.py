#!/usr/bin/env python3
"""Makes documents signed by OpenSSL's programs: make_documents.py FOLDER; libjumin's verifier is then tried on them.

One folder each: csca.der, other certificates of the store, crl.der, sod.bin, card_security.bin, dg1.bin, dg14.bin."""
# SPDX-License-Identifier: Apache-2.0
import base64
import hashlib
import pathlib
import shutil
import subprocess
import sys

CONFIG = """
[ca]
default_ca = authority
[authority]
dir = {folder}
database = {folder}/index
serial = {folder}/serial
crlnumber = {folder}/crlnumber
new_certs_dir = {folder}
default_md = {digest}
policy = any
unique_subject = no
copy_extensions = none
crl_extensions = list
[any]
countryName = optional
organizationName = optional
commonName = optional
[req]
distinguished_name = name
prompt = no
[name]
[csca]
basicConstraints = critical, CA:TRUE, pathlen:0
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[csca_any_length]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[signer]
keyUsage = critical, digitalSignature
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
2.5.29.16 = ASN1:SEQUENCE:period
subjectAltName = dirName:place
issuerAltName = dirName:place
2.23.136.1.1.6.2 = ASN1:SEQUENCE:types
[period]
notBefore = IMPLICIT:0,GENERALIZEDTIME:20240101000000Z
notAfter = IMPLICIT:1,GENERALIZEDTIME:20250101000000Z
[types]
version = INTEGER:0
list = SET:type_list
[type_list]
type = PRINTABLESTRING:ID
[place]
L = KOR
[signer_authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, digitalSignature, keyCertSign
authorityKeyIdentifier = keyid
[signer_no_usage]
authorityKeyIdentifier = keyid
[signer_wrong_usage]
keyUsage = critical, keyEncipherment
authorityKeyIdentifier = keyid
[signer_critical]
keyUsage = critical, digitalSignature
1.2.3.4 = critical, ASN1:NULL
[signer_purpose]
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
[list]
authorityKeyIdentifier = keyid
[list_critical]
authorityKeyIdentifier = keyid
1.2.3.4 = critical, ASN1:NULL
[list_signer_authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, digitalSignature, keyCertSign
extendedKeyUsage = critical, 2.23.136.1.1.3
authorityKeyIdentifier = keyid
[list_signer_two]
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, 2.23.136.1.1.3, serverAuth
authorityKeyIdentifier = keyid
[list_signer]
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, 2.23.136.1.1.3
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
"""

SOD_TYPE, CARD_SECURITY_TYPE = "2.23.136.1.1.1", "0.4.0.127.0.7.3.2.1"
MASTER_LIST_TYPE = "2.23.136.1.1.2"
HASHES = {"sha1": "2b0e03021a", "sha224": "608648016503040204", "sha256": "608648016503040201",
          "sha384": "608648016503040202", "sha512": "608648016503040203"}
NAMES = "HONG<<GIL<DONG<<<<<<<<<<<<<<<<"


def check_digit(text):
    """9303-3 §4.9"""
    values = [int(character, 36) if character != "<" else 0 for character in text]
    return str(sum(value * (7, 3, 1)[place % 3] for place, value in enumerate(values)) % 10)


def machine_readable_zone():
    number, birth, expiry = (field + check_digit(field) for field in ("M12345678", "800101", "301019"))
    first = f"IDKOR{number}" + "<" * 15
    composite = check_digit(first[5:30] + birth + expiry + "<" * 11)
    return (first + birth + "M" + expiry + "KOR" + "<" * 11 + composite + NAMES).encode()


def run(*arguments, quiet=True):
    done = subprocess.run(["openssl", *map(str, arguments)], capture_output=quiet, check=False)
    if done.returncode != 0:
        sys.exit(f"openssl {' '.join(map(str, arguments))}:\n{done.stderr.decode()}")


def tlv(tag, value):
    length = len(value)
    if length < 128:
        head = bytes([length])
    else:
        octets = length.to_bytes((length.bit_length() + 7) // 8, "big")
        head = bytes([0x80 | len(octets)]) + octets
    return bytes.fromhex(tag) + head + value


def security_object(digest, groups, version=0):
    algorithm = tlv("30", tlv("06", bytes.fromhex(HASHES[digest])))
    hashes = b"".join(
        tlv("30", tlv("02", bytes([group])) + tlv("04", hashlib.new(digest, content).digest()))
        for group, content in groups.items())
    info = tlv("30", tlv("13", b"0108") + tlv("13", b"040000")) if version else b""
    return tlv("30", tlv("02", bytes([version])) + algorithm + tlv("30", hashes) + info)


made = {}


def make_key(path, kind):
    """RSA keys take long to find: each role has one of a length, for all documents."""
    if kind.startswith("rsa"):
        if (path.name, kind) not in made:
            run("genpkey", "-algorithm", "RSA", "-pkeyopt", f"rsa_keygen_bits:{kind[3:]}", "-out", path)
            made[path.name, kind] = path.read_bytes()
        path.write_bytes(made[path.name, kind])
        return
    curve, _, form = kind.partition(":")
    run("genpkey", "-algorithm", "EC", "-pkeyopt", f"ec_paramgen_curve:{curve}", "-pkeyopt",
        f"ec_param_enc:{form or 'named_curve'}", "-out", path)


class Authority:
    """A country signing CA with its own key, and what it signs."""

    def __init__(self, folder, kind, digest, options=(), name="/C=KR/O=jumin specimen/CN=CSCA specimen",
                 profile="csca", **dates):
        self.folder, self.digest, self.options, self.name = folder, digest, list(options), name
        folder.mkdir(parents=True)
        (folder / "index").touch()
        (folder / "serial").write_text("1001\n")
        (folder / "crlnumber").write_text("01\n")
        self.config = folder / "config"
        self.config.write_text(CONFIG.format(folder=folder, digest=digest))
        self.key, self.certificate = folder / "csca.key", folder / "csca.pem"
        make_key(self.key, kind)
        self.request(self.key, name, folder / "csca.csr")
        self.sign(folder / "csca.csr", self.certificate, profile, ["-selfsign"], **dates)

    def request(self, key, name, out):
        run("req", "-new", "-config", self.config, "-key", key, "-subj", name, "-utf8", "-out", out)

    def sign(self, csr, out, profile, options=(), start="20240101000000Z", end="20360101000000Z"):
        issuer = ["-keyfile", self.key] if "-selfsign" in options else ["-keyfile", self.key, "-cert", self.certificate]
        run("ca", "-batch", "-config", self.config, *issuer, *options, *self.options, "-md", self.digest, "-notext",
            "-preserveDN", "-extensions", profile, "-startdate", start, "-enddate", end, "-in", csr, "-out", out)

    def signer(self, kind, profile="signer", name="/C=KR/O=jumin specimen/CN=DS specimen", **dates):
        key, certificate = self.folder / "ds.key", self.folder / "ds.pem"
        make_key(key, kind)
        self.request(key, name, self.folder / "ds.csr")
        self.sign(self.folder / "ds.csr", certificate, profile, **dates)
        return key, certificate

    def revocation_list(self, out, revoked=(), extensions="list", start="20260501000000Z", end="20260730000000Z"):
        for certificate in revoked:
            run("ca", "-config", self.config, "-keyfile", self.key, "-cert", self.certificate, "-revoke", certificate)
        run("ca", "-gencrl", "-crlexts", extensions, "-config", self.config, "-keyfile", self.key, "-cert", self.certificate, *self.options,
            "-md", self.digest, "-crl_lastupdate", start, "-crl_nextupdate", end, "-out", out)


def der(kind, pem, out):
    run(kind, "-in", pem, "-outform", "DER", "-out", out)


def sign_content(folder, name, content, content_type, signer, digest, options):
    key, certificate = signer
    source, signed = folder / f"{name}.content", folder / f"{name}.cms"
    source.write_bytes(content)
    run("cms", "-sign", "-nodetach", "-binary", "-econtent_type", content_type, "-md", digest, "-signer", certificate,
        "-inkey", key, *options, "-in", source, "-outform", "DER", "-out", signed)
    return signed.read_bytes()


def make(root, name, csca="prime256v1", signer="prime256v1", digest="sha256", pss=None, cms=(), profile="signer",
         subject="/C=KR/O=jumin specimen/CN=DS specimen", dates=None, revoked=None, version=0, sod_type=SOD_TYPE,
         list_dates=None, authority_dates=None, name_of_authority="/C=KR/O=jumin specimen/CN=CSCA specimen"):
    """One document; what is not said is as it should be."""
    folder = root / name
    work = root / "work" / name
    options = ["-sigopt", "rsa_padding_mode:pss", "-sigopt", f"rsa_pss_saltlen:{pss}"] if pss else []
    authority = Authority(work, csca, digest, options, name_of_authority, **(authority_dates or {}))
    keys = authority.signer(signer, profile, subject, **(dates or {}))
    revoked_certificates = {"signer": [keys[1]], "authority": [authority.certificate]}.get(revoked, [])
    authority.revocation_list(work / "crl.pem", revoked_certificates, **(list_dates or {}))
    folder.mkdir()
    der("x509", authority.certificate, folder / "csca.der")
    der("crl", work / "crl.pem", folder / "crl.der")
    dg1 = tlv("61", tlv("5F1F", machine_readable_zone()))
    infos = tlv("31", tlv("30", tlv("06", bytes.fromhex("04007F00070202040202")) + tlv("02", b"\x02") + tlv("02", b"\x0c")))
    dg14 = tlv("6E", infos)
    if pss and signer.startswith("rsa"):
        cms = [*cms, "-keyopt", "rsa_padding_mode:pss", "-keyopt", f"rsa_pss_saltlen:{pss}"]
    content = security_object(digest, {1: dg1, 14: dg14}, version)
    (folder / "sod.bin").write_bytes(tlv("77", sign_content(work, "sod", content, sod_type, keys, digest, cms)))
    (folder / "card_security.bin").write_bytes(
        sign_content(work, "card_security", infos, CARD_SECURITY_TYPE, keys, digest, cms))
    (folder / "card_access.bin").write_bytes(infos)
    (folder / "dg1.bin").write_bytes(dg1)
    (folder / "dg14.bin").write_bytes(dg14)
    return authority


def parts(der):
    """The objects inside one object."""
    found = []
    at = 2 + (der[1] & 0x7F if der[1] > 0x80 else 0)
    while at < len(der):
        octets = der[at + 1] & 0x7F if der[at + 1] > 0x80 else 0
        length = int.from_bytes(der[at + 2:at + 2 + octets], "big") if octets else der[at + 1]
        found.append(der[at:at + 2 + octets + length])
        at += 2 + octets + length
    return found


def attribute(oid, value):
    return tlv("30", tlv("06", bytes.fromhex(oid)) + tlv("31", value))


CONTENT_TYPE, MESSAGE_DIGEST = "2a864886f70d010903", "2a864886f70d010904"
SOD_TYPE_OID, DATA_OID = (tlv("06", bytes.fromhex(oid)) for oid in ("678108010101", "2a864886f70d010701"))


def sign_by_hand(work, content, attributes):
    """Signed data with any attributes: ECDSA on P-256 with SHA-256."""
    run("x509", "-in", work / "ds.pem", "-outform", "DER", "-out", work / "ds.der")
    certificate = (work / "ds.der").read_bytes()
    _, serial, _, issuer = parts(parts(certificate)[0])[:4]
    sha256 = tlv("30", tlv("06", bytes.fromhex(HASHES["sha256"])))
    attributes = b"".join(attributes)
    (work / "attributes").write_bytes(tlv("31", attributes))
    run("dgst", "-sha256", "-sign", work / "ds.key", "-out", work / "signature", work / "attributes")
    info = tlv("30", tlv("02", b"\1") + tlv("30", issuer + serial) + sha256 + tlv("A0", attributes) +
               tlv("30", tlv("06", bytes.fromhex("2a8648ce3d040302"))) +
               tlv("04", (work / "signature").read_bytes()))
    wrapped = tlv("30", SOD_TYPE_OID + tlv("A0", tlv("04", content)))
    data = tlv("30", tlv("02", b"\3") + tlv("31", sha256) + wrapped + tlv("A0", certificate) + tlv("31", info))
    return tlv("30", tlv("06", bytes.fromhex("2a864886f70d010702")) + tlv("A0", data))


def make_by_hand(root):
    """What no program would sign: attributes twice or of another type, a data group twice."""
    for name in ("by_hand", "two_digests", "other_type", "group_twice"):
        make(root, name)
        folder, work = root / name, root / "work" / name
        groups = {number: (folder / f"dg{number}.bin").read_bytes() for number in (1, 14)}
        content = security_object("sha256", groups)
        if name == "group_twice":
            version, algorithm, hashes = parts(content)
            hashes = parts(hashes)
            content = tlv("30", version + algorithm + tlv("30", b"".join([*hashes, hashes[0]])))
        digest = attribute(MESSAGE_DIGEST, tlv("04", hashlib.sha256(content).digest()))
        kind = attribute(CONTENT_TYPE, DATA_OID if name == "other_type" else SOD_TYPE_OID)
        attributes = [kind, digest, digest] if name == "two_digests" else [kind, digest]
        (folder / "sod.bin").write_bytes(tlv("77", sign_by_hand(work, content, attributes)))
    # Two algorithms in one certificate: what the outer one adds is not signed.
    tbs, algorithm, signature = parts((root / "by_hand" / "csca.der").read_bytes())
    (root / "by_hand" / "two_algorithms.der").write_bytes(
        tlv("30", tbs + tlv("30", parts(algorithm)[0] + tlv("05", b"")) + signature))


def make_link(root):
    """The authority has changed its key: the store knows the old root and the link certificate."""
    new = make(root, "link")
    old = Authority(root / "work" / "link_old", "prime256v1", "sha256")
    old.request(new.key, new.name, old.folder / "link.csr")
    old.sign(old.folder / "link.csr", old.folder / "link.pem", "csca")
    der("x509", old.certificate, root / "link" / "csca.der")
    der("x509", old.folder / "link.pem", root / "link" / "link.der")


def make_below(root, name, profile, top_profile):
    """The document signer's issuer is itself below a root."""
    authority = make(root, name, name_of_authority="/C=KR/O=jumin specimen/CN=below")
    top = Authority(root / "work" / f"{name}_top", "prime256v1", "sha256", profile=top_profile)
    top.sign(authority.folder / "csca.csr", top.folder / "below.pem", profile)
    der("x509", top.certificate, root / name / "csca.der")
    der("x509", top.folder / "below.pem", root / name / "below.der")


def make_impostor(root):
    """Another authority of the same name signed."""
    make(root, "impostor")
    other = Authority(root / "work" / "impostor_other", "prime256v1", "sha256")
    der("x509", other.certificate, root / "impostor" / "csca.der")
    # without key identifiers that would tell them apart
    bare = Authority(root / "work" / "impostor_bare", "prime256v1", "sha256")
    text = bare.config.read_text()
    bare.config.write_text(text.replace("KeyIdentifier = hash", "KeyIdentifier = none").replace("= keyid", "= none"))
    bare.sign(bare.folder / "csca.csr", bare.certificate, "csca", ["-selfsign"])
    der("x509", bare.certificate, root / "impostor" / "csca_bare.der")


def ldif(*values):
    """Entries as ICAO's directory exports them (RFC 2849), long lines folded."""
    text = "version: 1\n\n"
    for number, (attribute, value) in enumerate(values):
        line = f"{attribute}:: {base64.b64encode(value).decode()}"
        folded = "\n ".join(line[at:at + 76] for at in range(0, len(line), 76))
        text += f"# entry {number}\ndn: o=dsc,c=KR,dc=data,dc=download,dc=pkd,dc=icao,dc=int\nsn: {number}\n{folded}\n\n"
    return text


def make_lists(root):
    """Master lists, good ones and bad ones, LDIF and PEM; the certificate that all hold signs the document p256."""
    folder, work = root / "lists", root / "work" / "lists"
    folder.mkdir()
    publisher = Authority(work, "rsa2048", "sha256", name="/C=KR/O=jumin specimen/CN=publisher")
    stranger = Authority(work / "stranger", "prime256v1", "sha256", name="/C=FR/O=jumin specimen/CN=stranger")
    odd = Authority(work / "odd", "secp256k1", "sha256", name="/C=FR/O=jumin specimen/CN=odd curve")
    csca, crl = ((root / "p256" / name).read_bytes() for name in ("csca.der", "crl.der"))
    der("x509", publisher.certificate, folder / "publisher.der")
    der("x509", odd.certificate, work / "odd.der")
    own, other = (folder / "publisher.der").read_bytes(), (work / "odd.der").read_bytes()
    good = tlv("30", tlv("02", b"\0") + tlv("31", own + other + csca))

    def sign(name, content, authority=publisher, profile="list_signer", content_type=MASTER_LIST_TYPE, **dates):
        signer = authority.signer("prime256v1", profile, "/C=KR/O=jumin specimen/CN=list signer", **dates)
        signed = sign_content(work, name, content, content_type, signer, "sha256", [])
        (folder / f"{name}.ml").write_bytes(signed)
        return signed

    signed = sign("good", good)
    sign("stranger", good, authority=stranger)
    sign("wrong_purpose", good, profile="signer")
    sign("authority", good, profile="list_signer_authority")
    sign("two_purposes", good, profile="list_signer_two")
    sign("out_of_time", good, start="20200101000000Z", end="20210101000000Z")
    sign("other_content", good, content_type=SOD_TYPE)
    sign("no_list", tlv("30", tlv("02", b"\1") + tlv("31", own)))
    sign("cut", tlv("30", tlv("02", b"\0") + tlv("31", own + csca[:200])))
    # One whose signer has been revoked since
    revoked = root / "revoked_list"
    revoked.mkdir()
    (revoked / "list.ml").write_bytes(sign("revoked", good))
    (folder / "revoked.ml").unlink()
    publisher.revocation_list(work / "crl.pem", [work / "ds.pem"])
    der("crl", work / "crl.pem", revoked / "crl.der")
    publisher.revocation_list(work / "critical.pem", extensions="list_critical")
    der("crl", work / "critical.pem", revoked / "critical.der")
    (folder / "changed.ml").write_bytes(signed.replace(csca, csca[:-1] + bytes([csca[-1] ^ 1])))
    (folder / "all.ldif").write_text(ldif(
        ("userCertificate;binary", csca), ("userCertificate;binary", other), ("jpegPhoto", b"not ours"),
        ("certificateRevocationList;binary", crl), ("pkdMasterListContent", signed)))
    (folder / "damaged.ldif").write_text(ldif(("cACertificate;binary", csca)).replace("MII", "M!!", 1))
    pem = [publisher.certificate.read_text(), odd.certificate.read_text(), publisher.key.read_text()]
    (folder / "some.PEM").write_text("".join(pem))
    (folder / "odd.pem").write_text(pem[1])


def main():
    root = pathlib.Path(sys.argv[1]).resolve()
    shutil.rmtree(root, ignore_errors=True)
    (root / "work").mkdir(parents=True)
    for name, curve, digest in [("p256", "prime256v1", "sha256"), ("p384", "secp384r1", "sha384"),
                                ("p521", "secp521r1", "sha512"), ("bp256", "brainpoolP256r1", "sha256"),
                                ("bp384", "brainpoolP384r1", "sha384"), ("bp512", "brainpoolP512r1", "sha512"),
                                ("p256_explicit", "prime256v1:explicit", "sha256"),
                                ("bp384_explicit", "brainpoolP384r1:explicit", "sha384"),
                                ("p256_sha1", "prime256v1", "sha1"), ("p256_sha224", "prime256v1", "sha224"),
                                ("rsa_sha256", "rsa2048", "sha256"), ("rsa_sha1", "rsa2048", "sha1"),
                                ("p192_sha1", "prime192v1", "sha1"), ("p224", "secp224r1", "sha224"),
                                ("bp224", "brainpoolP224r1", "sha224"), ("bp320", "brainpoolP320r1", "sha384"),
                                ("bp320_explicit", "brainpoolP320r1:explicit", "sha256"),
                                ("rsa_sha224", "rsa2048", "sha224"), ("rsa_sha384", "rsa3072", "sha384"),
                                ("rsa_sha512", "rsa2048", "sha512")]:
        make(root, name, csca=curve, signer=curve, digest=digest)
    make(root, "pss_sha256", csca="rsa2048", signer="rsa2048", digest="sha256", pss=32)
    make(root, "pss_sha384", csca="rsa2048", signer="rsa2048", digest="sha384", pss=20)
    make(root, "pss_sha1", csca="rsa2048", signer="rsa2048", digest="sha1", pss=20)
    make(root, "pss_sha224", csca="rsa2048", signer="rsa2048", digest="sha224", pss=1)
    make(root, "pss_sha512", csca="rsa2048", signer="rsa2048", digest="sha512", pss=64)
    make(root, "rsa_under_ec", csca="brainpoolP384r1", signer="rsa2048", digest="sha256")
    make(root, "pss_over_ec", csca="rsa2048", signer="prime256v1", digest="sha256", pss=32)
    make(root, "key_identifier", cms=["-keyid"], version=1)
    make(root, "no_certificate", cms=["-nocerts"])
    der("x509", root / "work" / "no_certificate" / "ds.pem", root / "no_certificate" / "ds.der")
    make(root, "no_attributes", cms=["-noattr"])
    make(root, "other_content", sod_type="1.2.840.113549.1.7.1")
    make(root, "expired", dates={"start": "20200101000000Z", "end": "20260101000000Z"})
    make(root, "not_yet_valid", dates={"start": "20270101000000Z", "end": "20360101000000Z"})
    make(root, "expired_authority", authority_dates={"start": "20200101000000Z", "end": "20260101000000Z"})
    make(root, "revoked", revoked="signer")
    make(root, "revoked_authority", revoked="authority")
    make(root, "stale_list", list_dates={"start": "20260101000000Z", "end": "20260301000000Z"})
    make(root, "foreign", subject="/C=DE/O=jumin specimen/CN=DS specimen")
    make(root, "foreign_authority", name_of_authority="/C=DE/O=jumin specimen/CN=CSCA specimen")
    for profile in ["signer_authority", "signer_no_usage", "signer_wrong_usage", "signer_critical", "signer_purpose"]:
        make(root, profile, profile=profile)
    make_by_hand(root)
    make_link(root)
    make_below(root, "authority_below", "csca", "csca_any_length")
    make_below(root, "authority_too_far_below", "csca", "csca")
    make_below(root, "signer_below", "signer", "csca_any_length")
    make_impostor(root)
    make_lists(root)
    shutil.rmtree(root / "work")


main()
