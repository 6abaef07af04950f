#!/usr/bin/python3
# From the report of a lost phone to its refusal: time_to_refusal.py JUMIN
#
# A phone has both formats of a real server. Its loss is reported at the counter; then the server's list says so, a verifier
# with a network refuses, and a venue that has only what it has kept. The bounds are the lists' own times: a publication a
# period, a list that is kept for its ttl, and the venue's rule on its age. Verifiers go by `--now`, so nothing is waited
# for but the publication. With JUMIN_LONG verifiers go by the clock, too, and the figures are printed beside the bounds.
# Where JUMIN_POSTGRESQL_URL names a server the records are there.
# SPDX-License-Identifier: Apache-2.0
import hashlib
import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
import time

import cbor2
from issuer_home import Issuer
from phone import MDOC, SD_JWT, Phone, Verifier, raw, text

LONG = bool(os.environ.get("JUMIN_LONG"))
PERIODS = (1, 5, 10) if LONG else (1,)
ACCEPT, WARN = 120, 300  # the venue's rule
ROUND = 1  # the server looks once a second whether a publication is due
NAMES = {MDOC: "mdoc", SD_JWT: "SD-JWT"}
AUDIENCE, NONCE = "x509_san_dns:shop.example", "n-0S6_WzA2Mj"
TRANSCRIPT = [None, None, "a session"]
VALID = 0


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def sign1(key, protected, payload):
    """A COSE_Sign1 whose payload is detached."""
    signed = cbor2.dumps(["Signature1", protected, b"", payload])
    return [protected, {}, None, key.sign_raw(signed)]


def show_mdoc(credential, key):
    issued = cbor2.loads(raw(credential))
    empty = cbor2.CBORTag(24, cbor2.dumps({}))
    authentication = ["DeviceAuthentication", TRANSCRIPT, "kr.jumin.resident.1", empty]
    signed = cbor2.dumps(cbor2.CBORTag(24, cbor2.dumps(authentication)))
    signature = sign1(key, cbor2.dumps({1: -7}), signed)
    document = {"docType": "kr.jumin.resident.1", "issuerSigned": issued,
                "deviceSigned": {"nameSpaces": empty, "deviceAuth": {"deviceSignature": signature}}}
    return cbor2.dumps({"version": "1.0", "documents": [document], "status": 0})


def show_sd_jwt(credential, key, now):
    claims = {"iat": now, "aud": AUDIENCE, "nonce": NONCE, "sd_hash": text(hashlib.sha256(credential.encode()).digest())}
    return (credential + key.sign({"typ": "kb+jwt"}, claims)).encode()


class Venue:
    """A verifier with a folder of lists; offline: it fetches none."""

    def __init__(self, issuer, name, offline):
        self.issuer, self.folder = issuer, issuer.path(name)
        self.options = ["--offline"] if offline else []
        os.makedirs(self.folder, mode=0o700, exist_ok=True)

    def verdict(self, configuration, credential, key, now):
        if configuration == MDOC:
            shown, how = show_mdoc(credential, key), ["--transcript", self.issuer.path("transcript")]
        else:
            shown, how = show_sd_jwt(credential, key, now), ["--audience", AUDIENCE, "--nonce", NONCE]
        path = self.issuer.path("shown")
        with open(path, "wb") as file:
            file.write(shown)
        done = subprocess.run([self.issuer.jumin, "verify", path, *how, *self.options, "--cache", self.folder, "--allow-http",
                               "--roots", os.path.join(self.issuer.home, "mobile", "iaca.crt"), "--now", str(now), "--json",
                               "--status-accept", str(ACCEPT), "--status-warn", str(WARN)],
                              env=self.issuer.environment, text=True, stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
        assert done.stdout.startswith("{"), done.stdout + done.stderr
        answer = json.loads(done.stdout)
        return done.returncode == 0, answer

    def accepts(self, copy, now):
        return self.verdict(*copy, now)[0]

    def must(self, accept, copy, now, why):
        accepted, answer = self.verdict(*copy, now)
        assert accepted == accept, f"{NAMES[copy[0]]}, {why}: {json.dumps(answer, ensure_ascii=False, indent=1)}"


def asked(call, *arguments):
    """Once more where the server has closed a connection that was idle."""
    try:
        return call(*arguments)
    except (OSError, http.client.HTTPException):
        return call(*arguments)


def claims_of(verifier, phone, place):
    """When the list that is published now was signed, and for how long it is kept."""
    _, headers, token = asked(phone.ask, "GET", place["uri"][len(phone.url):])
    claims, _, _ = verifier.claims_of_list(token, headers["Content-Type"], place["uri"])
    return claims


def await_time(wanted, most):
    """How many seconds it takes until `wanted` is true."""
    begin = time.monotonic()
    while not wanted():
        assert time.monotonic() < begin + most + 60, "never"
        time.sleep(0.1)
    return time.monotonic() - begin


def one(issuer, number, period):
    verifier, phone = Verifier(issuer.root()), Phone(issuer.url, issuer.port)
    online, cached = Venue(issuer, f"online-{number}", False), Venue(issuer, f"cached-{number}", True)
    made = issuer.offer("--person", issuer.person(number), "--holds-card")
    phone.redeem(phone.offer(made["uri"]), made["tx_code"])
    copies, places, lists = [], {}, {}
    for configuration, check in ((MDOC, verifier.mdoc), (SD_JWT, verifier.sd_jwt)):
        answer, keys = phone.credentials(configuration, 1)
        copy = (configuration, answer["credentials"][0]["credential"], keys[0])
        copies.append(copy)
        places[configuration] = check(*copy[1:])[1]
    begin = int(time.time())
    for copy in copies:
        lists[copy[0]] = claims_of(verifier, phone, places[copy[0]])
        online.must(True, copy, begin, "before the report")
    shutil.copytree(online.folder, cached.folder, dirs_exist_ok=True)

    reported = time.monotonic()
    issuer.station("kim", "report-loss", made["credential"], "--phone", says="suspended")
    took = time.monotonic() - reported
    for copy in copies:
        place, ttl = places[copy[0]], lists[copy[0]]["ttl"]
        says = await_time(lambda: asked(verifier.status, phone, place) != VALID, period)
        published = time.monotonic() - reported
        new = claims_of(verifier, phone, place)
        assert lists[copy[0]]["iat"] <= new["iat"], "an older list"
        # With a network: what was fetched before is gone by until its ttl has passed, and not a second longer.
        if not LONG:
            online.must(True, copy, begin + ttl - 2, "the list at hand lives")
        # With none, the rule on the age of what is kept: accepted, accepted with a warning, refused.
        signed = lists[copy[0]]["iat"]
        cached.must(True, copy, max(begin, signed + ACCEPT), "as old as the rule accepts")
        cached.must(True, copy, max(begin, signed + WARN), "as old as the rule accepts with a warning")
        cached.must(False, copy, max(begin, signed + WARN + 1), "older than the rule accepts")
        if LONG:
            await_time(lambda: not online.accepts(copy, int(time.time())), ttl)
            refused = time.monotonic() - reported
            print(f"{NAMES[copy[0]]:7} period {period:2} s, ttl {ttl} s: the list says so after {published:5.1f} s"
                  f" (at most {period + ROUND}), a verifier online refuses after {refused:5.1f} s"
                  f" (at most {period + ROUND + ttl}), a cached list at {WARN} s of age", flush=True)
            assert says <= period + ROUND + 30 and took < 60  # a machine that is busy is late
        else:
            online.must(False, copy, begin + ttl + 2, "the ttl of the list at hand is over")
    # Fetched once, the lock is there without a network, too.
    shutil.copytree(online.folder, cached.folder, dirs_exist_ok=True)
    for copy in copies:
        cached.must(False, copy, int(time.time()) + ACCEPT // 2, "the list that is kept says so")


def main(jumin):
    port = free_port()
    with Issuer(jumin, f"http://127.0.0.1:{port}") as issuer:
        issuer.port = port
        issuer.officers(kim=["intake"])
        issuer.run("pki", "iaca", "init")
        with open(issuer.path("transcript"), "wb") as file:
            file.write(cbor2.dumps(TRANSCRIPT))
        for number, period in enumerate(PERIODS, 1):
            issuer.serve("--status-period", str(period), "--unlimited")
            one(issuer, number, period)
            issuer.stop()
    print(f"Reported, published, refused; a cached list is refused when it is {WARN} s old, as the venue's rule says.")


main(sys.argv[1])
