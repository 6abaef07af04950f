#!/usr/bin/python3
# The mobile credential from the counter to a phone and back, by a phone that is not jumin's: serve_issuance.py JUMIN
#
# Where JUMIN_POSTGRESQL_URL names a server the records are there.
# SPDX-License-Identifier: Apache-2.0
import hashlib
import json
import os
import ssl
import sys
import time

from issuer_home import Issuer
from phone import MDOC, SD_JWT, Phone, Refused, Verifier

VALID, INVALID, SUSPENDED = 0, 1, 2


def refused(error, call, *arguments):
    try:
        call(*arguments)
    except Refused as refusal:
        assert refusal.error == error, f"refused with {refusal}, not {error}"
        return refusal
    raise AssertionError(f"not refused with {error}")


def await_status(verifier, phone, place, wanted):
    """Asks until the list that is published says so; returns how many seconds that took."""
    begin = time.monotonic()
    while (status := verifier.status(phone, place)) != wanted:
        assert time.monotonic() < begin + 60, f"the list says {status}, not {wanted}"
        time.sleep(0.1)
    return time.monotonic() - begin


def check_command_line(issuer):
    """What is wrong is said before anything is served."""
    base = ("serve", "--base-url", issuer.url)
    for options, status, says in (
            (("serve", "--wallets", "x", "--terminal", "x"), 2, "--wallets needs --base-url"),
            (("serve", "--base-url", "issuer.example"), 2, "--base-url takes https://"),
            (("serve", "--base-url", issuer.url + "/"), 2, "without a slash at its end"),
            ((*base, "--attested-only"), 2, "--attested-only needs --wallets"),
            ((*base, "--key-storage", "iso_18045_high"), 2, "need --wallets"),
            ((*base, "--batch", "1"), 2, "--batch"),
            ((*base, "--status-period", "0"), 2, "--status-period"),
            (("serve", "--terminal", "x", "--unattested-face"), 2, "--unattested-face needs --base-url"),
            ((*base, *issuer.db), 1, "`jumin pki iaca init` makes it")):
        issuer.run(*options, expect=status, says=says)
    issuer.run("pki", "iaca", "init")
    issuer.run(*base, *issuer.db, "--loss-secret", issuer.write("short", "too short\n"), expect=1, says="16 characters or more")
    issuer.run(*base, *issuer.db, "--wallets", issuer.path("nothing"), expect=1, says="nothing")
    issuer.run(*base, *issuer.db, expect=1, says="passphrase", JUMIN_PASSPHRASE="another one")


def get(phone, path, **headers):
    status, answered, body = phone.ask("GET", path, headers=headers)
    return status, answered, body


def check_lists(phone, verifier, places):
    """Lists are kept by who has them, and all are named."""
    place = places[0]
    path = place["uri"][len(phone.url):]
    status, headers, _ = get(phone, path)
    assert status == 200 and headers["Cache-Control"] == "no-cache", headers.items()
    status, _, body = get(phone, path, **{"If-None-Match": headers["ETag"]})
    assert status in (200, 304) and (status == 200 or body == b"")  # 200: published anew meanwhile
    for wrong in ("/status/0", "/status/01", "/status/1x", "/status/-1", "/status/99999999", "/status/" + "9" * 30, "/status-lists/xml"):
        assert get(phone, wrong)[0] == 404, wrong
    named = [uri for form in ("jwt", "cwt") for uri in phone.json("GET", "/status-lists/" + form)["status_lists"]]
    assert {place["uri"] for place in places} <= set(named) and len(set(named)) == len(named) == 64
    for uri in named:
        verifier.list(phone, uri)


def check_registry(issuer, phone, places):
    """The DID document has the signers' keys; what the registry has of them and of the lists is proven."""
    did_text = get(phone, "/.well-known/did.json")[2]
    did = json.loads(did_text)
    assert did["id"] == "did:web:issuer.example" and len(did["verificationMethod"]) == 3
    head = phone.json("GET", "/registry/head")
    assert head["size"] >= 6
    schemas = [get(phone, "/schema/" + name) for name in ("doctype", "vct")]
    assert json.loads(schemas[1][2])["vct"] == "urn:kr:jumin:resident:1" and get(phone, "/schema/none")[0] == 404
    certificate = ssl.PEM_cert_to_DER_cert(open(os.path.join(issuer.home, "mobile", "mdoc.crt"), encoding="ascii").read())
    key = json.loads(issuer.run("registry", "head", "--json"))["public_key"]
    deadline = time.monotonic() + 60
    for content in (lambda: certificate, lambda: did_text, lambda: schemas[0][2], lambda: schemas[1][2], lambda: get(phone, places[0]["uri"][len(phone.url):])[2]):
        while True:  # a list is recorded a moment after it is seen
            digest = hashlib.sha256(content()).hexdigest()
            status, _, proof = get(phone, "/registry/proof/" + digest)
            if status == 200 or time.monotonic() > deadline:
                break
        assert status == 200, proof
        issuer.run("registry", "verify", issuer.write("proof", proof.decode()), "--key", key)
    assert get(phone, "/registry/proof/" + "0" * 64)[0] == 404


def check_call_centre(issuer, phone, number):
    def loss(secret, **body):
        headers = {"Content-Type": "application/json", "Authorization": "Bearer " + secret}
        return phone.ask("POST", "/loss", json.dumps(body), headers)[0]
    right = "the call centre's secret"
    assert loss("the call centre's secrets", number=number, lost="phone") == 401
    assert loss(right, number=number, lost="wallet") == 400
    assert loss(right, number="M2020-00000001", lost="phone") == 404
    assert loss(right, number=number, lost="phone", reason="by telephone") == 204
    assert loss(right, number=number, lost="phone") == 204
    issuer.station("kim", "credential", number, says="suspended")


def main(jumin):
    with Issuer(jumin) as issuer:
        issuer.officers(kim=["intake"])
        check_command_line(issuer)
        issuer.write("loss", "the call centre's secret\n")
        issuer.serve("--status-period", "1", "--log", "--unlimited", "--loss-secret", issuer.path("loss"))
        verifier = Verifier(issuer.root())
        made = issuer.offer("--person", issuer.person(1), "--holds-card")

        phone = Phone(issuer.url, issuer.port)
        offer = phone.offer(made["uri"])
        refused("invalid_request", phone.redeem, offer)
        refused("invalid_grant", phone.redeem, offer, "000000" if made["tx_code"] != "000000" else "000001")
        phone.redeem(offer, made["tx_code"])
        refused("invalid_grant", phone.redeem, offer, made["tx_code"])
        assert refused("invalid_offer", phone.offer, made["uri"]).status == 410

        places = {}
        for configuration, check in ((MDOC, verifier.mdoc), (SD_JWT, verifier.sd_jwt)):
            answer, keys = phone.credentials(configuration, 3)
            assert len(answer["credentials"]) == 3
            for copy, key in zip(answer["credentials"], keys):
                elements, place = check(copy["credential"], key)
                born = elements["birth_date"]
                assert elements["family_name_unicode"] == "홍" and getattr(born, "value", born) == "2001-03-14"
                assert elements["age_over_19"] is True and elements[f"adult_in_{time.gmtime().tm_year}"] is True
                assert (place["uri"], place["idx"]) not in places
                places[place["uri"], place["idx"]] = (place, configuration)
            phone.post("/notification", {"notification_id": answer["notification_id"], "event": "credential_accepted"},
                       phone.tokens["access_token"])
        for place, _ in places.values():
            assert verifier.status(phone, place) == VALID

        check_lists(phone, verifier, [place for place, _ in places.values()])
        check_registry(issuer, phone, [place for place, _ in places.values()])
        assert phone.json("GET", "/health") == {"status": "ok"}
        assert b"jumin_status_tokens_total " in get(phone, "/metrics")[2]

        check_call_centre(issuer, phone, made["credential"])
        for place, configuration in places.values():
            await_status(verifier, phone, place, INVALID if configuration == MDOC else SUSPENDED)
        refused("invalid_token", phone.credentials, MDOC, 1)
        issuer.station("kim", "restore", made["credential"], "--phone", "--proof", "counter", says="valid")
        for place, _ in places.values():
            await_status(verifier, phone, place, VALID)
        phone.refresh()
        phone.credentials(SD_JWT, 2)
        issuer.stop()
        with open(issuer.path("serve.log"), encoding="utf-8") as log:
            said = log.read()
        assert " POST token 200 " in said and " GET status 200 " in said
        for private in (made["credential"], made["uri"][-43:], phone.tokens["access_token"], "127.0.0.1", "홍"):
            assert private not in said, "the log says who asked"
    print("Offered, redeemed, lost, locked, found, unlocked.")


main(sys.argv[1])
