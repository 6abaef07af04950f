#!/usr/bin/python3
# From the counter's card to jumin's own wallet by tap: wallet_tap.py JUMIN. To be run by private_pcscd.
#
# The wallet taps a card before a real PC/SC service at a server that runs; the holder's face is compared by a program; a second
# phone taps the same card, and the first one's credential is over.
# SPDX-License-Identifier: Apache-2.0
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "mobile"))
from issuer_home import Issuer  # noqa: E402
from tap_card import SPECIMEN, LazySimulator, make_card, scheme_with_faces  # noqa: E402
from tap_wallet import LONG, Wallet, check_taken, free_port  # noqa: E402

OVER = {"mso_mdoc": "locked", "dc+sd-jwt": "revoked"}  # the list of an mdoc cannot tell the two apart
PICTURE = os.path.join(SPECIMEN, "portrait.jpg")


def matcher(issuer, name, body):
    """A program that compares, as a script."""
    path = issuer.write(name, "#!/bin/sh\n" + body + "\n")
    os.chmod(path, 0o700)
    return path


def taps_without_faces(issuer):
    issuer.serve("--status-period", "1", "--terminal", "server", "--unlimited")
    first = Wallet(issuer, "first")
    first.tap(pin="000000", expect=1, says="wrong-password")
    first.tap(expect=2, says="--matcher and --picture belong together", *("--matcher", "true"))
    check_taken(first, first.tap("--json"))

    # Another phone of the same holder: the first one's is over at once, and so says its list.
    second = Wallet(issuer, "second")
    check_taken(second, second.tap("--json"))
    first.await_states(OVER)
    first.run("refresh", "--refill", "--allow-http")
    assert first.states() == OVER, "what is over comes back"
    second.run("refresh", "--refill", "--allow-http")
    issuer.stop()
    return second


def taps_with_faces(issuer, wallet):
    scheme = scheme_with_faces(issuer, 70)
    issuer.serve("--status-period", "1", "--terminal", "server", "--unlimited", "--scheme", scheme, "--unattested-face")
    seen = issuer.path("seen.jpg")
    alike = matcher(issuer, "alike", f"cp \"$1\" {seen} && echo '{{\"score\": 70, \"live\": true}}'")
    refusals = (
        ("not-alike", "echo '{\"score\": 69, \"live\": true}'", "rules: the card's credential: face_required: the face is not alike"),
        ("not-alive", "echo '{\"score\": 99, \"live\": false}'", "rules: the picture is not of a living face"),
        ("fails", "exit 4", "malformed: the face was not compared: the matcher failed with status 4"))
    for name, body, says in refusals if LONG else refusals[:1]:
        wallet.tap("--matcher", matcher(issuer, name, body), "--picture", PICTURE, expect=1, says=says)
    if LONG:
        wallet.tap("--matcher", "/nowhere/matcher", "--picture", PICTURE, expect=1, says="no matcher: /nowhere/matcher")
        wallet.tap(expect=1, says="not-supported: the issuer wants the holder's face compared")
    wallet.tap("--matcher", alike, "--picture", issuer.write("text", "no picture"), expect=1, says="the picture is no JPEG")
    check_taken(wallet, wallet.tap("--matcher", alike, "--picture", PICTURE, "--json"))
    with open(seen, "rb") as file:
        assert file.read(3) == b"\xff\xd8\xff", "no portrait"
    issuer.stop()


def main(jumin):
    port = free_port()
    with Issuer(jumin, f"http://127.0.0.1:{port}") as issuer:
        issuer.port = port
        simulator = None
        try:
            with open(issuer.path("sim.log"), "wb") as log:
                simulator = LazySimulator(issuer, issuer.path("card.image"), log)
                number = make_card(simulator)
                issuer.run("pki", "iaca", "trust-list")
                wallet = taps_without_faces(issuer)
                taps_with_faces(issuer, wallet)
                issuer.station("kim", "report-loss", number, "--card", says="credential locked")
        finally:
            if simulator is not None:
                simulator.end()
    print("Tapped by the wallet, on another phone, and with the holder's face.")


main(sys.argv[1])
