#!/usr/bin/python3
"""Our wallet, filled by our issuer's server, before @auth0/mdl from npm as verifier, in person and over the network; and
a credential that it issued and shows before `jumin verify serve`: check_wallet.py JUMIN PEER FOLDER.

Exits with 77 where node, npm, the package or Debian's jwcrypto and cbor2 cannot be had.
"""
# SPDX-License-Identifier: Apache-2.0
import json
import pathlib
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent / "mobile"))
try:
    import cbor2
    from cryptography.hazmat.primitives import serialization
except ImportError:
    sys.exit(77)

import check_vp
import check_vp_http
import venue_home
from check_mdl import SKIPPED, install
from issuer_home import PASSPHRASE, Issuer

ADULT_IN = check_vp_http.ADULT_IN
COMMON, NATIONAL = "org.iso.23220.1", "kr.jumin.resident.1"


def node(command, folder, *more):
    subprocess.run(["node", "wallet.mjs", command, folder.resolve(), *map(str, more)], cwd=folder, check=True, timeout=120)


def private_key(path):
    return serialization.load_pem_private_key(path.read_bytes(), PASSPHRASE.encode())


def jwk(key):
    numbers = key.private_numbers()
    text = {name: check_vp.encode(number.to_bytes(32, "big")) for name, number in
            (("d", numbers.private_value), ("x", numbers.public_numbers.x), ("y", numbers.public_numbers.y))}
    return json.dumps({"kty": "EC", "crv": "P-256", "kid": "1", **text})


def places(response, date):
    """Where one byte changes what somebody has signed, or the signature: one place of each."""
    document = cbor2.loads(response)["documents"][0]
    (proof,) = document["deviceSigned"]["deviceAuth"].values()
    return {"birth date": response.index(date) + 3,
            "validity": response.index(b"validUntil") + len("validUntil") + 5,  # a digit of the year
            "signature of the issuer": response.index(document["issuerSigned"]["issuerAuth"][3]) + 20,
            "proof of the device": response.index(proof[3]) + 20}


def session(claims, key):
    bytes_ = cbor2.dumps(check_vp.transcript(claims["client_id"], claims["nonce"], key, claims["response_uri"]))
    return cbor2.dumps(cbor2.CBORTag(24, bytes_))


# --- Our wallet, their verifier ------------------------------------------------------------------------------------


def show_over_network(issuer, wallet, folder):
    mobile = pathlib.Path(issuer.home) / "mobile"
    listener = check_vp_http.Listener()
    secret = private_key(mobile / "venues" / "till.key").private_numbers().private_value
    stage = {"url": listener.url, "venue_certificate": check_vp_http.certificate(mobile / "venues" / "till.crt"),
             "venue_secret": check_vp.encode(secret.to_bytes(32, "big")), "now": int(time.time())}
    query = {**check_vp.MDOC, "claims": [{"path": [NATIONAL, ADULT_IN]}, {"path": [COMMON, "birth_date"]}]}
    listener.venue = venue = check_vp.Venue(stage, {"credentials": [query]})
    wallet.online("respond", venue.link(), "--yes")
    (folder / "remote.cbor").write_bytes(check_vp.decode(venue.presentations()[query["id"]][0]))
    (folder / "remote.transcript").write_bytes(session(venue.claims, venue.key))


def check_our_wallet(issuer, peer, folder):
    mobile = pathlib.Path(issuer.home) / "mobile"
    wallet = venue_home.Wallet(issuer)
    wallet.add(issuer.offer("--person", issuer.person(1), "--holds-card"))
    subprocess.run([peer, wallet.file, mobile / "venues" / "till.key", PASSPHRASE, folder], check=True, timeout=120)
    show_over_network(issuer, wallet, folder)
    (folder / "root.pem").write_bytes((mobile / "iaca.crt").read_bytes())
    born = {"birth_date": "2001-03-14"}
    name = {"family_name_unicode": "홍", "given_name_unicode": "길순"}
    cases = [{"name": "in-person-signature", "elements": {**name, **born}},
             {"name": "in-person-mac", "reader": True, "elements": {**name, **born}},
             {"name": "remote", "elements": {ADULT_IN: True, **born}}]
    for case in cases:
        response = (folder / f"{case['name']}.cbor").read_bytes()
        (method,) = cbor2.loads(response)["documents"][0]["deviceSigned"]["deviceAuth"]
        assert method == ("deviceMac" if "reader" in case else "deviceSignature"), method
        case["places"] = places(response, b"2001-03-14")
    (folder / "cases.json").write_text(json.dumps(cases))
    node("verify", folder)


# --- Their wallet, our verifier ------------------------------------------------------------------------------------


def check_our_venue(issuer, folder):
    """The certificate is our issuer's, for @auth0/mdl makes none; the credential and what is shown of it are theirs."""
    mobile = pathlib.Path(issuer.home) / "mobile"
    device = check_vp.ec.generate_private_key(check_vp.ec.SECP256R1())
    claims = {COMMON: {"family_name_unicode": "김", "given_name_unicode": "하늘", "birth_date": "2007-03-01"}}
    (folder / "signer.json").write_text(jwk(private_key(mobile / "mdoc.key")))
    (folder / "signer.pem").write_bytes((mobile / "mdoc.crt").read_bytes())
    (folder / "device.json").write_text(jwk(device))
    (folder / "claims.json").write_text(json.dumps(claims))
    with venue_home.Venue(issuer, "till") as venue:
        venue.serve()
        secret = check_vp.encode(device.private_numbers().private_value.to_bytes(32, "big"))
        stage = {"url": venue.url, "venue_certificate": check_vp_http.certificate(mobile / "venues" / "till.crt"),
                 "now": int(time.time()), "holder_secret": secret}
        server = check_vp_http.Server(venue, stage)
        cases = (None, "birth date", "validity", "signature of the issuer", "proof of the device")
        requests = [check_vp.Wallet(server, "age", format="mso_mdoc") for _ in cases]
        for number, request in enumerate(requests):
            (folder / f"theirs-{number}.transcript").write_bytes(session(request.claims, request.key))
        node("answer", folder, len(cases))
        for number, (place, request) in enumerate(zip(cases, requests)):
            response = bytearray((folder / f"theirs-{number}.cbor").read_bytes())
            if place is not None:
                response[places(bytes(response), b"2007-03-01")[place]] ^= 1
            assert request.post({"mdoc": [check_vp.encode(bytes(response))]})["status"] == 200
            result = request.result()
            learned = {one["name"]: one["value"] for one in result["verdict"]["learned"]}
            if place is None:
                assert result["state"] == "good" and learned == claims[COMMON], result
            else:
                assert result["state"] == "failed" and not learned, f"taken with another {place}: {result}"
        venue.stop()


def main(jumin, peer, folder):
    folder.mkdir(parents=True, exist_ok=True)
    if not install(folder):
        return SKIPPED
    with Issuer(jumin, f"http://127.0.0.1:{venue_home.free_port()}") as issuer:
        issuer.port = int(issuer.url.rsplit(":", 1)[1])
        issuer.officers(kim=["intake"])
        issuer.run("pki", "iaca", "init")
        issuer.run("pki", "venue", "issue", "till", "--purpose", "adult", "--purpose", "age", "--host", "localhost")
        issuer.run("pki", "iaca", "trust-list")
        issuer.serve()
        check_our_wallet(issuer, peer, folder)
        check_our_venue(issuer, folder)
        issuer.stop()
    print("Our wallet is taken by @auth0/mdl, and its own by our venue; what was tampered with by neither.")
    return 0


sys.exit(main(sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])))
