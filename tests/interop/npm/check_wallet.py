#!/usr/bin/python3
"""Our wallet, filled by our issuer's server, before @auth0/mdl (in person and over the network) and @sd-jwt/sd-jwt-vc from
npm as verifiers; and credentials that they issued and show before `jumin verify serve`: check_wallet.py JUMIN PEER FOLDER.

Exits with 77 where node, npm, a package or Debian's jwcrypto and cbor2 cannot be had.
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
PERSON = {"family_name_unicode": "김", "given_name_unicode": "하늘", "birth_date": "2007-03-01"}


def node(script, command, folder, *more):
    subprocess.run(["node", script, command, folder.resolve(), *map(str, more)], cwd=folder, check=True, timeout=120)


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


def places_in_token(token):
    """The same of an SD-JWT, whose first disclosure is looked at."""
    issued, disclosure, *_ = token.split("~")
    return {"claim": issued.index(".") + 60, "signature of the issuer": len(issued) - 40,
            "disclosed claim": token.index(disclosure) + 40, "proof of the device": len(token) - 40}


def session(claims, key):
    bytes_ = cbor2.dumps(check_vp.transcript(claims["client_id"], claims["nonce"], key, claims["response_uri"]))
    return cbor2.dumps(cbor2.CBORTag(24, bytes_))


# --- Our wallet, their verifier ------------------------------------------------------------------------------------


def show_over_network(issuer, wallet, query):
    """The request, and what was shown."""
    mobile = pathlib.Path(issuer.home) / "mobile"
    listener = check_vp_http.Listener()
    secret = private_key(mobile / "venues" / "till.key").private_numbers().private_value
    stage = {"url": listener.url, "venue_certificate": check_vp_http.certificate(mobile / "venues" / "till.crt"),
             "venue_secret": check_vp.encode(secret.to_bytes(32, "big")), "now": int(time.time())}
    listener.venue = venue = check_vp.Venue(stage, {"credentials": [query]})
    wallet.online("respond", venue.link(), "--yes")
    return venue, venue.presentations()[query["id"]][0]


def check_our_wallet(issuer, wallet, peer, folder):
    mobile = pathlib.Path(issuer.home) / "mobile"
    subprocess.run([peer, wallet.file, mobile / "venues" / "till.key", PASSPHRASE, folder], check=True, timeout=120)
    query = {**check_vp.MDOC, "claims": [{"path": [NATIONAL, ADULT_IN]}, {"path": [COMMON, "birth_date"]}]}
    venue, shown = show_over_network(issuer, wallet, query)
    (folder / "remote.cbor").write_bytes(check_vp.decode(shown))
    (folder / "remote.transcript").write_bytes(session(venue.claims, venue.key))
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
    node("wallet.mjs", "verify", folder)


def check_our_wallet_by_sd_jwt(issuer, wallet, folder):
    mobile = pathlib.Path(issuer.home) / "mobile"
    query = {**check_vp.SD_JWT, "claims": [{"path": [ADULT_IN]}, {"path": ["birth_date"]}]}
    venue, token = show_over_network(issuer, wallet, query)
    for name in ("sd-jwt", "status"):
        (folder / f"{name}.pem").write_bytes((mobile / f"{name}.crt").read_bytes())
    (folder / "sd-jwt.json").write_text(json.dumps({
        "token": token, "nonce": venue.claims["nonce"], "elements": {ADULT_IN: True, "birth_date": "2001-03-14"},
        "places": places_in_token(token)}))
    node("sd_jwt.mjs", "verify", folder)


# --- Their wallet, our verifier ------------------------------------------------------------------------------------


def check_result(request, place, claims):
    result = request.result()
    learned = {one["name"]: one["value"] for one in result["verdict"]["learned"]}
    if place is None:
        assert result["state"] == "good" and learned == claims, result
    else:
        assert result["state"] == "failed" and not learned, f"taken with another {place}: {result}"


def check_our_venue(server, folder):
    cases = (None, "birth date", "validity", "signature of the issuer", "proof of the device")
    (folder / "claims.json").write_text(json.dumps({COMMON: PERSON}))
    requests = [check_vp.Wallet(server, "age", format="mso_mdoc") for _ in cases]
    for number, request in enumerate(requests):
        (folder / f"theirs-{number}.transcript").write_bytes(session(request.claims, request.key))
    node("wallet.mjs", "answer", folder, len(cases))
    for number, (place, request) in enumerate(zip(cases, requests)):
        response = bytearray((folder / f"theirs-{number}.cbor").read_bytes())
        if place is not None:
            response[places(bytes(response), b"2007-03-01")[place]] ^= 1
        assert request.post({"mdoc": [check_vp.encode(bytes(response))]})["status"] == 200
        check_result(request, place, PERSON)


def check_our_venue_by_sd_jwt(server, folder):
    cases = (None, "claim", "disclosed claim", "signature of the issuer", "proof of the device")
    (folder / "sd-jwt-claims.json").write_text(json.dumps({**PERSON, "sex": 2}))
    requests = [check_vp.Wallet(server, "age", format="dc+sd-jwt") for _ in cases]
    for number, request in enumerate(requests):
        (folder / f"theirs-{number}.json").write_text(json.dumps(
            {"audience": request.claims["client_id"], "nonce": request.claims["nonce"]}))
    node("sd_jwt.mjs", "answer", folder, len(cases))
    for number, (place, request) in enumerate(zip(cases, requests)):
        token = (folder / f"theirs-{number}.txt").read_text()
        if place is not None:
            at = places_in_token(token)[place]
            token = token[:at] + ("B" if token[at] == "A" else "A") + token[at + 1:]
        assert request.post({"sd-jwt": [token]})["status"] == 200
        check_result(request, place, PERSON)


def check_our_venues(issuer, folder):
    """The certificates are our issuer's, for the packages make none; the credentials and what is shown are theirs."""
    mobile = pathlib.Path(issuer.home) / "mobile"
    device = check_vp.ec.generate_private_key(check_vp.ec.SECP256R1())
    (folder / "device.json").write_text(jwk(device))
    for name, file in (("signer", "mdoc"), ("sd-jwt-signer", "sd-jwt")):
        (folder / f"{name}.json").write_text(jwk(private_key(mobile / f"{file}.key")))
    (folder / "signer.pem").write_bytes((mobile / "mdoc.crt").read_bytes())
    with venue_home.Venue(issuer, "till") as venue:
        venue.serve()
        secret = check_vp.encode(device.private_numbers().private_value.to_bytes(32, "big"))
        stage = {"url": venue.url, "venue_certificate": check_vp_http.certificate(mobile / "venues" / "till.crt"),
                 "now": int(time.time()), "holder_secret": secret}
        server = check_vp_http.Server(venue, stage)
        check_our_venue(server, folder)
        check_our_venue_by_sd_jwt(server, folder)
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
        wallet = venue_home.Wallet(issuer)
        wallet.add(issuer.offer("--person", issuer.person(1), "--holds-card"))
        check_our_wallet(issuer, wallet, peer, folder)
        check_our_wallet_by_sd_jwt(issuer, wallet, folder)
        check_our_venues(issuer, folder)
        issuer.stop()
    print("Our wallet is taken by others, and theirs by our venue; what was tampered with by nobody.")
    return 0


sys.exit(main(sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])))
