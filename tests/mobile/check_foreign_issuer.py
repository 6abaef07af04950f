#!/usr/bin/python3
# The wallet before issuers of others: check_foreign_issuer.py JUMIN.
# SPDX-License-Identifier: Apache-2.0
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

from foreign_issuer import Issuer, Wallet, certify, ec, expect, serialization

LONG = bool(os.environ.get("JUMIN_LONG"))  # each command of the wallet takes its time for the passphrase


def check_later_delivery(issuer, wallet):
    issuer.tampered = False
    wallet.run("refresh", wallet.credentials()[0]["id"], "--allow-http")
    expect(wallet.credentials()[0]["state"] == "usable", "it can be had later", wallet.credentials())
    wallet.run("remove", wallet.credentials()[0]["id"], "--allow-http")
    expect(issuer.events[-1] == "credential_deleted", "the issuer is told", issuer.events)


def check_final(jumin, folder):
    issuer, wallet = Issuer("final"), Wallet(jumin, folder, "final")
    offer = issuer.offer()
    wallet.add(issuer, "--tx-code", "a code+ü")
    expect(issuer.problem == "", "the issuer is content", issuer.problem)
    sd, md = wallet.credentials()
    expect(sd["state"] == "usable" and sd["name"] == "Degree" and not sd["single_use"], "the SD-JWT", sd)
    expect(not sd["trusted"], "nobody vouches for it", sd)
    expect(md["state"] == "pending", "the mdoc is deferred", md)
    expect(issuer.events == ["credential_accepted"], "the issuer is told", issuer.events)
    claims = json.loads(wallet.run("show", sd["id"]))
    expect(claims["degree"] == "Master of Tests" and claims["year"] == 2026, "claims", claims)
    for _ in range(2):
        time.sleep(1.1)
        wallet.run("refresh", md["id"], "--allow-http")
    md = wallet.credentials()[1]
    expect(md["state"] == "usable" and md["type"] == "org.foreign.degree", "the mdoc came", md, issuer.problem)
    expect(json.loads(wallet.run("show", md["id"])) == {"org.foreign": {"grade": 1}}, "its element")
    # The code is used up, and the issuer's words reach the holder.
    again = wallet.run("add", offer, "--tx-code", "a code+ü", "--allow-http", status=1)
    expect("invalid_request" in again, "a used code is refused", again)
    # A credential that was changed on its way is not kept.
    other = Issuer("final")
    other.tampered = True
    spare = Wallet(jumin, folder, "tampered")
    spare.add(other, "--tx-code", "a code+ü", status=1)
    expect([c["copies"] for c in spare.credentials()] == [0, 0], "nothing is kept", spare.credentials())
    expect(other.events == ["credential_failure"], "the issuer is told", other.events)
    if LONG:
        check_later_delivery(other, spare)
    # And http:// is refused unless it is allowed.
    expect("https" in spare.run("add", Issuer("final").offer(), status=1), "http:// is refused")


def check_draft15(jumin, folder):
    issuer, wallet = Issuer("draft15"), Wallet(jumin, folder, "draft15")
    wallet.add(issuer)
    expect(issuer.problem == "", "the issuer is content", issuer.problem)
    (sd,) = wallet.credentials()
    expect(sd["state"] == "usable" and sd["unused"] == 4 and sd["single_use"], "a batch", sd)
    expect(issuer.events == ["credential_accepted"], "the issuer is told", issuer.events)
    # Copies that could be told apart by what they say are not kept.
    other, spare = Issuer("draft15"), Wallet(jumin, folder, "marked")
    other.marked = True
    said = spare.add(other, status=1)
    expect("do not say the same" in said, "why", said)
    expect([c["copies"] for c in spare.credentials()] == [0], "nothing is kept", spare.credentials())
    expect(other.events == ["credential_failure"], "the issuer is told", other.events)


# What turns a terminal's colours, title and direction of writing.
HOSTILE = "a\x1b]0;title\x07b\x9b31mc\u202ed\u2066e\x7ff"
CONTROLS = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def check_hostile(jumin, folder):
    """What a foreign issuer says reaches no terminal as it is."""
    wallet = Wallet(jumin, folder, "hostile")

    def quiet(*arguments, status=0):
        said = wallet.run(*arguments, status=status)
        expect(CONTROLS.search(said) is None, arguments, ascii(said))
        return said

    # A type that is no line of text is none that can be kept, named or not.
    for name in (HOSTILE, None):
        issuer = Issuer("draft15")
        issuer.type, issuer.name = HOSTILE, name
        quiet("add", issuer.offer(), "--allow-http", status=1)
    expect(wallet.credentials() == [], "nothing is kept")
    # Names, values and refusals are made harmless.
    issuer = Issuer("draft15")
    issuer.name, issuer.claim = HOSTILE, HOSTILE
    quiet("add", issuer.offer(), "--allow-http")
    (sd,) = wallet.credentials()
    expect(sd["name"] == "a ]0;title b 31mc d e f", "the name", sd)
    expect(json.loads(quiet("show", sd["id"]))["degree"] == HOSTILE, "the value is as it was")
    for arguments in (("list",), ("list", "--json"), ("history",), ("history", "--json")):
        quiet(*arguments)
    issuer.problem = ""
    issuer.answer = lambda *_: (400, {"error": HOSTILE, "error_description": HOSTILE}, {})
    quiet("add", issuer.offer(), "--allow-http", status=1)


def check_trusted(jumin, folder):
    """An issuer whose root the trust list has is known by the wallet; for other types, it is not."""
    key = ec.generate_private_key(ec.SECP256R1())
    root = key, certify(key, "Foreign Root", authority=True)
    path, home = os.path.join(folder, "root.pem"), os.path.join(folder, "lists")
    with open(path, "wb") as file:
        file.write(root[1].public_bytes(serialization.Encoding.PEM))
    issuer, wallet = Issuer("draft15", root), Wallet(jumin, folder, "trusting")

    def pki(*arguments):
        made = subprocess.run([jumin, "pki", "iaca", *arguments], text=True, timeout=60, capture_output=True, check=False,
                              env={**os.environ, "JUMIN_PASSPHRASE": "open", "JUMIN_HOME": home})
        expect(made.returncode == 0, arguments, made.stderr)

    pki("init")
    pki("trust-list", "--issuer", f"{issuer.url}={path}", "--type", f"{issuer.url}=https://foreign.example/degree")
    mobile = os.path.join(home, "mobile")
    wallet.run("trust", os.path.join(mobile, "trust-list.jwt"), "--root", os.path.join(mobile, "iaca.crt"))
    wallet.add(issuer)
    (sd,) = wallet.credentials()
    expect(sd["state"] == "usable" and sd["trusted"], "the trust list vouches for it", sd)


def check_draft13(jumin, folder):
    issuer, wallet = Issuer("draft13"), Wallet(jumin, folder, "draft13")
    wallet.add(issuer, "--tx-code", "4711")
    expect(issuer.problem == "", "the issuer is content", issuer.problem)
    (sd,) = wallet.credentials()
    expect(sd["state"] == "usable" and sd["copies"] == 1, "one credential", sd)
    events = json.loads(wallet.run("history", "--json"))["events"]
    expect([e["kind"] for e in events] == ["received"], "history", events)
    wallet.run("remove", sd["id"], "--allow-http")
    expect(wallet.credentials() == [], "removed")


def check_later(jumin, folder):
    """Drafts whose credential is made later: 400 issuance_pending, then all of it."""
    for kind, copies, code in (("draft15", 4, ()), ("draft13", 1, ("--tx-code", "4711"))):
        issuer, wallet = Issuer(kind), Wallet(jumin, folder, kind + "-later")
        issuer.later = True
        wallet.add(issuer, *code)
        (sd,) = wallet.credentials()
        expect(sd["state"] == "pending" and sd["copies"] == 0, "deferred", sd)
        for _ in range(2):
            time.sleep(1.1)
            wallet.run("refresh", "--allow-http")
        (sd,) = wallet.credentials()
        expect(sd["state"] == "usable" and sd["copies"] == copies, "it came", sd, issuer.problem)
        expect(issuer.deferred == 2 and issuer.problem == "", "the issuer is content", issuer.problem)


def check_token(jumin, folder):
    """The wallet's keys in a token of SoftHSM, where there is one."""
    module = "/usr/lib/softhsm/libsofthsm2.so"
    if not os.path.exists(module) or shutil.which("softhsm2-util") is None:
        return
    os.mkdir(os.path.join(folder, "tokens"))
    with open(os.path.join(folder, "softhsm2.conf"), "w", encoding="utf-8") as file:
        file.write(f"directories.tokendir = {folder}/tokens\nobjectstore.backend = file\nlog.level = ERROR\n")
    with open(os.path.join(folder, "pin"), "w", encoding="utf-8") as file:
        file.write("271828\n")
    os.environ["SOFTHSM2_CONF"] = os.path.join(folder, "softhsm2.conf")
    subprocess.run(["softhsm2-util", "--init-token", "--free", "--label", "phone", "--pin", "271828", "--so-pin", "31415926"],
                   check=True, stdout=subprocess.DEVNULL)
    issuer = Issuer("draft15")
    wallet = Wallet(jumin, folder, "token", ("--token-pin-file", os.path.join(folder, "pin")),
                    ("--token", f"pkcs11:token=phone?module-path={module}"))
    wallet.add(issuer)
    expect(issuer.problem == "", "the issuer is content", issuer.problem)
    (sd,) = wallet.credentials()
    expect(sd["state"] == "usable" and sd["unused"] == 4, "a batch", sd)
    wallet.more = ()
    said = wallet.run("add", Issuer("draft15").offer(), "--allow-http", status=1)
    expect("PIN" in said and "phone" in said, "the PIN is asked for", said)


with tempfile.TemporaryDirectory() as work:
    for check in (check_final, check_draft15, check_hostile, check_trusted, check_draft13, check_token) + ((check_later,) if LONG else ()):
        check(sys.argv[1], work)
print("Credentials of foreign issuers are taken: OpenID4VCI 1.0, draft 15 and draft 13.")
