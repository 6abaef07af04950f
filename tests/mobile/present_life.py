#!/usr/bin/python3
# A wallet is shown in person, by the installed commands alone: present_life.py JUMIN; to be run by private_pcscd.
#
# An issuer's server, a wallet on the reader "jumin 0" of a real pcscd, and venues that ask it.
# SPDX-License-Identifier: Apache-2.0
import json
import os
import signal
import socket
import subprocess
import sys

from issuer_home import Issuer

READER, SOCKET = "jumin 0", os.environ["JUMIN_READER_0"]
PATIENCE = 60


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Wallet:
    """The holder's phone."""

    def __init__(self, issuer):
        self.issuer = issuer
        self.process, self.first = None, {}

    def run(self, command, *arguments, **options):
        return self.issuer.run("wallet", command, *arguments, "--wallet", self.issuer.path("phone"), **options)

    def list(self):
        return json.loads(self.run("list", "--json"))["credentials"]

    def unused(self):
        return next(one["unused"] for one in self.list() if one["format"] == "mso_mdoc")

    def history(self):
        return json.loads(self.run("history", "--json"))["events"]

    def fill(self):
        self.run("init")
        self.run("trust", os.path.join(self.issuer.home, "mobile", "trust-list.jwt"),
                 "--root", os.path.join(self.issuer.home, "mobile", "iaca.crt"))
        offer = self.issuer.offer("--person", self.issuer.person(1), "--holds-card")
        self.run("add", offer["uri"], "--tx-code", offer["tx_code"], "--allow-http")
        return offer

    def lay_down(self, *options):
        """The wallet is on the reader, from now on."""
        self.process = subprocess.Popen(
            [self.issuer.jumin, "wallet", "present", "--reader", SOCKET, "--allow-http", "--json", *options,
             "--wallet", self.issuer.path("phone")],
            env=self.issuer.environment, text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            start_new_session=True)  # without a terminal to ask at
        if "--qr" in options:
            self.first = json.loads(self.process.stdout.readline())

    def take_away(self, status, ended=None):
        """What it has told, a line each, and what it said on standard error."""
        if ended is not None:
            self.process.send_signal(ended)
        out, err = self.process.communicate(timeout=PATIENCE)
        assert self.process.returncode == status, f"wallet present ends with {self.process.returncode}\n{out}{err}"
        return [json.loads(line) for line in out.splitlines()], err


def verify(issuer, venue, purpose, *options, **expected):
    words = ("verify", "--venue", venue, "--purpose", purpose, "--reader", READER, "--allow-http", *options)
    return issuer.run(*words, **expected)


def learned(answer):
    return {one["name"]: one["value"] for one in json.loads(answer)["learned"]}


def check_shown(issuer, wallet):
    """Each purpose: the least of data, a copy of its own, a line in the history."""
    cases = (
        ("shop", "adult", {"adult_in_"}),
        ("bank", "age", {"family_name", "given_name", "birth_date"}),
        ("bank", "identity", {"family_name", "birth_date", "registration_number"}),
        ("bank", "address", {"resident_address"}),
    )
    for venue, purpose, wanted in cases:
        left = wallet.unused()
        wallet.lay_down("--approve", purpose)
        values = learned(verify(issuer, venue, purpose, "--json"))
        lines, _ = wallet.take_away(0)
        print(purpose, sorted(values))
        for name in wanted:
            assert any(known.startswith(name) for known in values), (purpose, values)
        if purpose == "adult":
            assert list(values.values()) == [True], values
        assert len(lines) == 1 and lines[0]["result"] == "shown", lines
        assert lines[0]["request"]["venue"]["name"] == venue and lines[0]["request"]["purposes"] == [purpose], lines
        assert wallet.unused() == left - 1
        event = wallet.history()[-1]
        assert (event["kind"], event["who"], event["purpose"]) == ("shown", venue, purpose), event


def main(jumin):
    port = free_port()
    with Issuer(jumin, f"http://127.0.0.1:{port}") as issuer:
        issuer.port = port
        issuer.officers(kim=["intake"])
        issuer.run("pki", "iaca", "init")
        issuer.run("pki", "venue", "issue", "shop", "--purpose", "adult")
        issuer.run("pki", "venue", "issue", "bank", "--purpose", "age", "--purpose", "identity", "--purpose", "address")
        issuer.run("pki", "iaca", "trust-list")
        issuer.serve("--status-period", "1", "--unlimited")
        wallet = Wallet(issuer)
        wallet.fill()
        check_shown(issuer, wallet)
        issuer.stop()
    print("A wallet is shown in person, and not shown.")


main(sys.argv[1])
