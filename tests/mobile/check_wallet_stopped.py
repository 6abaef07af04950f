#!/usr/bin/python3
# Ctrl-C while an issuer keeps a wallet waiting: check_wallet_stopped.py JUMIN.
#
# At each request in turn the issuer is silent. The wallet ends with a sentence and the status 130, leaves its file whole and
# nothing beside it, and what was not used up can be had again.
# SPDX-License-Identifier: Apache-2.0
import os
import signal
import subprocess
import sys
import tempfile
import threading

from foreign_issuer import Issuer, Wallet, expect


class SilentIssuer(Issuer):
    """Says nothing to the requests whose path ends in `silent_at`, until it is let go."""

    def __init__(self):
        super().__init__("draft15")
        self.silent_at, self.asked, self.go = None, threading.Event(), threading.Event()
        self.http.handle_error = lambda *_: None  # whom it answers at last is gone

    def answer(self, method, path, headers, body):
        if self.silent_at is not None and path.endswith(self.silent_at):
            self.asked.set()
            self.go.wait(60)
            return 503, None, {}
        return super().answer(method, path, headers, body)

    def silence(self, path):
        self.silent_at = path
        self.asked.clear()
        self.go.clear()

    def end_silence(self):
        self.silent_at = None
        self.go.set()


def stop(issuer, wallet, path, *arguments, number=signal.SIGINT):
    """What the wallet says when it is interrupted while it waits for that path."""
    issuer.silence(path)
    process = subprocess.Popen([wallet.jumin, "wallet", *arguments, "--allow-http", "--wallet", wallet.path], text=True,
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               env={**os.environ, "JUMIN_PASSPHRASE": "open", "JUMIN_HOME": os.path.dirname(wallet.path)})
    expect(issuer.asked.wait(60), "it asks", path)
    process.send_signal(number)
    out, said = process.communicate(timeout=20)
    issuer.end_silence()
    expect(process.returncode == 130, "the status is 130", path, process.returncode, out, said)
    expect(said.count("\n") == 1 and "cancelled: " in said, "one sentence", path, said)
    left = sorted(os.listdir(os.path.dirname(wallet.path)))
    expect(left == ["wallet", "wallet.lock"], "nothing is left over", path, left)
    return said


def check_add(jumin, folder):
    issuer, wallet = SilentIssuer(), Wallet(jumin, folder, "wallet")
    offer = issuer.offer()
    for path, number in (("/openid-credential-issuer", signal.SIGINT), ("/openid-configuration", signal.SIGTERM)):
        said = stop(issuer, wallet, path, "add", offer, number=number)
        expect("the offer can be taken again" in said, "the code is not used up", said)
    expect(wallet.credentials() == [], "nothing is kept")
    said = stop(issuer, wallet, "/token", "add", offer)
    expect("unless the issuer has taken its code" in said, "the code may be used up", said)
    # It was not: no answer, no use.
    for path in ("/nonce", "/credential"):
        said = stop(issuer, wallet, path, *(("add", offer) if path == "/nonce" else ("refresh",)))
        expect("refresh" in said, "what it was good for is kept", said)
    (sd,) = wallet.credentials()
    expect(sd["state"] == "pending" and sd["copies"] == 0, "it is still to come", sd)
    wallet.run("refresh", "--allow-http")
    (sd,) = wallet.credentials()
    expect(sd["state"] == "usable" and sd["unused"] == 4 and issuer.problem == "", "and comes", sd, issuer.problem)


with tempfile.TemporaryDirectory() as work:
    check_add(sys.argv[1], work)
print("Interrupted at each request, the wallet is whole and goes on.")
