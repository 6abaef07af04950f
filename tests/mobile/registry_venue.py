#!/usr/bin/python3
# A venue keeps proofs of the registry, and works while it is down: registry_venue.py JUMIN
#
# Where JUMIN_POSTGRESQL_URL names a server the records are there.
# SPDX-License-Identifier: Apache-2.0
import glob
import hashlib
import json
import os
import socket
import sys
import time

from issuer_home import Issuer
from phone import SD_JWT, Phone, raw, text

NONCE, AUDIENCE = "nonce of the venue", "x509_san_dns:shop.example"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def size_of(head):
    return json.loads(raw(head.split(".")[1]))["size"]


class Venue:
    """What the venue has: a folder with the issuer's root and trust list, proofs, and a head."""

    def __init__(self, issuer):
        self.issuer = issuer
        self.key = json.loads(issuer.run("registry", "head", "--json"))["public_key"]
        self.proofs, self.head = issuer.path("proofs"), issuer.path("venue.head")

    def fetch(self, *options, **expectations):
        return self.issuer.run("registry", "fetch", self.issuer.url, "--allow-http", "--key", self.key, "--head", self.head,
                               "--proofs", self.proofs, *options, **expectations)

    def verify(self, shown, *options, proofs=True, **expectations):
        return self.issuer.run("verify", shown, "--audience", AUDIENCE, "--nonce", NONCE, "--registry-key", self.key,
                               *(("--proof", self.proofs) if proofs else ()), "--require-registry", *options, **expectations)


def show(issuer, name):
    """A copy of the credential as a phone shows it now, in a file."""
    phone = Phone(issuer.url, issuer.port)
    made = issuer.offer("--person", issuer.person(int(hashlib.sha256(name.encode()).hexdigest()[:4], 16)), "--holds-card")
    phone.redeem(phone.offer(made["uri"]), made["tx_code"])
    answer, keys = phone.credentials(SD_JWT, 2)
    shown = answer["credentials"][0]["credential"]
    bound = keys[0].sign({"typ": "kb+jwt"}, {"iat": int(time.time()), "aud": AUDIENCE, "nonce": NONCE,
                                             "sd_hash": text(hashlib.sha256(shown.encode()).digest())})
    return issuer.write(name, shown + bound)


def main(jumin):
    port = free_port()
    with Issuer(jumin, f"http://127.0.0.1:{port}") as issuer:
        issuer.port = port
        issuer.officers(kim=["intake"])
        issuer.run("pki", "iaca", "init")
        issuer.run("pki", "iaca", "trust-list")
        issuer.serve("--status-period", "1", "--unlimited")
        venue = Venue(issuer)

        # Without proofs nobody is taken; with them, as long as the registry answers and after it.
        shown = show(issuer, "shown")
        venue.verify(shown, "--allow-http", proofs=False, expect=1, says="no proof is at hand")
        assert json.loads(venue.fetch("--json"))["fetched"] == 3
        venue.verify(shown, "--allow-http", says="the signer's certificate is entry")
        said = json.loads(venue.fetch("--json"))
        assert said["fetched"] == 0 and said["kept"] == 3
        issuer.stop()
        venue.fetch(expect=1, says="link")
        venue.verify(shown, "--offline", says="the signer's certificate is entry")

        # A signer of whom the registry has told nothing to this venue.
        issuer.run("pki", "iaca", "renew", "sd-jwt")
        issuer.serve("--status-period", "1", "--unlimited")
        other = show(issuer, "other")
        venue.verify(other, "--allow-http", expect=1, says="no proof is at hand")
        assert json.loads(venue.fetch("--json"))["fetched"] == 1
        venue.verify(other, "--allow-http", says="the signer's certificate is entry")

        of_certificates = sorted(glob.glob(os.path.join(venue.proofs, "*.proof")))

        # The proof of a status list, as it lies in its file.
        token = Phone(issuer.url, port).ask("GET", "/status/1")[2]
        with open(issuer.path("list"), "wb") as file:
            file.write(token)
        deadline = time.monotonic() + 60
        while not os.path.exists(os.path.join(venue.proofs, hashlib.sha256(token).hexdigest() + ".proof")):
            assert time.monotonic() < deadline, "the list's digest is not recorded"
            try:
                venue.fetch("--content", issuer.path("list"))
            except AssertionError as refusal:  # a list is recorded a moment after it is seen
                assert "not_found" in str(refusal) or "404" in str(refusal), refusal

        # A proof that was changed is fetched again, and not believed before.
        proof = of_certificates[0]
        issuer.write(os.path.relpath(proof, issuer.work), "{}")
        venue.verify(shown, "--offline", expect=1, says=os.path.basename(proof))
        assert json.loads(venue.fetch("--json"))["fetched"] == 1
        issuer.stop()

        # Under the same key, another registry: shorter first, then longer.
        for name in glob.glob(os.path.join(issuer.home, "registry.db*")) + [os.path.join(issuer.home, "registry.head")]:
            os.unlink(name)
        with open(venue.head, encoding="ascii") as file:
            head = file.read()
        issuer.serve("--status-period", "1", "--unlimited")
        venue.fetch(expect=1, says="is older than the head that was kept (")
        phone, known, size, added = Phone(issuer.url, port), size_of(head), 0, 0
        while size <= known:
            issuer.run("registry", "add", "schema", f"schema {added}", proof)
            size, added = phone.json("GET", "/registry/head")["size"], added + 1
        venue.fetch(expect=1, says="has not grown out of the one that was kept (")
        with open(venue.head, encoding="ascii") as file:
            assert file.read() == head
        venue.verify(other, "--offline", says="the signer's certificate is entry")
        issuer.stop()


if __name__ == "__main__":
    main(sys.argv[1])
