#!/usr/bin/python3
# Whose wallet a card may be bound to: serve_attested.py JUMIN
#
# The first message of a binding has the wallet provider's word for the device key, made here by other programs; the server
# refuses whatever does not vouch for this key now, and does not start where a face's result would be anybody's word.
# SPDX-License-Identifier: Apache-2.0
import json
import sys
import time

import cbor2
from cryptography.hazmat.primitives.serialization import Encoding

from issuer_home import Issuer
from phone import Key, Phone
from wallet_provider import Provider

BEGIN, ASK = 1, 2
DAY = 86400


def begin(phone, attestation):
    """The first message: status, and the answer."""
    key = b"\x04" + phone.device.x + phone.device.y
    body = cbor2.dumps([BEGIN, key, attestation])
    status, _, answer = phone.ask("POST", "/binding", body, {"Content-Type": "application/cbor"})
    return status, answer


def refused(phone, attestation, why):
    status, answer = begin(phone, attestation)
    assert status == 403, f"{why}: {status} {answer[:200]}"
    said = json.loads(answer)
    assert said["error"] == "certificate" and "the device key is not attested: " in said["error_description"], said
    assert why in said["error_description"], f"{said}: not {why}"


def taken(phone, attestation):
    status, answer = begin(phone, attestation)
    assert status == 200 and cbor2.loads(answer)[0] == ASK, f"{status} {answer[:200]}"


def check_required(phone, provider):
    taken(phone, provider.attest(phone.device))
    taken(phone, provider.attest(Key(), phone.device))
    taken(phone, provider.attest(phone.device, nonce=phone.json("POST", "/nonce")["c_nonce"]))
    refused(phone, b"", "there is no key attestation, and it is required")
    refused(phone, b"no token", "three parts")
    refused(phone, provider.attest(Key()), "for another key")
    refused(phone, provider.attest(phone.device, nonce="A" * 43), "nonce")
    now = int(time.time())
    taken(phone, provider.attest(phone.device, iat=now - 10 * DAY, exp=now + 390 * DAY))
    refused(phone, provider.attest(phone.device, exp=now - 120), "expired")
    refused(phone, provider.attest(phone.device, exp=None), "does not say when it ends")
    refused(phone, provider.attest(phone.device, iat=now - 700 * DAY, exp=None), "does not say when it ends")
    refused(phone, provider.attest(phone.device, exp=None, nonce=phone.json("POST", "/nonce")["c_nonce"]), "does not say when it ends")
    refused(phone, provider.attest(phone.device, iat=now, exp=now + 401 * DAY), "longer than 400 days")
    refused(phone, provider.attest(phone.device, iat=now - 700 * DAY, exp=now + DAY), "longer than 400 days")
    refused(phone, provider.attest(phone.device, key_storage=["iso_18045_basic"]), "safe enough (key_storage)")
    refused(phone, provider.attest(phone.device, key_storage=None), "safe enough (key_storage)")
    refused(phone, provider.attest(phone.device, iat=now + 3600), "not valid yet")
    refused(phone, provider.attest(phone.device, iat=None), "iat")
    refused(phone, provider.attest(phone.device, by=Key()), "signature")  # another key than that of the certificate
    refused(phone, provider.attest(phone.device, typ="jwt"), "typ")
    refused(phone, Provider("Others").attest(phone.device), "not in the trust store")
    refused(phone, Provider("Wallets").attest(phone.device), "not in the trust store")  # the same name


def check_looked_at(phone, provider):
    """Where it is not required, what is sent is looked at all the same."""
    taken(phone, b"")
    taken(phone, provider.attest(phone.device))
    refused(phone, provider.attest(Key()), "for another key")


def main(jumin):
    provider = Provider("Wallets")
    with Issuer(jumin) as issuer:
        roots = issuer.write("wallets.pem", provider.root.public_bytes(Encoding.PEM).decode())
        issuer.officers(kim=["intake"])
        issuer.run("pki", "init")
        issuer.run("pki", "iaca", "init")
        issuer.run("pki", "terminal", "issue", "server", "--right", "issuer")
        scheme = json.loads(issuer.run("station", "policy", "show", "--json"))
        scheme["face"]["tap"] = True
        base = ("--terminal", "server", "--unlimited")
        faces = (*base, "--scheme", issuer.write("faces.json", scheme))
        for attested in ((), ("--wallets", roots)):
            issuer.run("serve", "--base-url", issuer.url, *faces, *attested, *issuer.db, expect=1, says="rules: the scheme asks for the holder's face")
        issuer.serve(*faces, "--wallets", roots, "--attested-only", "--key-storage", "iso_18045_moderate")
        check_required(Phone(issuer.url, issuer.port), provider)
        issuer.stop()
        issuer.serve(*base, "--wallets", roots)
        check_looked_at(Phone(issuer.url, issuer.port), provider)
        issuer.stop()
        issuer.serve("--scheme", issuer.path("faces.json"))  # by the counter's QR alone: no tap, no face
        issuer.stop()
    print("Bound are the keys that a wallet's provider vouches for.")


main(sys.argv[1])
