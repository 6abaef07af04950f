#!/usr/bin/env python3
"""The venue and the wallet of check_vp.py over real HTTP: before `jumin verify serve` with a phone of phone.py's that the
issuer's server has filled, and before `jumin wallet respond`.

usage: check_vp_http.py JUMIN
"""
# SPDX-License-Identifier: Apache-2.0
import http.client
import http.server
import json
import os
import subprocess
import sys
import threading
import time

try:
    from cryptography.hazmat.primitives import serialization
except ImportError:
    sys.exit(77)

import check_vp
import venue_home
from check_vp import encode
from issuer_home import PASSPHRASE, Issuer
from phone import MDOC, SD_JWT, Phone

ADULT_IN = f"adult_in_{time.gmtime(time.time() + 9 * 3600).tm_year}"
PERSON = {"family_name_unicode", "given_name_unicode", "birth_date"}


def certificate(path):
    with open(path, "rb") as file:
        done = subprocess.run(["openssl", "x509", "-outform", "DER"], input=file.read(), capture_output=True, check=True)
    return encode(done.stdout)


# --- Our venue, a wallet here --------------------------------------------------------------------------------------


class Server:
    """Looks like check_vp's peer, and is `jumin verify serve`."""

    def __init__(self, venue, stage):
        self.venue, self.stage = venue, stage

    def http(self, method, path, body="", authorization=None, type=None):
        headers = {"Authorization": "Bearer " + venue_home.SECRET} if authorization else {}
        connection = http.client.HTTPConnection("127.0.0.1", self.venue.port, timeout=60)
        connection.request(method, path, body, headers | ({"Content-Type": type} if type else {}))
        answer = connection.getresponse()
        content = answer.read().decode()
        connection.close()
        return {"status": answer.status, "type": answer.headers["Content-Type"], "body": content}


def fill(issuer):
    """A phone that is not ours, and a credential in each format."""
    offer = issuer.offer("--person", issuer.person(1), "--holds-card")
    phone = Phone(issuer.url, issuer.port)
    phone.redeem(phone.offer(offer["uri"]), offer["tx_code"])
    held = {}
    for configuration, name in ((MDOC, "mdoc"), (SD_JWT, "sd_jwt")):
        answer, keys = phone.credentials(configuration, 2)
        secret = keys[0].secret.private_numbers().private_value.to_bytes(32, "big")
        held[name] = {"holder_secret": encode(secret), name: answer["credentials"][0]["credential"]}
    return held


def check_our_venue(issuer, held, by_host):
    home = os.path.join(issuer.home, "mobile")
    with venue_home.Venue(issuer, "till") as venue:
        venue.serve(*(["--by-host"] if by_host else []))
        client_id = "x509_san_dns:localhost" if by_host else None
        stage = {"url": venue.url, "venue_certificate": certificate(home + "/venues/till.crt"), "now": int(time.time())}
        for enc in ("A128GCM", "A256GCM"):
            server = Server(venue, stage | held["mdoc"])
            wallet = check_vp.Wallet(server, "adult", post=enc == "A256GCM", client_id=client_id, format="mso_mdoc")
            assert wallet.claims["dcql_query"]["credential_sets"] == [{"options": [["mdoc"]]}]
            assert set(wallet.claims["client_metadata"]["encrypted_response_enc_values_supported"]) == {"A128GCM", "A256GCM"}
            other = check_vp.Wallet(server, "adult", client_id=client_id)
            assert wallet.key.thumbprint() != other.key.thumbprint() and wallet.claims["nonce"] != other.claims["nonce"]
            assert wallet.post({"mdoc": [wallet.show_mdoc({ADULT_IN})]}, enc)["status"] == 200
            result = wallet.result()
            assert result["state"] == "good" and result["verdict"]["result"] == "passed", result
            assert [(one["name"], one["value"]) for one in result["verdict"]["learned"]] == [(ADULT_IN, True)], result
            # What was shown to one is nothing to another.
            assert other.post({"mdoc": [wallet.show_mdoc({ADULT_IN})]}, enc)["status"] == 200
            result = other.result()
            assert result["state"] == "failed" and not result["verdict"]["learned"], result
            server = Server(venue, stage | held["sd_jwt"])
            wallet = check_vp.Wallet(server, "age", client_id=client_id, format="dc+sd-jwt")
            shown = wallet.show_sd_jwt(PERSON)
            assert wallet.post({"sd-jwt": [shown]}, enc)["status"] == 200
            result = wallet.result()
            assert result["state"] == "good" and {one["name"] for one in result["verdict"]["learned"]} == PERSON, result
            assert wallet.post({"sd-jwt": [shown]}, enc)["status"] == 404  # it is over
            # Bound to another audience, to another nonce, and to a time long ago.
            for name, value in (("client_id", "x509_hash:another"), ("nonce", "another")):
                wallet = check_vp.Wallet(server, "age", client_id=client_id)
                wallet.claims = wallet.claims | {name: value}
                shown = wallet.show_sd_jwt(PERSON)
                assert wallet.post({"sd-jwt": [shown]}, enc)["status"] == 200
                result = wallet.result()
                assert result["state"] == "failed" and not result["verdict"]["learned"], result
            wallet = check_vp.Wallet(Server(venue, stage | held["sd_jwt"] | {"now": stage["now"] - 600}), "age",
                                     client_id=client_id)
            assert wallet.post({"sd-jwt": [wallet.show_sd_jwt(PERSON)]}, enc)["status"] == 200
            assert wallet.result()["state"] == "failed"
        # A wallet that shows the other format than was asked for has answered nothing.
        wallet = check_vp.Wallet(server, "age", client_id=client_id, format="mso_mdoc")
        assert wallet.post({"sd-jwt": [wallet.show_sd_jwt(PERSON)]})["status"] == 400
        venue.stop()


# --- A venue here, our wallet --------------------------------------------------------------------------------------


class Listener:
    """Serves check_vp's venue."""

    def __init__(self):
        self.venue = None
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def answer(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
                made = outer.venue.serve({"method": self.command, "url": outer.url + self.path, "body": body,
                                          "type": self.headers.get("Content-Type")})
                content = made["body"].encode()
                self.send_response(made["status"])
                self.send_header("Content-Type", made["type"])
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = answer

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://localhost:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


def check_our_wallet(issuer):
    home = os.path.join(issuer.home, "mobile")
    wallet = venue_home.Wallet(issuer)
    wallet.add(issuer.offer("--person", issuer.person(2), "--holds-card"))
    listener = Listener()
    with open(home + "/venues/till.key", "rb") as file:
        key = serialization.load_pem_private_key(file.read(), PASSPHRASE.encode())
    stage = {"url": listener.url, "venue_certificate": certificate(home + "/venues/till.crt"),
             "venue_secret": encode(key.private_numbers().private_value.to_bytes(32, "big")), "adult_in": ADULT_IN,
             "mdoc_signer": certificate(home + "/mdoc.crt"), "sd_jwt_issuer": certificate(home + "/sd-jwt.crt"),
             "seconds": 120}
    mdoc = {**check_vp.MDOC, "claims": [{"path": ["kr.jumin.resident.1", ADULT_IN], "values": [True]},
                                        {"path": ["org.iso.23220.1", "birth_date"]}]}
    sd_jwt = {**check_vp.SD_JWT, "claims": [{"path": [ADULT_IN]}, {"path": ["birth_date"]}]}

    def ask(query, more=None, **changes):
        listener.venue = check_vp.Venue(stage | {"now": int(time.time())}, {"credentials": [query]}, **changes)
        return listener.venue, listener.venue.link(**(more or {}))

    for query, verify, enc, known_as, more in (
            (mdoc, check_vp.check_mdoc, "A128GCM", None, {}),
            (sd_jwt, check_vp.check_sd_jwt, "A256GCM", "x509_san_dns:localhost", {"request_uri_method": "post"})):
        venue, link = ask(query, more, enc=enc, known_as=known_as)
        answer = json.loads(wallet.online("respond", link, "--yes", "--json"))
        assert answer["shown"] and answer["redirect_uri"] == listener.url + "/next", answer
        shown = venue.presentations()
        assert list(shown) == [query["id"]]
        verify(venue.stage, venue, shown[query["id"]][0])
    # More than its certificate allows: refused, whatever the holder says, and told.
    portrait = {**mdoc, "claims": [{"path": ["org.iso.23220.1", "issue_date"]}]}
    venue, link = ask(portrait)
    wallet.online("respond", link, "--yes", expect=1, says="may not ask for identity")
    assert venue.answer == {"error": "access_denied", "state": "st-1"}
    assert "may not ask for identity" in wallet.history()[-1]["reason"]
    # Expired, or by another than it says.
    for changes, says in (({"exp": int(time.time()) - 61}, "expired"),
                          ({"known_as": "x509_san_dns:bank.example"}, "does not name the host")):
        venue, link = ask(mdoc, **changes)
        wallet.online("respond", link, "--yes", expect=1, says=says)
        assert venue.answer is None


def main(jumin):
    with Issuer(jumin, f"http://127.0.0.1:{venue_home.free_port()}") as issuer:
        issuer.port = int(issuer.url.rsplit(":", 1)[1])
        issuer.officers(kim=["intake"])
        issuer.run("pki", "iaca", "init")
        issuer.run("pki", "venue", "issue", "till", "--purpose", "adult", "--purpose", "age", "--host", "localhost")
        issuer.run("pki", "iaca", "trust-list")
        issuer.serve()
        held = fill(issuer)
        check_our_venue(issuer, held, by_host=False)
        check_our_venue(issuer, held, by_host=True)
        check_our_wallet(issuer)
        issuer.stop()


if __name__ == "__main__":
    main(sys.argv[1])
