# A venue and a phone for tests, by jumin's own commands: `jumin verify serve`, its till, and a wallet.
# SPDX-License-Identifier: Apache-2.0
import json
import os
import re
import signal
import socket
import subprocess

SECRET = "secret of the venue's tills"


def free_port():
    """One that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Venue:
    """`jumin verify serve` with the venue's key that the issuer's home has."""

    def __init__(self, issuer, name, tls=False):
        self.issuer, self.name, self.port = issuer, name, free_port()
        self.url = f"http{'s' if tls else ''}://localhost:{self.port}"
        self.options, self.client = [], ["--allow-http"]
        if tls:
            certificate, key = issuer.path("localhost.crt"), issuer.path("localhost.key")
            subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                            "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-days", "2",
                            "-keyout", key, "-out", certificate], check=True, capture_output=True)
            self.options = ["--certificate", certificate, "--certificate-key", key]
            self.client = ["--authorities", certificate]
        self.secret = issuer.write("till", SECRET + "\n")
        self.server = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.server is not None and self.server.poll() is None:
            self.server.kill()
            self.server.wait()

    def log(self):
        with open(self.issuer.path(self.name + ".log"), encoding="utf-8") as log:
            return log.read()

    def serve(self, *arguments):
        with open(self.issuer.path(self.name + ".log"), "ab") as log:
            self.server = subprocess.Popen(
                [self.issuer.jumin, "verify", "serve", "--listen", f"127.0.0.1:{self.port}", "--base-url", self.url,
                 "--secret", self.secret, "--venue", self.name, "--allow-http", "--log", *self.options, *arguments],
                env=self.issuer.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, text=True)
        line = self.server.stdout.readline()
        assert re.fullmatch(r"Serving on 127\.0\.0\.1:\d+\n", line), f"the venue does not start: {line}{self.log()}"

    def stop(self):
        self.server.send_signal(signal.SIGTERM)
        assert self.server.wait(60) == 0, "not all is answered"

    def till(self, *arguments, **options):
        return self.issuer.run("verify", "request", "--server", self.url, "--secret", self.secret, *self.client,
                               *arguments, **options)

    def ask(self, purpose, *arguments, **options):
        """Opens a request: id, link, expires."""
        return json.loads(self.till("--purpose", purpose, "--json", *arguments, **options))

    def result(self, request, *arguments, expect=0):
        return json.loads(self.till("--result", request["id"], "--json", *arguments, expect=expect))


class Wallet:
    """`jumin wallet` with a file of its own."""

    def __init__(self, issuer, name="phone"):
        self.issuer, self.file = issuer, issuer.path(name + ".wallet")
        self.run("init")
        self.trust()

    def run(self, command, *arguments, **options):
        return self.issuer.run("wallet", command, "--wallet", self.file, *arguments, **options)

    def online(self, command, *arguments, **options):
        return self.run(command, "--allow-http", *arguments, **options)

    def trust(self):
        mobile = os.path.join(self.issuer.home, "mobile")
        self.run("trust", os.path.join(mobile, "trust-list.jwt"), "--root", os.path.join(mobile, "iaca.crt"))

    def add(self, offer):
        self.online("add", offer["uri"], "--tx-code", offer["tx_code"])

    def credentials(self):
        return {one["format"]: one for one in json.loads(self.run("list", "--json"))["credentials"]}

    def history(self):
        return json.loads(self.run("history", "--json"))["events"]


__all__ = ["SECRET", "Venue", "Wallet", "free_port"]
