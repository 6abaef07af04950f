# An issuer for tests, on the command line: a home with keys, a counter's officer, and `jumin serve`.
# SPDX-License-Identifier: Apache-2.0
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile

PASSPHRASE = "specimen"


class Issuer:
    def __init__(self, jumin, url="https://issuer.example"):
        self.jumin, self.url = jumin, url
        self.work = tempfile.mkdtemp(prefix="jumin-issuer-")
        self.home = os.path.join(self.work, "home")
        database = os.environ.get("JUMIN_POSTGRESQL_URL")
        self.db = ["--db", database] if database else []
        self.environment = dict(os.environ, JUMIN_HOME=self.home, JUMIN_PASSPHRASE=PASSPHRASE)
        self.server, self.port = None, 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.server is not None and self.server.poll() is None:
            self.server.kill()
            self.server.wait()
        shutil.rmtree(self.work)

    def path(self, name):
        return os.path.join(self.work, name)

    def write(self, name, content):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(content if isinstance(content, str) else json.dumps(content, ensure_ascii=False))
        return self.path(name)

    def run(self, *arguments, expect=0, says="", **environment):
        """Runs jumin; what it writes to standard output, after a look at both outputs."""
        done = subprocess.run([self.jumin, *arguments], env=self.environment | environment, text=True,
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=120)
        said = done.stdout + done.stderr
        assert done.returncode == expect, f"jumin {' '.join(arguments)}: {done.returncode}\n{said}"
        assert says in said, f"jumin {' '.join(arguments)} does not say {says!r}\n{said}"
        return done.stdout

    def station(self, officer, *arguments, **options):
        return self.run("station", *arguments, *self.db, JUMIN_OFFICER=officer,
                        JUMIN_OFFICER_PASSPHRASE=f"passphrase of {officer}", **options)

    def officers(self, **roles):
        """officers(kim=["intake"], …), by a first one who may audit."""
        self.write("root", "passphrase of root\n")
        self.run("station", "officer", "root", "--role", "audit", "--new-passphrase-file", self.path("root"), *self.db)
        for officer, names in roles.items():
            self.write(officer, f"passphrase of {officer}\n")
            self.station("root", "officer", officer, *(f"--role={name}" for name in names),
                         "--new-passphrase-file", self.path(officer))

    def person(self, number):
        """A person file of somebody who does not exist; each number is another one."""
        return self.write(f"person-{number}.json", {
            "surname": {"hangul": "홍"}, "given_names": {"hangul": "길순"}, "birth_date": "2001-03-14", "sex": "F",
            "nationality": "KOR", "issuing_state": "KOR", "issuing_authority": "견본시장",
            "municipality_code": "3611010100", "registration_number": f"012314-4{number:06d}"})

    def offer(self, *who):
        """The one-time QR: credential, uri, tx_code."""
        return json.loads(self.station("kim", "offer", *who, "--base-url", self.url, "--proof", "counter", "--json"))

    def root(self):
        with open(os.path.join(self.home, "mobile", "iaca.crt"), "rb") as file:
            return file.read()

    def serve(self, *arguments):
        """Starts the server; returns when it listens."""
        with open(self.path("serve.log"), "ab") as log:
            self.server = subprocess.Popen(
                [self.jumin, "serve", "--listen", f"127.0.0.1:{self.port}", "--base-url", self.url, *self.db, *arguments],
                env=self.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, text=True)
        line = self.server.stdout.readline()
        found = re.fullmatch(r"Serving on 127\.0\.0\.1:(\d+)\n", line)
        if found is None:
            with open(self.path("serve.log"), encoding="utf-8") as log:
                raise AssertionError(f"the server does not start: {line}{log.read()}")
        self.port = int(found[1])

    def stop(self):
        self.server.send_signal(signal.SIGTERM)
        assert self.server.wait(60) == 0, "not all is answered"

    def kill(self):
        self.server.kill()
        self.server.wait()
