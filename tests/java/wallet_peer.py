#!/usr/bin/env python3
"""An issuer, a bank and a counter for a wallet in another process: wallet_peer.py JUMIN [tap]

Says where it is in a line: the issuer's URL, its folder, and the time. Then each line of the standard input is a request, of
words with spaces between, and is answered by a line. With "tap" there is a card, card.image in that folder, and the issuer
wants faces compared; that takes a PC/SC service of its own.
"""
# SPDX-License-Identifier: Apache-2.0
import json
import os
import subprocess
import sys
import time

FOLDER = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(FOLDER, "..", "mobile"), os.path.join(FOLDER, "..", "pcsc")]
from issuer_home import Issuer  # noqa: E402
from tap_card import SPECIMEN, LazySimulator, make_card, scheme_with_faces  # noqa: E402
from venue_home import Venue, free_port  # noqa: E402


class Peer:
    def __init__(self, issuer, venue, options):
        self.issuer, self.venue, self.options, self.people = issuer, venue, options, 0

    def offer(self):
        """A person's, who holds a card."""
        self.people += 1
        made = self.issuer.offer("--person", self.issuer.person(self.people), "--holds-card", "--photo",
                                 os.path.join(SPECIMEN, "portrait.jpg"))
        return f"{made['uri']} {made['tx_code']} {made['credential']}"

    def request(self, purpose, form):
        """The bank asks; its link, and how the till asks for the result."""
        made = self.venue.ask(purpose, "--format", form)
        return f"{made['link']} {made['id']}"

    def result(self, name):
        answer = subprocess.run([self.issuer.jumin, "verify", "request", "--server", self.venue.url, "--secret",
                                 self.venue.secret, "--allow-http", "--result", name, "--json"], env=self.issuer.environment,
                                stdin=subprocess.DEVNULL, capture_output=True, check=False).stdout
        return json.dumps(json.loads(answer), separators=(",", ":"))

    def counter(self, *code):
        """What a counter says of a code, which has spaces."""
        answer = subprocess.run([self.issuer.jumin, "verify", "--counter-code", " ".join(code), "--cache",
                                 self.issuer.path("counter"), "--allow-http", "--json"], env=self.issuer.environment,
                                stdin=subprocess.DEVNULL, capture_output=True, check=False).stdout
        return json.dumps(json.loads(answer), separators=(",", ":"))

    def lose(self, credential):
        """Answers once it has: the list follows within a period."""
        self.issuer.station("kim", "report-loss", credential, "--phone")
        return "lost"

    def stop(self):
        self.issuer.stop()
        return "stopped"

    def start(self):
        self.issuer.serve(*self.options)
        return "started"

    def answer(self, command, *words):
        return getattr(self, command)(*words)


def make_tapped(issuer):
    """The card is put aside once it is issued; the options of a server that binds phones to it."""
    with open(issuer.path("sim.log"), "wb") as log:
        simulator = LazySimulator(issuer, issuer.path("card.image"), log)
        try:
            make_card(simulator)
        finally:
            simulator.end()
    return ["--terminal", "server", "--scheme", scheme_with_faces(issuer, 80), "--unattested-face"]


def main(jumin, tapped):
    with Issuer(jumin, f"http://127.0.0.1:{free_port()}") as issuer, Venue(issuer, "bank") as venue:
        options = ["--status-period", "1", "--unlimited"]
        issuer.port = int(issuer.url.rsplit(":", 1)[1])
        if tapped:
            options += make_tapped(issuer)
        else:
            issuer.officers(kim=["intake"])
            issuer.run("pki", "iaca", "init")
        issuer.run("pki", "venue", "issue", "bank", "--purpose", "identity", "--purpose", "adult", "--title", "Bank of Specimen",
                   "--host", "localhost")
        issuer.run("pki", "iaca", "trust-list")
        issuer.serve(*options)
        if not tapped:
            venue.serve("--redirect", "https://bank.example/thanks")
        peer = Peer(issuer, venue, options)
        print(issuer.url, issuer.work, int(time.time()), flush=True)
        for line in sys.stdin:
            print(peer.answer(*line.rstrip("\n").split(" ")), flush=True)


main(sys.argv[1], sys.argv[2:] == ["tap"])
