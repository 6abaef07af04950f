#!/usr/bin/python3
# The issuer's server killed at random moments under load: serve_kill.py JUMIN MAKE_OFFERS
#
# Phones redeem, fetch both formats and have each other's phones reported lost, while the server is killed (SIGKILL) and
# started again. Afterwards: no code has served two phones, each copy that a phone has got has a place of its own in a list
# that was published, and each lock is there for all copies of both formats or for none. With JUMIN_LONG a hundred kills.
# Where JUMIN_POSTGRESQL_URL names a server the records are there.
# SPDX-License-Identifier: Apache-2.0
import http.client
import json
import os
import random
import subprocess
import sys
import threading
import time

from issuer_home import Issuer
from phone import MDOC, SD_JWT, Phone, Refused, Verifier

KILLS = 100 if os.environ.get("JUMIN_LONG") else 5
THREADS, COPIES, OFFERS = 4, 2, 40 * KILLS
VALID = 0
SECRET = "the call centre's secret"
GONE = (OSError, http.client.HTTPException)


class Holder:
    """One offer, what has become of it, and the phone that has it."""

    def __init__(self, line):
        self.reference, self.tx_code, self.credential = line.split()
        self.redeemed = 0  # phones that got tokens for it
        self.unanswered = False  # a redemption was under way when the server died
        self.copies = []  # (configuration, credential, key)
        self.lock_answered, self.lock_unanswered = False, False


class Load:
    def __init__(self, issuer, holders):
        self.issuer, self.holders = issuer, holders
        self.next, self.lock, self.ending = 0, threading.Lock(), False
        self.failures = []

    def take(self):
        with self.lock:
            self.next += 1
            return self.holders[self.next - 1] if self.next <= len(self.holders) and not self.ending else None

    def redeem(self, phone, holder):
        """As a wallet: the code is tried again where no answer came. False: it is used up."""
        while True:
            try:
                offer = phone.offer(f"x://?credential_offer_uri={self.issuer.url}/offer/{holder.reference}")
                phone.redeem(offer, holder.tx_code)
                holder.redeemed += 1
                return True
            except GONE:
                holder.unanswered = True
                time.sleep(0.05)
            except Refused as refusal:
                if refusal.status == 503:
                    time.sleep(0.05)
                    continue
                assert refusal.error in ("invalid_grant", "invalid_offer"), refusal
                return False

    def fetch(self, phone, holder, configuration):
        while True:
            try:
                answer, keys = phone.credentials(configuration, COPIES)
                holder.copies += [(configuration, copy["credential"], key) for copy, key in zip(answer["credentials"], keys)]
                return
            except GONE:
                time.sleep(0.05)
            except Refused as refusal:
                assert refusal.status == 503, refusal
                time.sleep(0.05)

    def report_loss(self, phone, holder):
        headers = {"Content-Type": "application/json", "Authorization": "Bearer " + SECRET}
        try:
            phone.json("POST", "/loss", json.dumps({"number": holder.credential, "lost": "phone"}), headers)
            holder.lock_answered = True
        except GONE:
            holder.lock_unanswered = True  # never asked again: done whole, or not at all
        except Refused as refusal:
            assert refusal.status == 503, refusal
            holder.lock_unanswered = True

    def one(self, holder, number):
        phone, other = Phone(self.issuer.url, self.issuer.port), Phone(self.issuer.url, self.issuer.port)
        racing = number % 4 == 0  # a screenshot of the code is on a second phone
        second = threading.Thread(target=self.guarded, args=(lambda: self.redeem(other, holder),)) if racing else None
        if second:
            second.start()
        mine = self.redeem(phone, holder)
        if second:
            second.join()
        if not mine:
            return
        for configuration in (MDOC, SD_JWT):
            self.fetch(phone, holder, configuration)
        if number % 2 == 0:
            self.report_loss(phone, holder)

    def guarded(self, work):
        try:
            work()
        except Exception as failure:  # pylint: disable=broad-except
            self.failures.append(repr(failure))
            self.ending = True

    def run(self):
        while (holder := self.take()) is not None:
            number = self.holders.index(holder)
            self.guarded(lambda h=holder, n=number: self.one(h, n))


def check(issuer, load, holders):
    """What must hold whatever was killed; returns counts to be printed."""
    verifier, phone = Verifier(issuer.root()), Phone(issuer.url, issuer.port)
    places, lists, locks, cut = set(), {}, 0, 0
    deadline = time.monotonic() + 60

    def status(place):
        if place["uri"] not in lists:
            lists[place["uri"]] = verifier.list(phone, place["uri"])
        return lists[place["uri"]][place["idx"]]

    for holder in holders[:load.next]:
        assert holder.redeemed <= 1, f"{holder.credential}: a code has served {holder.redeemed} phones"
        cut += holder.unanswered or holder.lock_unanswered
        kinds = {MDOC: verifier.mdoc, SD_JWT: verifier.sd_jwt}
        mine = [kinds[configuration](copy, key)[1] for configuration, copy, key in holder.copies]
        for place in mine:
            assert (place["uri"], place["idx"]) not in places, "two copies have one place"
            places.add((place["uri"], place["idx"]))
        if not mine:
            continue
        while True:
            states = {status(place) != VALID for place in mine}
            if not (holder.lock_answered and states != {True}):
                break
            assert time.monotonic() < deadline, f"{holder.credential}: a lock that was answered is not seen"
            time.sleep(0.5)
            lists.clear()  # the next publication
        assert len(states) == 1, f"{holder.credential}: half locked"
        if not holder.lock_answered and not holder.lock_unanswered:
            assert states == {False}, f"{holder.credential}: locked by nobody"
        locks += states == {True}
    return len(places), locks, cut


def main(jumin, make_offers):
    seed = int(os.environ.get("JUMIN_SEED", "1"))
    randomness = random.Random(seed)
    with Issuer(jumin) as issuer:
        issuer.officers(kim=["intake"])
        issuer.run("pki", "iaca", "init")
        issuer.write("loss", SECRET + "\n")
        database = issuer.db[1] if issuer.db else os.path.join(issuer.home, "station.db")
        lines = subprocess.run([make_offers, issuer.home, database, "kim", "1", str(OFFERS)], check=True, text=True,
                               stdout=subprocess.PIPE, env=issuer.environment | {"JUMIN_OFFICER_PASSPHRASE": "passphrase of kim"})
        holders = [Holder(line) for line in lines.stdout.splitlines()]
        serve = ("--status-period", "1", "--unlimited", "--loss-secret", issuer.path("loss"))
        issuer.serve(*serve)
        load = Load(issuer, holders)
        threads = [threading.Thread(target=load.run) for _ in range(THREADS)]
        for thread in threads:
            thread.start()
        for _ in range(KILLS):
            time.sleep(randomness.uniform(0.05, 1.0))
            issuer.kill()
            issuer.serve(*serve)
        load.ending = True
        for thread in threads:
            thread.join()
        assert not load.failures, load.failures[:3]
        copies, locks, cut = check(issuer, load, holders)
        issuer.station("root", "audit", "verify", says="is whole")
        issuer.run("registry", "audit", says="The registry is whole")
        issuer.stop()
    assert cut > 0 and locks > 0, "nothing was under way when the server died"
    print(f"{KILLS} kills (seed {seed}): {load.next} codes, {copies} copies, {locks} locks, {cut} calls cut off: nothing half.")


main(*sys.argv[1:])
