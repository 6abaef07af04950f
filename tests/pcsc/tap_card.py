# A card of the counter for tests of taps: applied for, produced and handed over on a simulated reader.
# SPDX-License-Identifier: Apache-2.0
import datetime
import json
import os
import re
import subprocess

HOLDERS_PIN = "314159"
SPECIMEN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "tools", "jumin", "specimen")


def make_card(issuer):
    """The counter's day, up to a card that is handed over and has its holder's PIN; the application's number."""
    person = json.load(open(os.path.join(SPECIMEN, "person.json"), encoding="utf-8"))
    for name in ("document_number", "issue_date", "expiry_date"):
        del person[name]
    issuer.officers(kim=["intake"], lee=["approve"], park=["produce"])
    issuer.run("pki", "init")
    issuer.run("pki", "iaca", "init")
    issuer.run("pki", "terminal", "issue", "station", "--right", "read-back")
    issuer.run("pki", "terminal", "issue", "server", "--right", "issuer")
    serial = re.search(r"in delivery lists (\S+)", issuer.run("sim", "--new", issuer.path("card.image")))[1]
    issuer.station("park", "stock", "receive", issuer.write("list", serial + "\n"), "--delivery", "autumn")
    today = datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=9))).strftime("%Y-%m-%d")
    number = json.loads(issuer.station(
        "kim", "apply", "--person", issuer.write("person.json", person), "--photo", os.path.join(SPECIMEN, "portrait.jpg"),
        "--photo-date", today, "--holds-card", "--paid", "10000", "--json"))["number"]
    issuer.station("lee", "approve", number)
    made = issuer.station("park", "produce", number)
    issuer.station("kim", "handover", number, "--proof", "counter")
    transport = re.search(r"PIN +(\d+)", made)[1]
    issuer.run("card", "pin", "change", "--pin", transport, "--new-pin", HOLDERS_PIN)
    return number


def scheme_with_faces(issuer, score):
    """The scheme that ships, which asks for the holder's face after a tap; its file."""
    scheme = json.loads(issuer.run("station", "policy", "show", "--json"))
    scheme["face"] |= {"tap": True, "minimum_score": score}
    return issuer.write("faces.json", scheme)


class LazySimulator:
    """The issuer, whose card lies on the reader from the moment that it is made."""

    def __init__(self, issuer, image, log):
        self.issuer, self.image, self.log, self.process = issuer, image, log, None

    def __getattr__(self, name):
        return getattr(self.issuer, name)

    def station(self, officer, *arguments, **options):
        if arguments[0] == "produce":
            self.process = subprocess.Popen(
                [self.issuer.jumin, "sim", "--card", f"{self.image}@sim:{os.environ['JUMIN_READER_0']}"],
                env=self.issuer.environment, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        return self.issuer.station(officer, *arguments, **options)

    def end(self):
        if self.process is not None:
            self.process.kill()
            self.process.wait()
