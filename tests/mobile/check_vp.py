#!/usr/bin/env python3
"""OpenID4VP 1.0 as jwcrypto, cryptography and cbor2 understand it, against ours: a venue here asks our wallet, and a
wallet here answers our venue.

usage: check_vp.py VP_PEER
"""
# SPDX-License-Identifier: Apache-2.0
import base64
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import urllib.parse

try:
    import cbor2
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec, utils
    from jwcrypto import jwe, jwk, jws
except ImportError:
    sys.exit(77)

FORM = "application/x-www-form-urlencoded"
VENUE = "https://shop.jumin.example"
MDOC = {"id": "m", "format": "mso_mdoc", "meta": {"doctype_value": "kr.jumin.resident.1"},
        "claims": [{"path": ["kr.jumin.resident.1", "adult_in_2027"], "values": [True]},
                   {"path": ["org.iso.23220.1", "birth_date"]}]}
SD_JWT = {"id": "s", "format": "dc+sd-jwt", "meta": {"vct_values": ["urn:kr:jumin:resident:1"]},
          "claims": [{"path": ["adult_in_2027"]}, {"path": ["birth_date"]}]}


def encode(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Peer:
    """Our side, by lines."""

    def __init__(self, program, folder):
        self.process = subprocess.Popen([program, os.path.join(folder, "wallet")], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        self.stage = self.hear() | {"adult_in": "adult_in_2027"}

    def hear(self):
        return json.loads(self.process.stdout.readline())

    def say(self, line):
        self.process.stdin.write(json.dumps(line) + "\n")
        self.process.stdin.flush()

    def http(self, method, path, body="", **headers):
        self.say({"do": "http", "method": method, "path": path, "body": body, **headers})
        return self.hear()

    def close(self):
        self.process.stdin.close()
        assert self.process.wait() == 0


def private_key(secret):
    return ec.derive_private_key(int.from_bytes(decode(secret), "big"), ec.SECP256R1())


def public_key(der):
    """By openssl: cryptography does not read identifiers as large as the one of our purposes."""
    done = subprocess.run(["openssl", "x509", "-inform", "DER", "-noout", "-pubkey"], input=der, capture_output=True,
                          check=True)
    return serialization.load_pem_public_key(done.stdout)


def raw_sign(key, data):
    r, s = utils.decode_dss_signature(key.sign(data, ec.ECDSA(hashes.SHA256())))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def raw_verify(public, signature, data):
    der = utils.encode_dss_signature(int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big"))
    public.verify(der, data, ec.ECDSA(hashes.SHA256()))


def transcript(client_id, nonce, key, response_uri):
    info = cbor2.dumps([client_id, nonce, decode(key.thumbprint()), response_uri])
    return [None, None, ["OpenID4VPHandover", hashlib.sha256(info).digest()]]


def device_authentication(session, namespaces):
    inner = cbor2.dumps(["DeviceAuthentication", session, "kr.jumin.resident.1", cbor2.CBORTag(24, namespaces)])
    return cbor2.dumps(cbor2.CBORTag(24, inner))


# --- A venue here, our wallet ------------------------------------------------------------------------------------

class Venue:
    """Makes a request, and takes the answer."""

    def __init__(self, stage, query, enc="A256GCM", known_as=None, **changes):
        der = decode(stage["venue_certificate"])
        self.stage, self.enc, self.url = stage, enc, stage.get("url", VENUE)
        self.key = jwk.JWK.generate(kty="EC", crv="P-256", kid="k1", use="enc", alg="ECDH-ES")
        self.client_id = known_as or "x509_hash:" + encode(hashlib.sha256(der).digest())
        self.claims = {"response_type": "vp_token", "response_mode": "direct_post.jwt", "client_id": self.client_id,
                       "aud": "https://self-issued.me/v2", "nonce": encode(os.urandom(16)), "state": "st-1",
                       "response_uri": self.url + "/r", "iat": stage["now"], "exp": stage["now"] + 60,
                       "dcql_query": query,
                       "client_metadata": {"jwks": {"keys": [self.key.export_public(as_dict=True)]},
                                           "encrypted_response_enc_values_supported": [enc],
                                           "vp_formats_supported": {}}}
        self.claims.update(changes)
        self.x5c = [base64.b64encode(der).decode()]
        self.answer = None

    def request(self):
        token = jws.JWS(json.dumps(self.claims))
        header = {"alg": "ES256", "typ": "oauth-authz-req+jwt", "x5c": self.x5c}
        token.add_signature(jwk.JWK.from_pyca(private_key(self.stage["venue_secret"])), protected=json.dumps(header))
        return token.serialize(compact=True)

    def link(self, **more):
        return "openid4vp://?" + urllib.parse.urlencode({"client_id": self.client_id, "request_uri": self.url + "/q", **more})

    def serve(self, ask):
        if ask["url"] == self.url + "/q":
            if ask["method"] == "POST":
                self.claims["wallet_nonce"] = dict(urllib.parse.parse_qsl(ask["body"]))["wallet_nonce"]
            return {"status": 200, "type": "application/oauth-authz-req+jwt", "body": self.request()}
        assert (ask["method"], ask["url"], ask["type"]) == ("POST", self.url + "/r", FORM)
        self.answer = dict(urllib.parse.parse_qsl(ask["body"], strict_parsing=True))
        return {"status": 200, "type": "application/json", "body": json.dumps({"redirect_uri": self.url + "/next"})}

    def run(self, peer, link):
        peer.say({"do": "answer", "link": link})
        line = peer.hear()
        while "ask" in line:
            peer.say(self.serve(line["ask"]))
            line = peer.hear()
        return line

    def presentations(self):
        token = jwe.JWE()
        token.deserialize(self.answer["response"], self.key)
        header = json.loads(token.objects["protected"])
        assert (header["alg"], header["enc"], header["kid"]) == ("ECDH-ES", self.enc, "k1")
        content = json.loads(token.payload)
        assert content["state"] == "st-1"
        return content["vp_token"]


def check_mdoc(stage, venue, text):
    response = cbor2.loads(decode(text))
    assert response["version"] == "1.0" and response["status"] == 0 and len(response["documents"]) == 1
    document = response["documents"][0]
    protected, unprotected, payload, signature = document["issuerSigned"]["issuerAuth"]
    assert unprotected[33] == decode(stage["mdoc_signer"])
    signer = x509.load_der_x509_certificate(unprotected[33]).public_key()
    raw_verify(signer, signature, cbor2.dumps(["Signature1", protected, b"", payload]))
    mso = cbor2.loads(cbor2.loads(payload).value)
    shown = {}
    for space, items in document["issuerSigned"]["nameSpaces"].items():
        for item in items:
            content = cbor2.loads(item.value)
            digest = hashlib.sha256(cbor2.dumps(item)).digest()
            assert mso["valueDigests"][space][content["digestID"]] == digest
            shown[content["elementIdentifier"]] = content["elementValue"]
    assert set(shown) == {stage["adult_in"], "birth_date"} and shown[stage["adult_in"]] is True
    key = mso["deviceKeyInfo"]["deviceKey"]
    device = ec.EllipticCurvePublicNumbers(int.from_bytes(key[-2], "big"), int.from_bytes(key[-3], "big"),
                                           ec.SECP256R1()).public_key()
    protected, _, none, signature = document["deviceSigned"]["deviceAuth"]["deviceSignature"]
    assert none is None
    session = transcript(venue.client_id, venue.claims["nonce"], venue.key, venue.claims["response_uri"])
    bytes_ = device_authentication(session, document["deviceSigned"]["nameSpaces"].value)
    raw_verify(device, signature, cbor2.dumps(["Signature1", protected, b"", bytes_]))


def check_sd_jwt(stage, venue, text):
    presented, binding = text.rsplit("~", 1)
    issued, *disclosures = presented.split("~")
    token = jws.JWS()
    issuer = x509.load_der_x509_certificate(decode(stage["sd_jwt_issuer"])).public_key()
    token.deserialize(issued, jwk.JWK.from_pyca(issuer))
    claims = json.loads(token.payload)
    digests = {encode(hashlib.sha256(one.encode()).digest()) for one in disclosures}
    assert digests <= set(claims["_sd"])
    assert {json.loads(decode(one))[1] for one in disclosures} == {stage["adult_in"], "birth_date"}
    token = jws.JWS()
    token.deserialize(binding, jwk.JWK(**claims["cnf"]["jwk"]))
    assert json.loads(token.objects["protected"])["typ"] == "kb+jwt"
    bound = json.loads(token.payload)
    assert bound["aud"] == venue.client_id and bound["nonce"] == venue.claims["nonce"]
    assert 0 <= bound["iat"] - stage["now"] <= stage.get("seconds", 0)
    assert bound["sd_hash"] == encode(hashlib.sha256((presented + "~").encode()).digest())


def check_our_wallet(peer):
    stage = peer.stage
    for query, check in ((MDOC, check_mdoc), (SD_JWT, check_sd_jwt)):
        for more in ({}, {"request_uri_method": "post"}):
            venue = Venue(stage, {"credentials": [query]})
            line = venue.run(peer, venue.link(**more))
            assert line["done"] == "ok" and line["next"] == VENUE + "/next", line
            token = venue.presentations()
            assert list(token) == [query["id"]] and len(token[query["id"]]) == 1
            check(stage, venue, token[query["id"]][0])
    # Both at once, and one of two.
    venue = Venue(stage, {"credentials": [MDOC, SD_JWT]})
    assert venue.run(peer, venue.link())["done"] == "ok"
    assert set(venue.presentations()) == {"m", "s"}
    venue = Venue(stage, {"credentials": [{**MDOC, "id": "x", "claims": [{"path": ["kr.jumin.resident.1", "adult_in_2027"],
                                                                         "values": [False]}]}, SD_JWT],
                          "credential_sets": [{"options": [["x"], ["s"]]}]})
    assert venue.run(peer, venue.link())["done"] == "ok"
    assert set(venue.presentations()) == {"s"}
    # By value in the link.
    venue = Venue(stage, {"credentials": [MDOC]})
    link = "openid4vp://?" + urllib.parse.urlencode({"client_id": venue.client_id, "request": venue.request()})
    assert venue.run(peer, link)["done"] == "ok"
    check_mdoc(stage, venue, venue.presentations()["m"][0])


def check_what_our_wallet_refuses(peer):
    stage = peer.stage
    query = {"credentials": [MDOC]}
    portrait = {**MDOC, "claims": [{"path": ["org.iso.23220.1", "portrait"]}]}
    cases = [("not-valid-now", {"exp": stage["now"] - 60}, query),
             ("not-supported", {"response_mode": "direct_post"}, query),
             ("conflict", {"client_id": "x509_san_dns:shop.jumin.example"}, query),
             ("malformed", {"nonce": ""}, query)]
    for expected, changes, asked in cases:
        venue = Venue(stage, asked, **changes)
        assert venue.run(peer, venue.link())["done"] == expected, expected
        assert venue.answer is None
    # More than the certificate allows: refused, and said.
    venue = Venue(stage, {"credentials": [portrait]})
    line = venue.run(peer, venue.link())
    assert line["done"] == "not-authorized" and "may not ask" in line["detail"], line
    assert venue.answer == {"error": "access_denied", "state": "st-1"}
    # Signed by another key under the venue's certificate.
    venue = Venue({**stage, "venue_secret": stage["holder_secret"]}, query)
    assert venue.run(peer, venue.link())["done"] == "signature"


# --- Our venue, a wallet here ------------------------------------------------------------------------------------

class Wallet:
    """Answers one request of our venue."""

    def __init__(self, peer, purpose, post=False, client_id=None, **more):
        self.peer, self.stage = peer, peer.stage
        self.url = self.stage.get("url", VENUE)
        made = peer.http("POST", "/requests", json.dumps({"purpose": purpose, **more}),
                         authorization="Bearer secret of the venue", type="application/json")
        assert made["status"] == 201, made
        opened = json.loads(made["body"])
        self.handle = opened["id"]
        link = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(opened["link"]).query))
        assert link["request_uri"].startswith(self.url)
        path = link["request_uri"][len(self.url):]
        got = peer.http("POST", path, "wallet_nonce=abc", type=FORM) if post else peer.http("GET", path)
        assert got["status"] == 200 and got["type"] == "application/oauth-authz-req+jwt"
        token = jws.JWS()
        token.deserialize(got["body"])
        header = json.loads(token.objects["protected"])
        assert header["typ"] == "oauth-authz-req+jwt" and len(header["x5c"]) == 1
        der = base64.b64decode(header["x5c"][0])
        assert der == decode(self.stage["venue_certificate"])
        token.verify(jwk.JWK.from_pyca(public_key(der)))
        self.claims = json.loads(token.payload)
        assert self.claims["client_id"] == link["client_id"]
        assert link["client_id"] == (client_id or "x509_hash:" + encode(hashlib.sha256(der).digest()))
        assert self.claims.get("wallet_nonce") == ("abc" if post else None)
        self.key = jwk.JWK(**self.claims["client_metadata"]["jwks"]["keys"][0])
        self.secret = private_key(self.stage["holder_secret"])

    def show_mdoc(self, wanted):
        issued = cbor2.loads(decode(self.stage["mdoc"]))
        spaces = {}
        for space, items in issued["nameSpaces"].items():
            kept = [one for one in items if cbor2.loads(one.value)["elementIdentifier"] in wanted]
            if kept:
                spaces[space] = kept
        session = transcript(self.claims["client_id"], self.claims["nonce"], self.key, self.claims["response_uri"])
        protected, none = cbor2.dumps({1: -7}), cbor2.dumps({})
        signed = cbor2.dumps(["Signature1", protected, b"", device_authentication(session, none)])
        document = {"docType": "kr.jumin.resident.1",
                    "issuerSigned": {"nameSpaces": spaces, "issuerAuth": issued["issuerAuth"]},
                    "deviceSigned": {"nameSpaces": cbor2.CBORTag(24, none),
                                     "deviceAuth": {"deviceSignature": [protected, {}, None,
                                                                        raw_sign(self.secret, signed)]}}}
        return encode(cbor2.dumps({"version": "1.0", "documents": [document], "status": 0}))

    def show_sd_jwt(self, wanted):
        issued, *disclosures = self.stage["sd_jwt"].rstrip("~").split("~")
        kept = [one for one in disclosures if json.loads(decode(one))[1:-1] in [[name] for name in wanted]]
        presented = "~".join([issued, *kept, ""])
        token = jws.JWS(json.dumps({"iat": self.stage["now"], "aud": self.claims["client_id"],
                                    "nonce": self.claims["nonce"],
                                    "sd_hash": encode(hashlib.sha256(presented.encode()).digest())}))
        token.add_signature(jwk.JWK.from_pyca(self.secret), protected=json.dumps({"alg": "ES256", "typ": "kb+jwt"}))
        return presented + token.serialize(compact=True)

    def post(self, vp_token, enc="A128GCM", state=None):
        header = {"alg": "ECDH-ES", "enc": enc, "kid": self.key.export_public(as_dict=True)["kid"],
                  "apv": encode(self.claims["nonce"].encode())}
        token = jwe.JWE(json.dumps({"vp_token": vp_token, "state": state or self.claims["state"]}).encode(),
                        protected=json.dumps(header))
        token.add_recipient(self.key)
        form = urllib.parse.urlencode({"response": token.serialize(compact=True)})
        return self.peer.http("POST", self.claims["response_uri"][len(self.url):], form, type=FORM)

    def result(self):
        got = self.peer.http("GET", "/requests/" + self.handle, authorization="Bearer secret of the venue")
        return json.loads(got["body"])


def check_our_venue(peer):
    for enc in ("A128GCM", "A256GCM"):
        wallet = Wallet(peer, "adult", post=enc == "A256GCM")
        answer = wallet.post({"mdoc": [wallet.show_mdoc({"adult_in_2027"})]}, enc)
        assert answer["status"] == 200 and answer["type"] == "application/json", answer
        result = wallet.result()
        assert result["state"] == "good", result
        assert [(one["name"], one["value"]) for one in result["verdict"]["learned"]] == [("adult_in_2027", True)]
        wallet = Wallet(peer, "age")
        names = {"family_name_unicode", "given_name_unicode", "birth_date"}
        assert wallet.post({"sd-jwt": [wallet.show_sd_jwt(names)]}, enc)["status"] == 200
        result = wallet.result()
        assert result["state"] == "good", result
        assert {one["name"] for one in result["verdict"]["learned"]} == names


def check_what_our_venue_refuses(peer):
    wallet = Wallet(peer, "adult")
    mdoc, sd_jwt = wallet.show_mdoc({"adult_in_2027"}), wallet.show_sd_jwt({"adult_in_2027"})
    assert wallet.post({"mdoc": [mdoc]}, state="other")["status"] == 400
    assert wallet.post({"mdoc": [mdoc]}, enc="A128CBC-HS256")["status"] == 400
    assert wallet.post({"mdoc": [mdoc], "sd-jwt": [sd_jwt]})["status"] == 400
    assert wallet.post({"mdoc": [mdoc, mdoc]})["status"] == 400
    assert wallet.post({"mdoc": mdoc})["status"] == 400
    other = Wallet(peer, "adult")
    wallet.claims["response_uri"] = other.claims["response_uri"]  # encrypted to another request's key
    assert wallet.post({"mdoc": [mdoc]})["status"] == 400
    # Shown to another session.
    assert other.post({"mdoc": [mdoc]})["status"] == 200
    result = other.result()
    assert result["state"] == "failed" and result["verdict"]["learned"] == [], result
    # Too little for the purpose, or the wrong thing.
    other = Wallet(peer, "adult")
    assert other.post({"mdoc": [other.show_mdoc({"birth_date"})]})["status"] == 200
    assert other.result()["state"] == "failed"
    other = Wallet(peer, "adult")
    assert other.post({"mdoc": [other.show_sd_jwt({"adult_in_2027"})]})["status"] == 200
    assert other.result()["state"] == "failed"


def main():
    with tempfile.TemporaryDirectory() as folder:
        peer = Peer(sys.argv[1], folder)
        check_our_wallet(peer)
        check_what_our_wallet_refuses(peer)
        check_our_venue(peer)
        check_what_our_venue_refuses(peer)
        peer.close()


if __name__ == "__main__":
    main()
