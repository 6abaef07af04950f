#!/usr/bin/python3
# The code for counters without a radio, by jumin's commands alone: counter_code.py JUMIN
#
# A wallet that the issuer's server has filled makes it, another program reads it out of the picture, and a counter takes it
# once. What the bytes of a bad one are like is test_counter_code.c's.
# SPDX-License-Identifier: Apache-2.0
import json
import os
import shutil
import struct
import subprocess
import sys
import time

from issuer_home import Issuer
from venue_home import Wallet, free_port

VERSION_MAX = 30  # of the QR code: 137 modules, of which 1080 lines of a camera's picture see 7 pixels each


class Counter:
    """`jumin verify` with a folder of its own for what it has seen."""

    def __init__(self, issuer, name):
        self.issuer, self.cache = issuer, issuer.path(name)

    def take(self, *code, expect=0, says=""):
        done = self.issuer.run("verify", *code, "--cache", self.cache, "--allow-http", "--json", expect=expect, says=says)
        return json.loads(done)


def check(verdict, kind):
    return {one["check"]: (one["result"], one["detail"]) for one in verdict["checks"]}[kind]


def qr_version(path):
    """Of a picture with six pixels a module and a margin of four."""
    with open(path, "rb") as file:
        width, height = struct.unpack(">II", file.read(24)[16:])
    assert width == height and width % 6 == 0
    return (width // 6 - 8 - 17) // 4


def check_good(issuer, wallet, counter):
    picture = issuer.path("code.png")
    before = wallet.credentials()["mso_mdoc"]["unused"]
    wallet.online("counter-code", "--yes", "--png", picture, says="Good until ")
    assert wallet.credentials()["mso_mdoc"]["unused"] == before - 1
    event = wallet.history()[-1]
    year = time.gmtime(time.time() + 9 * 3600).tm_year
    assert (event["kind"], event["who"], event["purpose"], event["elements"]) == (
        "shown", "any counter", "adult", f"adult_in_{year}"), event
    if shutil.which("zbarimg"):
        text = subprocess.run(["zbarimg", "--quiet", "--raw", picture], capture_output=True, text=True, check=True).stdout
        print(f"{len(text.strip())} characters, QR code version {qr_version(picture)}")
        assert text.startswith("JMC1:")
    assert qr_version(picture) <= VERSION_MAX
    verdict = counter.take("--image", picture)
    assert verdict["result"] == "passed", verdict
    assert [(one["name"], one["value"]) for one in verdict["learned"]] == [(f"adult_in_{year}", True)], verdict
    assert "seconds old" in check(verdict, "status")[1] and check(verdict, "chain")[0] == "passed", verdict
    verdict = counter.take("--image", picture, expect=1)
    assert check(verdict, "holder") == ("failed", "this code was shown here before") and not verdict["learned"], verdict
    # Another counter cannot know: that is the limit of a code without a question.
    Counter(issuer, "elsewhere").take("--image", picture)


def check_times(issuer, wallet, counter):
    made = json.loads(wallet.online("counter-code", "--yes", "--json"))
    code = ("--counter-code", made["code"])
    for now, says in ((made["expires"], "and over"), (made["expires"] + 1, "61 seconds old")):
        verdict = counter.take(*code, "--now", str(now), expect=1)
        assert says in check(verdict, "holder")[1] and not verdict["learned"], verdict
    for wrong in (made["code"][:-3], made["code"].replace("JMC1:", "JMC2:"), made["code"][:60] + "0" + made["code"][61:],
                  "JMC1:", "", made["code"] + made["code"]):
        verdict = counter.take("--counter-code", wrong, expect=1)
        assert check(verdict, "format")[0] == "failed", (wrong, verdict)
    # None of these has used it up, and no network is needed.
    verdict = counter.take(*code, "--offline", "--now", str(made["expires"] - 1))
    assert verdict["result"] == "passed", verdict


def check_command_line(issuer, wallet):
    for options, says in ((("--counter-code", "x", "--purpose", "age"), "--purpose is not for a counter's code"),
                          (("--counter-code", "x", "--image", "y"), "is needed once"),
                          (("--counter-code", "x", "file"), "is needed once")):
        issuer.run("verify", *options, expect=2, says=says)
    said = wallet.online("counter-code", expect=1, says="the holder said no")
    assert said.startswith("This is for any counter (whoever reads the code within 60 seconds learns it):\n"), said
    assert wallet.history()[-1]["kind"] == "refused"


def check_lost(issuer, wallet, credential):
    made = json.loads(wallet.online("counter-code", "--yes", "--json"))
    issuer.station("kim", "report-loss", credential, "--phone")
    verdict, tries = None, 0
    while tries < 40 and (verdict is None or check(verdict, "status")[0] != "failed"):  # the list's period
        time.sleep(0.25)
        tries += 1
        done = subprocess.run([issuer.jumin, "verify", "--counter-code", made["code"], "--cache", issuer.path(f"fresh{tries}"),
                               "--allow-http", "--json"], env=issuer.environment, capture_output=True, check=False)
        verdict = json.loads(done.stdout)
    assert check(verdict, "status")[0] == "failed" and "locked" in check(verdict, "status")[1], verdict
    wallet.online("refresh")
    wallet.online("counter-code", "--yes", expect=1, says="locked")
    assert "locked" in wallet.history()[-1]["reason"]



def main(jumin):
    with Issuer(jumin, f"http://127.0.0.1:{free_port()}") as issuer:
        issuer.port = int(issuer.url.rsplit(":", 1)[1])
        issuer.officers(kim=["intake"])
        issuer.run("pki", "iaca", "init")
        issuer.run("pki", "iaca", "trust-list")
        issuer.serve("--status-period", "1")
        portrait = os.path.join(os.path.dirname(__file__), "../../tools/jumin/specimen/portrait.jpg")
        offer = issuer.offer("--person", issuer.person(1), "--holds-card", "--photo", portrait)
        wallet = Wallet(issuer)
        wallet.add(offer)
        counter = Counter(issuer, "counter")
        check_good(issuer, wallet, counter)
        check_times(issuer, wallet, counter)
        check_command_line(issuer, wallet)
        check_lost(issuer, wallet, offer["credential"])
        issuer.stop()
    print("Made, read, taken once, too old and locked.")


main(sys.argv[1])
