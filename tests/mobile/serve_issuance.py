#!/usr/bin/python3
# The mobile credential from the counter to a phone and back, by a phone that is not jumin's: serve_issuance.py JUMIN
#
# Where JUMIN_POSTGRESQL_URL names a server the records are there.
# SPDX-License-Identifier: Apache-2.0
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


def main(jumin):
    with Issuer(jumin) as issuer:
        issuer.officers(kim=["intake"])
        issuer.run("serve", "--base-url", issuer.url, *issuer.db, expect=1, says="`jumin pki iaca init` makes it")
        issuer.run("pki", "iaca", "init")
        issuer.write("loss", "the call centre's secret\n")
        issuer.serve("--status-period", "1", "--loss-secret", issuer.path("loss"))
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

        issuer.station("kim", "report-loss", made["credential"], "--phone", says="suspended")
        for place, configuration in places.values():
            await_status(verifier, phone, place, INVALID if configuration == MDOC else SUSPENDED)
        refused("invalid_token", phone.credentials, MDOC, 1)
        issuer.station("kim", "restore", made["credential"], "--phone", "--proof", "counter", says="valid")
        for place, _ in places.values():
            await_status(verifier, phone, place, VALID)
        phone.refresh()
        phone.credentials(SD_JWT, 2)
        issuer.stop()
    print("Offered, redeemed, lost, locked, found, unlocked.")


main(sys.argv[1])
