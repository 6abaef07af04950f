# jumin's own wallet before a card on a simulated reader and a server that runs, for tests of taps.
# SPDX-License-Identifier: Apache-2.0
import json
import os
import socket
import time

from tap_card import HOLDERS_PIN

LONG = os.environ.get("JUMIN_LONG") == "1"  # each command opens the wallet, which takes its time


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


class Wallet:
    def __init__(self, issuer, name):
        self.issuer, self.file = issuer, issuer.path(name)
        self.device = json.loads(self.run("init", "--json"))["jwk"]
        mobile = os.path.join(issuer.home, "mobile")
        self.run("trust", os.path.join(mobile, "trust-list.jwt"), "--root", os.path.join(mobile, "iaca.crt"))

    def run(self, command, *arguments, **options):
        return self.issuer.run("wallet", command, *arguments, "--wallet", self.file, **options)

    def tap(self, *arguments, pin=HOLDERS_PIN, **options):
        return self.run("tap", self.issuer.url, "--pin", pin, "--allow-http", *arguments, **options)

    def credentials(self):
        return json.loads(self.run("list", "--json"))["credentials"]

    def states(self):
        return {credential["format"]: credential["state"] for credential in self.credentials()}

    def await_states(self, wanted):
        deadline = time.monotonic() + 60
        while True:
            self.run("refresh", "--allow-http")
            if self.states() == wanted:
                return
            assert time.monotonic() < deadline, f"{self.states()}, not {wanted}"
            time.sleep(0.1)


def check_taken(wallet, answer):
    """Both formats, with unused copies that say who the holder is."""
    credentials = json.loads(answer)["credentials"]
    assert {credential["format"] for credential in credentials} == {"mso_mdoc", "dc+sd-jwt"}, credentials
    for credential in credentials:
        assert credential["state"] == "usable" and credential["trusted"] and credential["unused"] == 10, credential
        if LONG or credential["format"] == "mso_mdoc":
            assert "홍" in wallet.run("show", credential["id"])
