#!/usr/bin/env python3
"""Key ceremonies on the command line, checked by libgfshare's gfcombine and by OpenSSL: ceremony.py JUMIN."""
# SPDX-License-Identifier: Apache-2.0
import base64
import hashlib
import itertools
import json
import os
import pathlib
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile

CUSTODIANS = ["Kim", "이", "Park", "Choi", "Jung"]
passed = 0


def check(holds, what):
    global passed
    if not holds:
        sys.exit(f"FAILED: {what}")
    passed += 1


class Home:
    def __init__(self, jumin, folder):
        self.jumin, self.folder, self.pki = jumin, folder, folder / "home" / "pki"
        self.output = ""
        (folder / "station").write_text("station passphrase\n")

    def run(self, *words, status=0, says="", before=None):
        environment = {name: value for name, value in os.environ.items() if name != "JUMIN_PASSPHRASE"}
        done = subprocess.run([self.jumin, "pki", *map(str, words), "--home", self.folder / "home"], text=True,
                              capture_output=True, env=environment, stdin=subprocess.DEVNULL, start_new_session=True,
                              preexec_fn=before)
        self.output += done.stdout + done.stderr
        check(done.returncode == status and says in done.stdout + done.stderr, f"pki {words}: {done}")
        return done.stdout

    def deal(self, *words, folder, names=CUSTODIANS, threshold=3, **expected):
        people = [word for name in names for word in ("--custodian", name)]
        self.run("ceremony", *words, "--shares", len(names), "--threshold", threshold, *people, "--witness", "Kang",
                 "--shares-folder", folder, **expected)
        return sorted(folder.glob("share-*")) if folder.exists() else []

    @property
    def passphrase(self):
        return ["--passphrase-file", self.folder / "station"]


def given(paths):
    return [word for path in paths for word in ("--share", path)]


def openssl(*words):
    return subprocess.run(["openssl", *map(str, words)], capture_output=True, text=True)


def decode(path):
    """The share as its layout says, by Python's own base32 and SHA-256."""
    lines = [line for line in path.read_text().splitlines() if not line.startswith("#")]
    text = "".join(lines).replace(" ", "")
    data = base64.b32decode(text + "=" * (-len(text) % 8))
    check(data[-4:] == hashlib.sha256(data[:-4]).digest()[:4], f"{path.name}: the check")
    return {"version": data[0], "kind": data[1], "sharing": data[2:6].hex().upper(), "threshold": data[6],
            "count": data[7], "number": data[8], "body": data[9:-4]}


def gfcombine(folder, shares):
    for share in shares:
        (folder / f"part.{share['number']:03}").write_bytes(share["body"])
    files = [folder / f"part.{share['number']:03}" for share in shares]
    subprocess.run(["gfcombine", "-o", folder / "whole", *files], check=True)
    return (folder / "whole").read_bytes()


def check_shares(home, paths):
    shares = [decode(path) for path in paths]
    for path, share, number in zip(paths, shares, range(1, 6)):
        check(path.stat().st_mode & 0o777 == 0o600, f"{path.name}: for its owner only")
        check((share["version"], share["kind"], share["threshold"], share["count"], share["number"]) ==
              (1, 1, 3, 5, number), f"{path.name}: {share}")
        check(CUSTODIANS[number - 1] in path.read_text() and share["sharing"] in path.name, f"{path.name}: its names")
    secrets = {gfcombine(home.folder, some) for some in itertools.combinations(shares, 3)}
    check(len(secrets) == 1, "gfcombine finds one passphrase in every three")
    secret = secrets.pop()
    check(gfcombine(home.folder, shares[:2]) != secret, "gfcombine finds none in two")
    done = openssl("pkey", "-in", home.pki / "csca.key", "-passin", f"pass:{secret.decode()}", "-pubout")
    certified = openssl("x509", "-in", home.pki / "csca.crt", "-noout", "-pubkey")
    check(done.returncode == 0 and "BEGIN PUBLIC KEY" in done.stdout and
          openssl("pkey", "-in", home.pki / "csca.key", "-passin", "pass:station passphrase").returncode != 0,
          f"it opens the CSCA's key, and the station's does not: {done}")
    for key in ("ds.key", "generation.key"):
        check(openssl("pkey", "-in", home.pki / key, "-passin", "pass:station passphrase").returncode == 0,
              f"the station's passphrase opens {key}")
    return secret, certified.stdout


def fill_disk():
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))


def check_refusals(home, paths):
    activate = ("ceremony", "activate")
    home.run(*activate, *given(paths[:2]), status=1, says="1 more share is needed")
    home.run(*activate, *given([*paths[:2], paths[1]]), status=1, says="share 2 was given already")
    home.run(*activate, status=1, says="give --share")
    other = Home(home.jumin, home.folder / "other")
    other_paths = other.deal("begin", *other.passphrase, folder=other.folder / "shares")
    home.run(*activate, *given([*paths[:2], other_paths[2]]), status=1, says="is of sharing")
    home.run(*activate, *given(other_paths[:3]), status=1, says="one of them is not right, or sharing")
    text = paths[2].read_text()
    last = text.rstrip()[-1]
    mistyped = home.folder / "mistyped"
    mistyped.write_text(text.rstrip()[:-1] + ("A" if last != "A" else "Q"))
    home.run(*activate, *given([*paths[:2], mistyped]), status=1, says=f"{mistyped}: it is no share, or a character")
    forged = bytearray(b"".join([bytes([1, 1]), bytes.fromhex(decode(paths[2])["sharing"]), bytes([3, 5, 3]),
                                 decode(paths[2])["body"]]))
    forged[9] ^= 1
    whole = bytes(forged) + hashlib.sha256(forged).digest()[:4]
    (home.folder / "forged").write_text(base64.b32encode(whole).decode().rstrip("="))
    home.run(*activate, *given([*paths[:2], home.folder / "forged"]), status=1, says="one of them is not right")
    home.run("ceremony", "verify", says="1 entries, unchanged")
    home.run("ceremony", "begin", "--custodian", "Kim", status=2, says="--custodian is needed 5 times")
    home.run("ceremony", "reshare", "--threshold", 6, status=2, says="--threshold 6 is more than the 5 shares")
    home.deal("begin", *home.passphrase, folder=home.folder / "again", status=1, says="its keys would be lost")
    check(not list((home.folder / "again").glob("*")), "shares of a ceremony that failed are removed")
    (home.folder / "full").mkdir()
    full = Home(home.jumin, home.folder / "full")
    full.deal("begin", *full.passphrase, folder=full.folder / "shares", status=1, says="cannot be written", before=fill_disk)
    check(not list((full.folder / "shares").glob("*")), "no part of a share stays on a disk that is full")


def check_rotation(home, paths):
    before = (home.pki / "ds.key").read_text()
    home.run("ds", "rotate", *given(paths[2:]), status=1, says="a passphrase is needed")
    (home.folder / "wrong").write_text("wrong\n")
    home.run("ds", "rotate", *given(paths[2:]), "--passphrase-file", home.folder / "wrong", status=1,
             says="wrong passphrase")
    check((home.pki / "ds.key").read_text() == before, "a refused rotation changes nothing")
    made = json.loads(home.run("ds", "rotate", *given(paths[2:]), *home.passphrase, "--json"))
    listed = json.loads(home.run("ds", "list", "--json"))["signers"]
    check([signer["state"] for signer in listed] == ["signs", "signs no more"], f"two signers: {listed}")
    check(listed[0]["serial"] == made["serial"], "the new one signs")
    serial = openssl("x509", "-in", home.pki / "ds.crt", "-noout", "-serial").stdout.strip()
    check(serial == f"serial={made['serial']}", f"ds.crt is the new one's: {serial}")
    old = home.pki / "signers" / f"{listed[1]['serial']}.crt"
    check(openssl("x509", "-in", old, "-noout", "-serial").stdout.strip() == f"serial={listed[1]['serial']}",
          "the old one's certificate is kept")
    key = openssl("pkey", "-in", home.pki / "ds.key", "-passin", "pass:station passphrase", "-pubout").stdout
    inner = openssl("x509", "-in", home.pki / "ds.key", "-noout", "-serial").stdout.strip()
    check(key != "" and inner == serial, "the key's file has the certificate")
    return listed[1]["serial"]


def check_list(home, paths, serial):
    home.run("crl", "issue", "--reason", "superseded", status=2, says="--reason without a --revoke")
    home.run("crl", "issue", "--revoke", serial, "--reason", "boredom", status=2, says="there is no reason boredom")
    home.run("crl", "issue", "--revoke", "00", *given(paths[:3]), status=1, says="there is no document signer 00")
    home.run("crl", "issue", "--revoke", serial, "--reason", "key-compromise", *given(paths[:3]),
             says="Revocation list 2 with 1 entries")
    home.run("crl", "issue", "--revoke", serial, *given(paths[:3]), status=1, says="is revoked already")
    home.run("crl", "issue", *given(paths[:3]), says="Revocation list 3 with 1 entries")
    # `openssl verify -crl_check` takes no certificate with the curve spelled out, which 9303-12 §4.4 wants.
    done = openssl("crl", "-in", home.pki / "csca.crl", "-CAfile", home.pki / "csca.crt", "-noout", "-text")
    check("verify OK" in done.stderr, f"OpenSSL verifies the list: {done.stderr}")
    check(re.search(r"X509v3 CRL Number:\s+3\s", done.stdout) and f"Serial Number: {serial}" in done.stdout and
          "Extensions:" not in done.stdout.split("Revoked Certificates")[1], f"OpenSSL reads the list: {done.stdout}")
    home.run("ds", "list", says="revoked")


def check_reshare(home, paths):
    names = ["Ahn", "Bae"]
    folder = home.folder / "resealed"
    words = []
    for name in names:
        (home.folder / name).write_text(f"passphrase of {name}\n")
        words += ["--new-share-passphrase-file", home.folder / name]
    new = home.deal("reshare", *given(paths[1:4]), *words, folder=folder, names=names, threshold=2)
    check([decode(path)["kind"] for path in new] == [2, 2], "the shares are sealed")
    home.run("ceremony", "activate", *given(paths[:3]), status=1, says="is over")
    keys = [word for name in names for word in ("--share-passphrase-file", home.folder / name)]
    home.run("ceremony", "activate", *given(new), *reversed_pairs(keys), status=1, says="wrong passphrase")
    home.run("ceremony", "activate", *given(new), status=1, says="give --share-passphrase-file")
    home.run("ceremony", "activate", *given(new), *keys, says="open the CSCA's key")


def reversed_pairs(words):
    pairs = list(zip(words[::2], words[1::2]))
    return [word for pair in reversed(pairs) for word in pair]


def check_record(home):
    answer = json.loads(home.run("ceremony", "verify", "--json"))
    entries = sorted((home.pki / "ceremonies").glob("*.json"))
    operations = [json.loads(path.read_text())["operation"] for path in entries]
    check(operations == ["begin", "rotate", "revocation-list", "revocation-list", "reshare", "activate"], operations)
    before = ""
    for path in entries:
        words = ("cms", "-verify", "-binary", "-inform", "DER", "-in", path.with_suffix(".cms"), "-CAfile",
                 home.pki / "csca.crt", "-purpose", "any", "-out", home.folder / "out", "-content")
        check(openssl(*words, path).returncode == 0, f"OpenSSL verifies {path.name}")
        other = home.folder / "content"
        other.write_bytes(path.read_bytes().replace(b"Kim", b"Kin").replace(b"jumin", b"jumim"))
        check(openssl(*words, other).returncode != 0, f"OpenSSL refuses {path.name} with a changed letter")
        check(json.loads(path.read_text())["previous"] == before, f"{path.name} follows the one before")
        before = hashlib.sha256(path.read_bytes()).hexdigest()
    check(answer["head"] == before, "the head is the last one's SHA-256")
    home.run("ceremony", "verify", "--head", before, says="opened by 이, Park, Choi")
    home.run("ceremony", "verify", "--head", "0" * 64, status=1, says="no entry has the head")
    last = entries[-1]
    away = [(path, path.read_bytes()) for path in (last, last.with_suffix(".cms"))]
    for path, _ in away:
        path.unlink()
    home.run("ceremony", "verify", "--head", before, status=1, says="no entry has the head")
    for path, content in away:
        path.write_bytes(content)
    home.run("ceremony", "verify", "--head", before)


def check_no_secret(home, secret):
    for path in home.folder.joinpath("home").rglob("*"):
        if path.is_file():
            check(secret not in path.read_bytes(), f"{path} has the passphrase")
    check(secret.decode() not in home.output, "the passphrase was printed")


def check_plain_folder(jumin, folder):
    """A folder of `pki init`: its own passphrase opens the CSCA's key, until custodians take it over."""
    home = Home(jumin, folder)
    home.run("init", *home.passphrase)
    home.run("ds", "rotate", *home.passphrase)
    home.run("crl", "issue", *home.passphrase)
    paths = home.deal("reshare", *home.passphrase, folder=folder / "shares", names=["Kim", "Lee"], threshold=2)
    home.run("crl", "issue", *home.passphrase, status=1, says="give --share")
    home.run("crl", "issue", *home.passphrase, "--csca-passphrase-file", folder / "station", status=1,
             says="wrong passphrase")
    home.run("crl", "issue", *given(paths))
    home.run("ceremony", "verify", says="4 entries, unchanged")


def main():
    if shutil.which("gfcombine") is None:
        print("gfcombine (Debian package libgfshare-bin) is not installed")
        sys.exit(77)
    with tempfile.TemporaryDirectory() as folder:
        for name in ("first/other", "plain"):
            (pathlib.Path(folder) / name).mkdir(parents=True)
        home = Home(sys.argv[1], pathlib.Path(folder) / "first")
        paths = home.deal("begin", *home.passphrase, folder=home.folder / "shares")
        secret, _ = check_shares(home, paths)
        check_refusals(home, paths)
        serial = check_rotation(home, paths)
        check_list(home, paths, serial)
        check_reshare(home, paths)
        check_record(home)
        check_no_secret(home, secret)
        check_plain_folder(sys.argv[1], pathlib.Path(folder) / "plain")
    print(f"{passed} checks of ceremonies hold")


main()
