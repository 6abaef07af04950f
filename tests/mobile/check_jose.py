#!/usr/bin/env python3
"""JOSE as jwcrypto understands it, and SD-JWT as RFC 9901 says it, against ours: both directions.

usage: check_jose.py JOSE_PEER
"""
# SPDX-License-Identifier: Apache-2.0
import base64
import hashlib
import json
import os
import subprocess
import sys

try:
    from jwcrypto import jwe, jwk, jws
except ImportError:
    sys.exit(77)

NOW = 1800000000
CLAIMS = {"name": "김", "adult": True, "address": {"city": "Seoul", "parts": ["a", "b"]}}


def encode(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def peer(command, data, *arguments, works=True):
    done = subprocess.run([sys.argv[1], command, *arguments], input=data.encode(), capture_output=True, check=False)
    if (done.returncode == 0) != works:
        raise AssertionError(f"{command}: {done.returncode} {done.stderr.decode()}")
    return done.stdout.decode() if works else done.stderr.decode()


def known_key():
    """The key pair whose secret is 7, as the peer has it: the point is taken from a token of its own."""
    token = peer("sign", "{}")
    public = json.loads(decode(token.split(".")[0]))["jwk"]
    return jwk.JWK(**public, d=encode(bytes(31) + b"\7"))


KEY = known_key()


def sign(header, payload, key=KEY):
    token = jws.JWS(json.dumps(payload))
    token.add_signature(key, protected=json.dumps({"alg": "ES256", **header}))
    return token.serialize(compact=True)


def check_signatures():
    token = jws.JWS()
    token.deserialize(peer("sign", '{"a":1}'), KEY)
    assert json.loads(token.payload) == {"a": 1}
    public = KEY.export_public(as_dict=True)
    public.pop("kid", None)
    assert json.loads(peer("verify", sign({"typ": "a+jwt", "jwk": public}, {"b": "김"}))) == {"b": "김"}
    other = jwk.JWK.generate(kty="EC", crv="P-256")
    assert "signature" in peer("verify", sign({"typ": "a+jwt", "jwk": public}, {}, other), works=False)


def check_encryption():
    for name in "A128GCM", "A256GCM":
        mine = jwk.JWK.generate(kty="EC", crv="P-256")
        token = jwe.JWE()
        token.deserialize(peer("encrypt", "text", name, mine.export_public()), mine)
        assert token.payload == b"text" and token.jose_header["enc"] == name
        header = {"alg": "ECDH-ES", "enc": name, "apu": encode(b"A"), "apv": encode(os.urandom(40))}
        for plain in b"", b"x" * 5000:
            token = jwe.JWE(plain, json.dumps(header), recipient=KEY)
            assert peer("decrypt", token.serialize(compact=True)).encode() == plain


def resolve(value, disclosed):
    """RFC 9901 section 7.1, step 3."""
    if isinstance(value, list):
        items = [disclosed[i["..."]][1] if isinstance(i, dict) and "..." in i else i for i in value]
        return [resolve(item, disclosed) for item in items]
    if isinstance(value, dict):
        found = {name: item for name, item in value.items() if name not in ("_sd", "_sd_alg")}
        for digest in value.get("_sd", []):
            if digest in disclosed:
                _, name, item = disclosed[digest]
                found[name] = item
        return {name: resolve(item, disclosed) for name, item in found.items()}
    return value


def digest_of(text):
    return encode(hashlib.sha256(text.encode()).digest())


def check_issued():
    issued, *disclosures, binding = peer("issue", json.dumps(CLAIMS)).split("~")
    token = jws.JWS()
    token.deserialize(issued, KEY)
    assert token.jose_header["typ"] == "dc+sd-jwt" and token.jose_header["x5c"] == ["MAMCAQU="]
    payload = json.loads(token.payload)
    assert not CLAIMS.keys() & payload.keys()
    claims = resolve(payload, {digest_of(d): json.loads(decode(d)) for d in disclosures})
    assert {name: claims[name] for name in CLAIMS} == CLAIMS
    assert claims["status"] == {"status_list": {"idx": 3, "uri": "https://issuer.example/1"}}
    token = jws.JWS()
    token.deserialize(binding, jwk.JWK(**claims["cnf"]["jwk"]))
    bound = json.loads(token.payload)
    assert token.jose_header["typ"] == "kb+jwt"
    assert bound == {"iat": NOW, "aud": "verifier", "nonce": "n-1",
                     "sd_hash": digest_of("~".join([issued, *disclosures, ""]))}


def check_accepted():
    def disclose(*content):
        text = encode(json.dumps([encode(os.urandom(16)), *content], ensure_ascii=False).encode())
        return text, digest_of(text)

    city, city_digest = disclose("city", "Seoul")
    address, address_digest = disclose("address", {"_sd": [city_digest], "country": "KR"})
    first, first_digest = disclose("a")
    _, hidden_digest = disclose("b")
    public = KEY.export_public(as_dict=True)
    payload = {"vct": "x", "exp": NOW + 10, "_sd": [address_digest], "cnf": {"jwk": public}, "_sd_alg": "sha-256",
               "list": [{"...": first_digest}, {"...": hidden_digest}, "c"]}
    issued = sign({"typ": "dc+sd-jwt", "x5c": ["MAMCAQU="]}, payload)
    presented = "~".join([issued, city, address, first, ""])
    binding = {"iat": NOW, "aud": "verifier", "nonce": "n-1", "sd_hash": digest_of(presented)}
    claims = json.loads(peer("accept", presented + sign({"typ": "kb+jwt"}, binding)))
    assert claims["address"] == {"city": "Seoul", "country": "KR"} and claims["list"] == ["a", "c"]
    binding["sd_hash"] = digest_of(issued + "~")
    assert "sd_hash" in peer("accept", presented + sign({"typ": "kb+jwt"}, binding), works=False)


for check in check_signatures, check_encryption, check_issued, check_accepted:
    check()
    print(check.__name__)
