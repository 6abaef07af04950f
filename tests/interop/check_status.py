#!/usr/bin/env python3
# Status List Tokens: ours read by jwcrypto, cbor2 and zlib, and theirs by libjumin: check_status.py PROGRAM FOLDER.
# SPDX-License-Identifier: Apache-2.0
import base64
import json
import pathlib
import subprocess
import sys
import zlib

try:
    import cbor2
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, utils
    from jwcrypto import jwk, jws
except ImportError as missing:
    print(missing)
    sys.exit(77)

URI = "https://issuer.example/status/7"
NOW = 1800000000
CERTIFICATE = bytes.fromhex("3003020101")


def unpack(packed, bits, count):
    return [packed[i * bits // 8] >> (i * bits % 8) & ((1 << bits) - 1) for i in range(count)]


def pack(statuses, bits):
    packed = bytearray(len(statuses) * bits // 8)
    for i, status in enumerate(statuses):
        packed[i * bits // 8] |= status << (i * bits % 8)
    return bytes(packed)


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def check_ours(folder):
    point = (folder / "key").read_bytes()
    key = jwk.JWK(kty="EC", crv="P-256", x=b64(point[1:33]), y=b64(point[33:]))
    token = jws.JWS()
    token.deserialize((folder / "ours.jwt").read_text(), key)
    header, claims = token.jose_header, json.loads(token.payload)
    assert header["typ"] == "statuslist+jwt" and header["alg"] == "ES256", header
    assert [base64.b64decode(c) for c in header["x5c"]] == [CERTIFICATE]
    assert (claims["sub"], claims["iat"], claims["exp"], claims["ttl"]) == (URI, NOW, NOW + 86400, 30)
    bits = claims["status_list"]["bits"]
    statuses = unpack(zlib.decompress(unb64(claims["status_list"]["lst"])), bits, 64)
    assert bits == 2 and statuses[:8] == [0, 0, 0, 1, 0, 2, 0, 0] and not any(statuses[8:]), statuses

    tagged = cbor2.loads((folder / "ours.cwt").read_bytes())
    assert tagged.tag == 18
    protected, unprotected, payload, signature = tagged.value
    header, claims = cbor2.loads(protected), cbor2.loads(payload)
    assert header == {1: -7, 16: "application/statuslist+cwt", 33: CERTIFICATE} and unprotected == {}, header
    message = cbor2.dumps(["Signature1", protected, b"", payload])
    der = utils.encode_dss_signature(int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big"))
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    public.verify(der, message, ec.ECDSA(hashes.SHA256()))
    assert (claims[2], claims[6], claims[4], claims[65534]) == (URI, NOW, NOW + 86400, 30)
    statuses = unpack(zlib.decompress(claims[65533]["lst"]), claims[65533]["bits"], 64)
    assert claims[65533]["bits"] == 1 and statuses[:8] == [0, 0, 0, 1, 0, 1, 0, 0] and not any(statuses[8:])


def make_theirs(folder):
    private = ec.generate_private_key(ec.SECP256R1())
    numbers = private.public_key().public_numbers()
    x, y = numbers.x.to_bytes(32, "big"), numbers.y.to_bytes(32, "big")
    (folder / "key").write_bytes(b"\x04" + x + y)
    key = jwk.JWK(kty="EC", crv="P-256", x=b64(x), y=b64(y), d=b64(private.private_numbers().private_value.to_bytes(32, "big")))
    statuses = [1, 2, 0, 3, 0, 1, 0, 1] * 4
    packed = zlib.compress(pack(statuses, 2), 9)
    token = jws.JWS(json.dumps({"iss": "x", "sub": URI, "iat": NOW - 5, "exp": NOW + 5, "ttl": 43200, "status_list": {
        "bits": 2, "lst": b64(packed), "aggregation_uri": URI}}))
    token.add_signature(key, protected=json.dumps({
        "alg": "ES256", "typ": "statuslist+jwt", "x5c": [base64.b64encode(CERTIFICATE).decode()]}))
    (folder / "theirs.jwt").write_text(token.serialize(compact=True))

    protected = cbor2.dumps({1: -7, 16: "application/statuslist+cwt", 33: CERTIFICATE})
    payload = cbor2.dumps({2: URI, 6: NOW - 5, 4: NOW + 5, 65534: 43200, 65533: {"bits": 2, "lst": packed}})
    der = private.sign(cbor2.dumps(["Signature1", protected, b"", payload]), ec.ECDSA(hashes.SHA256()))
    r, s = utils.decode_dss_signature(der)
    message = [protected, {}, payload, r.to_bytes(32, "big") + s.to_bytes(32, "big")]
    (folder / "theirs.cwt").write_bytes(cbor2.dumps(cbor2.CBORTag(18, message)))


def main(program, folder):
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run([program, "make", folder], check=True)
    check_ours(folder)
    make_theirs(folder)
    said = subprocess.run([program, "open", folder], check=True, capture_output=True, text=True).stdout
    line = f"12030101 {NOW - 5} {NOW + 5} 43200\n"
    assert said == 2 * line, said
    print("status lists: jwcrypto and cbor2 read ours, libjumin reads theirs")


main(*sys.argv[1:])
