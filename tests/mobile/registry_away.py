#!/usr/bin/python3
# The server issues while its registry's database is away, and from its start on: registry_away.py JUMIN. Within with_postgresql.
#
# The records are in a file, the registry on a server that is stopped; what the registry is to have comes when it is back.
# SPDX-License-Identifier: Apache-2.0
import os
import subprocess
import sys
import time

REGISTRY, CONTROL = os.environ.pop("JUMIN_POSTGRESQL_URL"), os.environ.pop("JUMIN_POSTGRESQL_CONTROL")

from issuer_home import Issuer  # noqa: E402
from phone import MDOC, Phone  # noqa: E402


def control(what):
    subprocess.run([CONTROL, what], check=True, timeout=60)


def health(phone):
    answer = phone.json("GET", "/health")
    assert answer.pop("status") == "ok", answer  # a proxy goes on sending phones here
    return answer


def await_health(phone, wanted):
    deadline = time.monotonic() + 60
    while health(phone) != wanted:
        assert time.monotonic() < deadline, f"/health does not say {wanted}"
        time.sleep(0.1)


AWAY = {"warning": "the registry does not answer"}


def issue(issuer, phone, number):
    made = issuer.offer("--person", issuer.person(number), "--holds-card")
    phone.redeem(phone.offer(made["uri"]), made["tx_code"])
    answer, _ = phone.credentials(MDOC, 2)
    assert len(answer["credentials"]) == 2
    return made["credential"]


def names(phone, kind):
    return sorted(entry["name"] for entry in phone.json("GET", "/registry/entries/" + kind)["entries"])


def lists(issuer):
    """How many digests of status lists the registry has."""
    return issuer.run("registry", "show", "--registry", REGISTRY).count("status-list")


def main(jumin):
    with Issuer(jumin) as issuer:
        issuer.officers(kim=["intake"])
        issuer.run("pki", "iaca", "init")
        control("stop")
        issuer.run("registry", "show", "--registry", REGISTRY, expect=1, says="database: PostgreSQL: ")
        issuer.serve("--status-period", "1", "--unlimited", "--registry", REGISTRY)
        with open(issuer.path("serve.log"), encoding="utf-8") as log:
            assert log.read().count("the registry does not answer, and gets later what it is to have") == 1
        phone = Phone(issuer.url, issuer.port)
        assert health(phone) == AWAY
        status, _, body = phone.ask("GET", "/registry/head")
        assert status == 503 and b"the registry does not answer" in body, body
        credential = issue(issuer, phone, 1)

        control("start")
        await_health(phone, {})
        assert names(phone, "certificate") == ["mdoc", "sd-jwt", "status"], names(phone, "certificate")
        assert names(phone, "did-document") == ["did:web:issuer.example"] and len(names(phone, "schema")) == 2
        before = lists(issuer)
        assert before > 0
        issuer.run("registry", "audit", "--registry", REGISTRY, says="The registry is whole")

        # And in the middle.
        control("stop")
        issuer.station("kim", "report-loss", credential, "--phone")  # whose lists are to come into the registry
        await_health(phone, AWAY)
        issue(issuer, phone, 2)
        control("start")
        await_health(phone, {})
        assert lists(issuer) > before
        assert phone.json("GET", "/registry/head")["size"] > 0
        issuer.run("registry", "audit", "--registry", REGISTRY, says="The registry is whole")
        issuer.stop()
    print("Issued without the registry, which has all of it now.")


main(sys.argv[1])
