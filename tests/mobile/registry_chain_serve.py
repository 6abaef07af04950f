#!/usr/bin/python3
# The server issues whatever the chain does, and the chain catches up. Within with_chain: registry_chain_serve.py JUMIN
# SPDX-License-Identifier: Apache-2.0
import json
import os
import socket
import sys
import threading
import time
import urllib.parse
import urllib.request

from issuer_home import Issuer
from phone import MDOC, Phone

ACCOUNT = "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"  # the first one that the chain knows
CHAIN = os.environ["JUMIN_CHAIN_URL"]


def ask(method, *parameters):
    """The chain itself, past the way that can be cut."""
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": parameters}).encode()
    with urllib.request.urlopen(urllib.request.Request(CHAIN, body, {"Content-Type": "application/json"}), timeout=30) as answer:
        return json.load(answer)["result"]


class Way:
    """The way to the chain's node, which can be cut: a port whose connections are passed on."""

    def __init__(self):
        self.port = 0

    def open(self):
        self.socket = socket.create_server(("127.0.0.1", self.port))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self.accept, args=(self.socket,), daemon=True).start()

    def cut(self):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()

    def accept(self, listening):
        address = urllib.parse.urlsplit(CHAIN)
        while True:
            try:
                near, _ = listening.accept()
            except OSError:
                return
            far = socket.create_connection((address.hostname, address.port))
            for source, target in ((near, far), (far, near)):
                threading.Thread(target=self.copy, args=(source, target), daemon=True).start()

    @staticmethod
    def copy(source, target):
        try:
            while data := source.recv(65536):
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            pass


class Chain:
    def __init__(self, issuer, way):
        self.issuer = issuer
        self.node = ["--node", f"http://127.0.0.1:{way.port}", "--allow-http"]
        os.chmod(issuer.write("account", ACCOUNT + "\n"), 0o600)
        self.account = ["--account", issuer.path("account")]
        self.contract = issuer.run("registry", "chain", "deploy", *self.node, *self.account).strip()

    def look(self, *options, sends=True, **expectations):
        expectations.setdefault("expect", 0)
        return json.loads(self.issuer.run("registry", "chain", "look", *self.node, "--contract", self.contract,
                                          *(self.account if sends else []), "--json", *(options or ("--stopped-after", "0")),
                                          **expectations))


def issue(issuer, number):
    """Somebody gets a credential, and the server says that it is well."""
    phone = Phone(issuer.url, issuer.port)
    made = issuer.offer("--person", issuer.person(number), "--holds-card")
    phone.redeem(phone.offer(made["uri"]), made["tx_code"])
    answer, _ = phone.credentials(MDOC, 2)
    assert len(answer["credentials"]) == 2
    before = phone.json("GET", "/registry/head")["size"]
    issuer.station("kim", "report-loss", made["credential"], "--phone")  # whose lists come into the registry
    deadline = time.monotonic() + 60
    while phone.json("GET", "/registry/head")["size"] == before:
        assert time.monotonic() < deadline, "the registry does not go on"
        time.sleep(0.1)
    assert phone.json("GET", "/health") == {"status": "ok"}


def main(jumin):
    way = Way()
    way.open()
    with Issuer(jumin) as issuer:
        chain = Chain(issuer, way)
        issuer.officers(kim=["intake"])
        issuer.run("pki", "iaca", "init")
        issuer.serve("--status-period", "1", "--unlimited")
        assert chain.look()["state"] == "in-step"
        snapshot = ask("evm_snapshot")

        way.cut()
        said = chain.look(expect=1)
        assert said["state"] == "unreachable" and said["why"]
        issue(issuer, 1)
        way.open()

        ask("evm_setAutomine", False)
        deadline = time.monotonic() + 60
        while (said := chain.look("--stopped-after", "1", expect=1))["state"] != "stopped":
            assert said["state"] == "stuck" and time.monotonic() < deadline, said
        assert said["sent"] == 0 and said["log"] > said["chain"]
        issue(issuer, 2)
        ask("evm_setAutomine", True)
        said = chain.look()
        assert said["state"] == "in-step" and said["sent"] > 0 and said["log"] == said["chain"], said

        # Another fork wins, on which there is less.
        assert ask("evm_revert", snapshot)
        said = chain.look(sends=False, expect=1)
        assert said["state"] == "behind" and said["reorganised"], said
        issue(issuer, 3)
        said = chain.look()
        assert said["state"] == "in-step" and said["sent"] > 0 and said["log"] == said["chain"], said

        # What the chain says is held against another log: nothing is sent, and that log goes on, too.
        other = {"JUMIN_HOME": issuer.path("other")}
        issuer.run("registry", "add", "schema", "else", issuer.path("account"), **other)
        said = chain.look(expect=1, **other)
        assert said["state"] == "forked" and said["sent"] == 0, said
        issuer.run("registry", "add", "schema", "goes on", issuer.path("account"), says="entry 1", **other)
        issuer.stop()


if __name__ == "__main__":
    main(sys.argv[1])
