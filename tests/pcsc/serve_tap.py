#!/usr/bin/python3
# From the counter's card to the phone by tap: serve_tap.py JUMIN. To be run by private_pcscd.
#
# A card is applied for, approved, produced and handed over; a phone is bound to it over HTTP, gets its credential with the
# bound key and no code, and loses it when the card is lost, when another phone is bound, and when the card is given back.
# Where JUMIN_POSTGRESQL_URL names a server the records are there.
# SPDX-License-Identifier: Apache-2.0
import http.client
import http.server
import json
import os
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "mobile"))
from cryptography.hazmat.primitives.serialization import load_pem_private_key  # noqa: E402
from issuer_home import PASSPHRASE, Issuer  # noqa: E402
from phone import MDOC, SD_JWT, Key, Phone, Refused, Verifier  # noqa: E402
from tap_card import HOLDERS_PIN, LazySimulator, make_card, scheme_with_faces  # noqa: E402



class Listener(http.server.ThreadingHTTPServer):
    """Hands on what a phone says, and keeps what the server calls the binding."""

    def __init__(self, port):
        self.to, self.session, self.refusal = port, None, None
        super().__init__(("127.0.0.1", 0), Handler)


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        there = http.client.HTTPConnection("127.0.0.1", self.server.to)
        there.request("POST", self.path, body, {"Content-Type": self.headers["Content-Type"]})
        answer = there.getresponse()
        content = answer.read()
        self.server.session = answer.headers.get("Jumin-Session")
        self.server.refusal = content if answer.status != 200 else None
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.headers["Content-Type"])
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        pass


def bind(issuer, listener, name, expect=0):
    """Taps the card with a phone that has the key in that file; its key, the way that OpenID4VCI uses it."""
    path = issuer.path(name)
    issuer.run("card", "bind", "--device-key", path, "--pin", HOLDERS_PIN, "--server",
               f"http://127.0.0.1:{listener.server_port}/binding", "--allow-http", expect=expect)
    phone = Phone(issuer.url, issuer.port)
    with open(path, "rb") as file:
        phone.device = Key(load_pem_private_key(file.read(), PASSPHRASE.encode()))
    return phone


def provision(phone, session, score=90, **claims):
    """With the result of comparing the holder's face, which the bound key signs."""
    claims = {"session": session, "iat": int(time.time()), "score": score, "live": True} | claims
    face = phone.device.sign({"typ": "jumin-face+jwt", "jwk": phone.device.jwk}, claims)
    phone.redeem(phone.post("/provision", {"session": session, "face": face}))


def check_portrait(phone, thief, session):
    """What the face is compared with: for the bound key, and once."""
    def fetch(who):
        headers = {"Content-Type": "application/json", "DPoP": who.proof("POST", "/portrait")}
        return who.ask("POST", "/portrait", json.dumps({"session": session}), headers)

    status, _, body = fetch(thief)
    assert status == 403 and b"another key" in body, body
    status, headers, body = fetch(phone)
    assert status == 200 and headers["Content-Type"] == "image/jpeg" and headers["Cache-Control"] == "no-store"
    assert body.startswith(b"\xff\xd8\xff") and body.endswith(b"\xff\xd9"), "no JPEG"
    status, _, body = fetch(phone)
    assert status == 400 and b"given before" in body, body


def fetch(phone, verifier):
    places = []
    for configuration, check in ((MDOC, verifier.mdoc), (SD_JWT, verifier.sd_jwt)):
        answer, keys = phone.credentials(configuration, 2)
        for copy, key in zip(answer["credentials"], keys):
            elements, place = check(copy["credential"], key)
            assert elements["document_number"].startswith("M"), "of a card"
            places.append(place)
    return places


def await_all(verifier, phone, places, valid):
    deadline = time.monotonic() + 60
    while not all((verifier.status(phone, place) == 0) == valid for place in places):
        assert time.monotonic() < deadline, f"the lists do not say that all copies are {'valid' if valid else 'down'}"
        time.sleep(0.1)


def refused(error, call, *arguments):
    try:
        call(*arguments)
    except Refused as refusal:
        assert refusal.error == error, f"refused with {refusal}, not {error}"
        return
    raise AssertionError(f"not refused with {error}")


def main(jumin):
    with Issuer(jumin) as issuer:
        image = issuer.path("card.image")
        simulator = None
        try:
            with open(issuer.path("sim.log"), "wb") as log:
                simulator = LazySimulator(issuer, image, log)
                number = make_card(simulator)
                issuer.run("serve", "--base-url", issuer.url, "--terminal", "station", *issuer.db, expect=1, says="privileged-terminal")
                faces = ("--scheme", scheme_with_faces(issuer, 80), "--unattested-face")
                issuer.serve("--status-period", "1", "--terminal", "server", "--unlimited", *faces)
                live(issuer, number)
                issuer.stop()
        finally:
            if simulator is not None:
                simulator.end()
    print("Tapped, provisioned, lost with the card, found, on another phone, given back.")


def live(issuer, number):
    verifier, listener = Verifier(issuer.root()), Listener(issuer.port)
    threading.Thread(target=listener.serve_forever, daemon=True).start()
    phone = bind(issuer, listener, "phone.key")
    session = listener.session
    assert session is not None
    thief = Phone(issuer.url, issuer.port)
    refused("access_denied", provision, thief, session)
    refused("invalid_session", provision, phone, "A" * 43)
    refused("face_required", phone.post, "/provision", {"session": session})
    check_portrait(phone, thief, session)
    refused("face_required", provision, phone, session, 79)
    provision(phone, session)
    places = fetch(phone, verifier)
    await_all(verifier, phone, places, True)
    refused("invalid_session", provision, phone, session)

    # Card and credential go down together, and come back together.
    issuer.station("kim", "report-loss", number, "--card", says="credential locked")
    await_all(verifier, phone, places, False)
    bind(issuer, listener, "phone.key", expect=1)
    assert b"the card is lost" in listener.refusal and listener.session is None
    issuer.station("kim", "restore", number, "--proof", "counter")
    await_all(verifier, phone, places, True)

    # One phone.
    second = bind(issuer, listener, "second.key")
    provision(second, listener.session)
    more = fetch(second, verifier)
    await_all(verifier, second, places, False)
    await_all(verifier, second, more, True)
    refused("invalid_token", phone.credentials, MDOC, 1)
    bind(issuer, listener, "phone.key")
    issuer.station("kim", "give-back", number)
    await_all(verifier, second, more, False)
    refused("access_denied", provision, phone, listener.session)
    issuer.station("root", "audit", "verify", says="is whole")
    listener.shutdown()


main(sys.argv[1])
