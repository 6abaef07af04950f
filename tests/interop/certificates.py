#!/usr/bin/env python3
"""CV certificates both ways: certificates.py JUMIN VERIFY_CERTIFICATES.

What `jumin pki` issues is read here from the standard (TR-03110-3 §C, §D), verified with python3-cryptography, and by
OpenPACE's cvc-print; what cvc-create and this script issue is verified by VERIFY_CERTIFICATES.
"""
# SPDX-License-Identifier: Apache-2.0
import datetime
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils

CURVES = {
    "P-256": ec.SECP256R1, "P-384": ec.SECP384R1, "brainpoolP256r1": ec.BrainpoolP256R1,
    "brainpoolP384r1": ec.BrainpoolP384R1,
}
OPENSSL_NAMES = {"P-256": "prime256v1", "P-384": "secp384r1"}
HASHES = {1: hashes.SHA1, 2: hashes.SHA224, 3: hashes.SHA256, 4: hashes.SHA384, 5: hashes.SHA512}
TA_ECDSA = bytes.fromhex("04007f000702020202")
ROLES = bytes.fromhex("04007f0007030102")
PROVISIONING = bytes.fromhex("6981fabc8fd7d3a6a2accf8e86dbe8ab8ea1b51301")
DESCRIPTION = bytes.fromhex("04007f000703010301")
# TR-03110-4 §2.2.3.2, table 4: bits of an authentication terminal.
AT_BITS = {
    0: "age-verification", 1: "municipality-verification", 2: "restricted-identification", 3: "privileged-terminal",
    4: "can-allowed", 5: "pin-management", 6: "install-certificate", 7: "install-qualified-certificate",
    **{7 + n: f"read-dg{n}" for n in range(1, 23)}, **{54 - n: f"write-dg{n}" for n in range(17, 23)},
}
IS_BITS = {0: "inspection-read-dg3", 1: "inspection-read-dg4", 5: "inspection-read-eid"}
passed = 0


def check(ok, what):
    global passed
    if not ok:
        sys.exit(f"FAILED: {what}")
    passed += 1


def objects(data):
    """(tag, value, whole) of each BER-TLV object."""
    found, at = [], 0
    while at < len(data):
        begin, tag = at, data[at]
        at += 1
        if tag & 0x1F == 0x1F:
            tag, at = tag << 8 | data[at], at + 1
        length, at = data[at], at + 1
        if length > 0x80:
            count = length - 0x80
            length, at = int.from_bytes(data[at:at + count], "big"), at + count
        check(at + length <= len(data), "an object ends behind its certificate")
        found.append((tag, data[at:at + length], data[begin:at + length]))
        at += length
    return found


def tlv(tag, value):
    head = tag.to_bytes(2 if tag > 0xFF else 1, "big")
    n = len(value)
    length = bytes([n]) if n < 0x80 else bytes([0x81, n]) if n < 0x100 else b"\x82" + n.to_bytes(2, "big")
    return head + length + value


class Certificate:
    """A CV certificate, read object by object in the standard's order."""

    def __init__(self, data):
        (tag, content, self.whole), = objects(data)
        check(tag == 0x7F21, "no 7F21 outside")
        (body_tag, body, self.body), (signature_tag, self.signature, _) = objects(content)
        check(body_tag == 0x7F4E and signature_tag == 0x5F37, "no body and signature")
        fields = objects(body)
        order = [0x5F29, 0x42, 0x7F49, 0x5F20, 0x7F4C, 0x5F25, 0x5F24, 0x65]
        check([field[0] for field in fields] == order[:len(fields)] and len(fields) >= 7, "objects of the body")
        profile, car, key, chr_, chat, effective, expiration = (field[1] for field in fields[:7])
        check(profile == b"\0", "profile")
        self.authority, self.holder = car.decode(), chr_.decode()
        self.key = {t: v for t, v, _ in objects(key)}
        check(self.key[6][:-1] == TA_ECDSA, "algorithm of the key")
        self.hash = HASHES[self.key[6][-1]]
        (_, role, _), (_, bits, _) = objects(chat)
        check(role[:-1] == ROLES, "type of the terminal")
        self.type = role[-1]
        self.role = bits[0] >> 6
        self.bits = int.from_bytes(bits, "big") & ~(3 << 8 * len(bits) - 2)
        self.effective, self.expiration = self.date(effective), self.date(expiration)
        self.extensions = {objects(t[1])[0][1]: objects(t[1])[1:] for f in fields[7:] for t in objects(f[1])}

    @staticmethod
    def date(digits):
        y, m, d = (10 * digits[i] + digits[i + 1] for i in (0, 2, 4))
        return datetime.date(2000 + y, m, d)

    def rights(self):
        table = {1: IS_BITS, 2: AT_BITS}[self.type]
        named = {table[bit] for bit in range(40) if self.bits >> bit & 1}
        if PROVISIONING in self.extensions:
            (tag, value, _), = self.extensions[PROVISIONING]
            check(tag == 0x53 and value == b"\x01", "provisioning extension")
            named.add("provision-phone")
        return named

    def verify(self, issuer, curve):
        half = len(self.signature) // 2
        r, s = (int.from_bytes(x, "big") for x in (self.signature[:half], self.signature[half:]))
        public = ec.EllipticCurvePublicKey.from_encoded_point(curve(), issuer.key[0x86])
        try:
            public.verify(utils.encode_dss_signature(r, s), self.body, ec.ECDSA(issuer.hash()))
        except InvalidSignature:
            return False
        return self.authority == issuer.holder


def parameters(curve):
    """81 to 85, as OpenSSL spells a curve out."""
    text = subprocess.run(["openssl", "ecparam", "-name", OPENSSL_NAMES.get(curve, curve), "-param_enc", "explicit",
                           "-outform", "DER"], capture_output=True, check=True).stdout
    (_, sequence, _), = objects(text)
    fields = objects(sequence)
    prime = objects(fields[1][1])[1][1]
    a, b = (item[1] for item in objects(fields[2][1])[:2])
    generator, order = fields[3][1], fields[4][1]
    strip = lambda number: number.lstrip(b"\0")
    if generator[0] != 4:
        sys.exit("FAILED: OpenSSL compressed the base point")
    return {0x81: strip(prime), 0x82: strip(a), 0x83: strip(b), 0x84: generator, 0x85: strip(order)}


# --- Ours, read by others -----------------------------------------------------------------------------------

class Home:
    """A home of jumin, and what it holds."""

    def __init__(self, jumin, folder):
        self.jumin, self.folder = jumin, folder
        self.environment = {**os.environ, "JUMIN_HOME": str(folder), "JUMIN_PASSPHRASE": "specimen"}

    def run(self, *arguments):
        done = subprocess.run([self.jumin, "pki", *arguments], env=self.environment, capture_output=True, text=True)
        check(done.returncode == 0, f"{arguments}: {done.stderr}")
        return done.stdout

    def refused(self, *arguments):
        done = subprocess.run([self.jumin, "pki", *arguments], env=self.environment, capture_output=True, text=True)
        check(done.returncode == 1, f"{arguments}: {done.stdout}")
        return done.stderr

    def load(self, name):
        data = (self.folder / "eac" / name).read_bytes()
        return [Certificate(whole) for _, _, whole in objects(data)]


def check_chain(home, curve):
    home.run("cvca", "issue", "--curve", curve)
    home.run("dv", "issue")
    home.run("terminal", "issue", "store", "--right", "store")
    cvca, dv, store = (home.load(f"{name}00001.cvc")[0] for name in ("KRCVCAAT", "KRDVAT", "KRSTORE"))
    algorithm = CURVES[curve]
    check({tag: cvca.key[tag] for tag in range(0x81, 0x86)} == parameters(curve), f"{curve}: domain parameters")
    check(cvca.key[0x87] == b"\x01", "cofactor")
    check(set(dv.key) == set(store.key) == {6, 0x86}, "parameters where they are inherited")
    check(cvca.verify(cvca, algorithm) and dv.verify(cvca, algorithm) and store.verify(dv, algorithm),
          f"{curve}: signatures from the CVCA down")
    check(not store.verify(cvca, algorithm), "a signature that is by another")
    check((cvca.role, dv.role, store.role) == (3, 2, 0) and store.type == 2, "roles and types")
    check(store.rights() == {"age-verification", "can-allowed", "read-dg4", "read-dg5", "read-dg8"},
          "what a store may")


def check_renewal(home, curve):
    home.run("cvca", "renew")
    home.run("dv", "renew", "--days", "10")
    home.run("terminal", "issue", "issuer", "--right", "issuer")
    issuer, dv, link = home.load("KRISSUER00001.cvc")
    old, new = (home.load(f"KRCVCAAT0000{number}.cvc")[0] for number in (1, 2))
    algorithm = CURVES[curve]
    check(link.holder == "KRCVCAAT00002" and link.verify(old, algorithm) and new.verify(new, algorithm),
          f"{curve}: link certificate")
    check(dv.verify(link, algorithm) and issuer.verify(dv, algorithm), f"{curve}: chain over the link certificate")
    check(issuer.expiration - issuer.effective == datetime.timedelta(10), "never longer than the issuer")
    shown = json.loads(home.run("terminal", "show", "--json")) + json.loads(home.run("cvca", "show", "--json"))
    for certificate in shown:
        name = certificate["holder"] + (".link" if certificate["link"] else "") + ".cvc"
        found = home.load(name)[0]
        check(set(certificate["rights"]) == found.rights(), f"{name}: rights")
        check(certificate["effective"] == str(found.effective), f"{name}: first day")
        check(certificate["expiration"] == str(found.expiration), f"{name}: last day")


def check_cvc_print(home, curve):
    # It finds an issuer in a file that is called as the issuer is.
    trusted = home.folder / "trusted"
    trusted.mkdir()
    for path in (home.folder / "eac").glob("KR*0000?.cvc"):
        (trusted / path.stem).write_bytes(home.load(path.name)[0].whole)
    for path in trusted.iterdir():
        done = subprocess.run(["cvc-print", "--cvc", path, "--cvc-dir", trusted], capture_output=True, text=True)
        check(f"CHR: {path.name}" in done.stdout and "certificate verified" in done.stdout.lower(),
              f"{curve}: cvc-print on {path.name}: {done.stdout} {done.stderr}")


def signed(key, curve, data):
    n = (key.curve.key_size + 7) // 8
    r, s = utils.decode_dss_signature(key.sign(data, ec.ECDSA({32: hashes.SHA256, 48: hashes.SHA384}[n]())))
    return data + tlv(0x5F37, r.to_bytes(n, "big") + s.to_bytes(n, "big"))


def make_request(key, holder, curve, extensions=b""):
    number = {32: 3, 48: 4}[(key.curve.key_size + 7) // 8]
    point = key.public_key().public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
    public = tlv(6, TA_ECDSA + bytes([number])) + b"".join(
        tlv(tag, value) for tag, value in parameters(curve).items()) + tlv(0x86, point) + tlv(0x87, b"\x01")
    body = tlv(0x7F4E, tlv(0x5F29, b"\0") + tlv(0x7F49, public) + tlv(0x5F20, holder.encode()) + extensions)
    return tlv(0x7F21, signed(key, curve, body))


def check_requests(home, jumin, curve, folder):
    """A terminal with a home of its own: its requests, by others' eyes; and others' requests, certified by ours."""
    own = Home(jumin, folder)
    own.run("terminal", "request", "shop", "--issuer", "KRDVAT00001", "--curve", curve)
    first = folder / "eac" / "KRSHOP00001.req"
    done = subprocess.run(["cvc-print", "--csr", first], capture_output=True, text=True)
    check("CHR: KRSHOP00001" in done.stdout and "request verified" in done.stdout,
          f"{curve}: cvc-print on a request: {done.stdout} {done.stderr}")
    home.run("terminal", "issue", "--request", first, "--right", "age")
    for name in ("KRSHOP00001.cvc", "KRDVAT00001.cvc", "KRCVCAAT00001.cvc"):
        (folder / "eac" / name).write_bytes((home.folder / "eac" / name).read_bytes())
    own.run("terminal", "request", "shop")
    ((tag, content, _),) = objects((folder / "eac" / "KRSHOP00002.req").read_bytes())
    inner, reference, signature = objects(content)
    check((tag, inner[0], reference[0], signature[0]) == (0x67, 0x7F21, 0x42, 0x5F37), f"{curve}: signed request")
    check(reference[1] == b"KRSHOP00001", f"{curve}: who signed the request")
    n = len(signature[1]) // 2
    r, s = (int.from_bytes(part, "big") for part in (signature[1][:n], signature[1][n:]))
    point = own.load("KRSHOP00001.cvc")[0].key[0x86]
    key = ec.EllipticCurvePublicKey.from_encoded_point(CURVES[curve](), point)
    key.verify(utils.encode_dss_signature(r, s), inner[2] + reference[2],
               ec.ECDSA({32: hashes.SHA256, 48: hashes.SHA384}[n]()))
    # Python's own: a first request, and a second one that its first key has signed.
    keys = [ec.generate_private_key(CURVES[curve]()) for _ in range(2)]
    path = folder / "python.req"
    digest = bytes(range(n))
    wish = tlv(0x65, tlv(0x73, tlv(6, DESCRIPTION) + tlv(0x80, digest)) +
               tlv(0x73, tlv(6, PROVISIONING) + tlv(0x53, b"\x01")))
    other = tlv(0x65, tlv(0x73, tlv(6, DESCRIPTION) + tlv(0x80, bytes(80 - n))))
    path.write_bytes(make_request(keys[0], "DEPYTHON00001", curve, other))
    said = home.refused("terminal", "issue", "--request", path, "--right", "age")
    check("another algorithm" in said, f"{curve}: a hash that is not of the issuer's length: {said}")
    path.write_bytes(make_request(keys[0], "DEPYTHON00001", curve, wish))
    home.run("terminal", "issue", "--request", path, "--right", "age")
    shown = json.loads(home.run("terminal", "show", "DEPYTHON00001", "--json"))[0]
    check(shown["description"] == digest.hex(), f"{curve}: the description that Python asked for")
    part = make_request(keys[1], "DEPYTHON00002", curve) + tlv(0x42, b"DEPYTHON00001")
    path.write_bytes(tlv(0x67, signed(keys[0], curve, part)))
    home.run("terminal", "issue", "--request", path)
    dv = home.load("KRDVAT00001.cvc")[0]
    for number in (1, 2):
        certificate = home.load(f"DEPYTHON0000{number}.cvc")[0]
        check(certificate.verify(dv, CURVES[curve]) and certificate.rights() == {"age-verification"},
              f"{curve}: what Python asked for")


def check_ours(jumin, curve, folder):
    home = Home(jumin, folder)
    check_chain(home, curve)
    applicant = folder / "applicant"
    applicant.mkdir()
    check_requests(home, jumin, curve, applicant)
    if curve in ("P-256", "brainpoolP384r1"):
        check_renewal(home, curve)
    check_cvc_print(home, curve)


# --- Others', verified by ours ------------------------------------------------------------------------------

def make(key, issuer_key, car, holder, role, curve, edit=lambda body: body):
    number = {32: 3, 48: 4}[(key.curve.key_size + 7) // 8]
    point = key.public_key().public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
    public = tlv(6, TA_ECDSA + bytes([number]))
    if role == 3:
        public += b"".join(tlv(tag, value) for tag, value in parameters(curve).items())
    public += tlv(0x86, point) + (tlv(0x87, b"\x01") if role == 3 else b"")
    chat = tlv(6, ROLES + b"\x02") + tlv(0x53, (role << 38 | 0x111).to_bytes(5, "big"))
    body = tlv(0x7F4E, edit(
        tlv(0x5F29, b"\0") + tlv(0x42, car.encode()) + tlv(0x7F49, public) + tlv(0x5F20, holder.encode()) +
        tlv(0x7F4C, chat) + tlv(0x5F25, bytes([2, 6, 1, 1, 0, 2])) + tlv(0x5F24, bytes([2, 7, 1, 1, 0, 2]))))
    n = (issuer_key.curve.key_size + 7) // 8
    issuer_hash = {32: hashes.SHA256, 48: hashes.SHA384}[n]
    r, s = utils.decode_dss_signature(issuer_key.sign(body, ec.ECDSA(issuer_hash())))
    return tlv(0x7F21, body + tlv(0x5F37, r.to_bytes(n, "big") + s.to_bytes(n, "big")))


def check_python(verify, curve, folder):
    keys = [ec.generate_private_key(CURVES[curve]()) for _ in range(4)]

    def write(name, data):
        path = folder / name
        path.write_bytes(data)
        return path

    cvca = write("cvca", make(keys[0], keys[0], "DECVCA00001", "DECVCA00001", 3, curve))
    link = write("link", make(keys[1], keys[0], "DECVCA00001", "DECVCA00002", 3, curve))
    dv = write("dv", make(keys[2], keys[1], "DECVCA00002", "DEDV00001", 1, curve))
    terminal = write("terminal", make(keys[3], keys[2], "DEDV00001", "DESHOP00001", 0, curve))
    done = subprocess.run([verify, cvca, link, dv, terminal], capture_output=True, text=True)
    check(done.returncode == 0 and done.stdout.split() ==
          ["DECVCA00002", "111", "DEDV00001", "111", "DESHOP00001", "111"], f"{curve}: chain made in Python: {done}")
    for order in ([cvca, dv], [link, dv], [cvca, link, terminal], [cvca, link, dv, dv]):
        done = subprocess.run([verify, *order], capture_output=True, text=True)
        check(done.returncode == 1, f"{curve}: another way is taken")
    wrong = write("wrong", make(keys[3], keys[0], "DEDV00001", "DESHOP00001", 0, curve))
    check(subprocess.run([verify, cvca, link, dv, wrong], capture_output=True).returncode == 1, "a wrong signature")
    longer = write("longer", make(keys[3], keys[2], "DEDV00001", "DESHOP00001", 0, curve,
                                  edit=lambda body: body + tlv(0x5F2A, b"\0")))
    check(subprocess.run([verify, cvca, link, dv, longer], capture_output=True).returncode == 1, "an unknown object")


def check_cvc_create(verify, curve, folder):
    def key(name):
        path = folder / f"{name}.pk8"
        made = subprocess.run(["openssl", "ecparam", "-name", OPENSSL_NAMES.get(curve, curve), "-genkey",
                               "-param_enc", "explicit"], capture_output=True, check=True).stdout
        path.write_bytes(subprocess.run(["openssl", "pkcs8", "-topk8", "-nocrypt", "-outform", "DER"], input=made,
                                        capture_output=True, check=True).stdout)
        return path

    # cvc-create writes r and s as long as the longer of both, where TR-03111 §5.2.1 wants the order's length: one in
    # 65536 of its signatures is too short, and is made again.
    def create(holder, *arguments):
        path, signature = folder / f"{holder}.cvcert", b""
        while len(signature) != 2 * CURVES[curve]().key_size // 8:
            done = subprocess.run(["cvc-create", "--issued=261102", "--expires=271102", f"--chr={holder}", scheme,
                                   *map(str, arguments)], capture_output=True, text=True, cwd=folder)
            check(done.returncode == 0, f"cvc-create {arguments}: {done.stderr}")
            signature = Certificate(path.read_bytes()).signature
        return path

    scheme = "--scheme=ECDSA_SHA_" + ("384" if "384" in curve else "256")
    cvca_key, dv_key = key("cvca"), key("dv")
    cvca = create("DECVCA00001", "--role=cvca", "--type=at", f"--sign-with={cvca_key}", "--verify-age", "--read-dg8",
                  "--write-dg17")
    dv = create("DEDV00001", "--role=dv_domestic", f"--sign-as={cvca}", f"--sign-with={cvca_key}", f"--key={dv_key}",
                "--verify-age", "--read-dg8")
    shop = create("DESHOP00001", "--role=terminal", f"--sign-as={dv}", f"--sign-with={dv_key}", "--read-dg8")
    done = subprocess.run([verify, cvca, dv, shop], capture_output=True, text=True)
    check(done.returncode == 0 and done.stdout.split() == ["DEDV00001", "8001", "DESHOP00001", "8000"],
          f"{curve}: chain made by cvc-create: {done} {dv.read_bytes().hex()} {shop.read_bytes().hex()}")


def main():
    jumin, verify = sys.argv[1:]
    if shutil.which("cvc-print") is None:
        print("cvc-print (Debian package openpace) is not installed")
        sys.exit(77)
    for curve in CURVES:
        with tempfile.TemporaryDirectory() as folder:
            home, made, created = (pathlib.Path(folder) / name for name in ("home", "made", "created"))
            made.mkdir()
            created.mkdir()
            check_ours(jumin, curve, home)
            check_python(verify, curve, made)
            check_cvc_create(verify, curve, created)
    print(f"{passed} checks of CV certificates hold")


main()
