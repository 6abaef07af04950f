# A phone that knows OpenID4VCI 1.0 and what a verifier knows, out of Debian's own packages: nothing of it is jumin's.
# SPDX-License-Identifier: Apache-2.0
import base64
import datetime
import hashlib
import http.client
import json
import os
import time
import urllib.parse
import zlib

import cbor2
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from jwcrypto.jwk import JWK
from jwcrypto.jws import JWS

MDOC, SD_JWT = "kr.jumin.resident.1.mdoc", "kr.jumin.resident.1.sd-jwt"
PRE_AUTHORIZED = "urn:ietf:params:oauth:grant-type:pre-authorized_code"


def text(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def raw(string):
    return base64.urlsafe_b64decode(string + "=" * (-len(string) % 4))


class Refused(Exception):
    def __init__(self, status, body):
        super().__init__(f"{status} {body[:300]!r}")
        self.status = status
        try:
            self.answer = json.loads(body)
        except ValueError:
            self.answer = {}
        self.error = self.answer.get("error")


class Key:
    """A key on P-256, and the JWTs that it signs."""

    def __init__(self, secret=None):
        self.secret = secret or ec.generate_private_key(ec.SECP256R1())
        numbers = self.secret.public_key().public_numbers()
        self.x, self.y = (n.to_bytes(32, "big") for n in (numbers.x, numbers.y))
        self.jwk = {"kty": "EC", "crv": "P-256", "x": text(self.x), "y": text(self.y)}
        thumb = json.dumps({k: self.jwk[k] for k in ("crv", "kty", "x", "y")}, separators=(",", ":"))
        self.thumbprint = text(hashlib.sha256(thumb.encode()).digest())

    def sign_raw(self, signed):
        r, s = decode_dss_signature(self.secret.sign(signed, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    def sign(self, header, payload):
        parts = [text(json.dumps(part).encode()) for part in ({"alg": "ES256", **header}, payload)]
        signed = ".".join(parts)
        return signed + "." + text(self.sign_raw(signed.encode()))


class Phone:
    def __init__(self, url, port=None):
        self.url = url
        self.port = port or urllib.parse.urlsplit(url).port
        self.device = Key()
        self.connection = None
        self.tokens = {}

    def ask(self, method, path, body=None, headers=None, keep=True):
        """Returns status, headers, body. A connection that is lost is an error: what was asked may be done."""
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            self.connection.request(method, path, body, headers or {})
            response = self.connection.getresponse()
            return response.status, response.headers, response.read()
        except (OSError, http.client.HTTPException):
            self.connection.close()
            self.connection = None
            raise

    def json(self, method, path, body=None, headers=None):
        status, _, answer = self.ask(method, path, body, headers)
        if status not in (200, 202, 204):
            raise Refused(status, answer)
        return json.loads(answer) if answer else None

    def proof(self, method, path, access=None):
        payload = {"htm": method, "htu": self.url + path, "iat": int(time.time()), "jti": text(os.urandom(16))}
        if access:
            payload["ath"] = text(hashlib.sha256(access.encode()).digest())
        return self.device.sign({"typ": "dpop+jwt", "jwk": self.device.jwk}, payload)

    def post(self, path, body, access=None):
        headers = {"Content-Type": "application/json", "DPoP": self.proof("POST", path, access)}
        if access:
            headers["Authorization"] = "DPoP " + access
        return self.json("POST", path, json.dumps(body), headers)

    def offer(self, uri):
        """What the QR leads to."""
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(uri).query)
        path = urllib.parse.urlsplit(query["credential_offer_uri"][0]).path
        return self.json("GET", path)

    def token(self, form):
        headers = {"Content-Type": "application/x-www-form-urlencoded", "DPoP": self.proof("POST", "/token")}
        self.tokens.update(self.json("POST", "/token", urllib.parse.urlencode(form), headers))
        assert self.tokens["token_type"] == "DPoP"

    def redeem(self, offer, tx_code=None):
        grant = offer["grants"][PRE_AUTHORIZED]
        form = {"grant_type": PRE_AUTHORIZED, "pre-authorized_code": grant["pre-authorized_code"]}
        self.token(form | ({"tx_code": tx_code} if tx_code else {}))

    def refresh(self):
        self.token({"grant_type": "refresh_token", "refresh_token": self.tokens["refresh_token"]})

    def credentials(self, configuration, count):
        """A batch: the answer, and the key of each copy."""
        nonce = self.json("POST", "/nonce")["c_nonce"]
        keys = [Key() for _ in range(count)]
        claims = {"aud": self.url, "iat": int(time.time()), "nonce": nonce}
        proofs = [key.sign({"typ": "openid4vci-proof+jwt", "jwk": key.jwk}, claims) for key in keys]
        body = {"credential_configuration_id": configuration, "proofs": {"jwt": proofs}}
        answer = self.post("/credential", body, self.tokens["access_token"])
        return answer, keys


# --- What a verifier makes of it -----------------------------------------------------------------------------------


class Verifier:
    def __init__(self, root_pem):
        self.root = x509.load_pem_x509_certificate(root_pem)

    def signer(self, chain):
        """The key of a chain of one certificate that the root has signed."""
        assert len(chain) == 1, "a chain without the root"
        certificate = x509.load_der_x509_certificate(chain[0])
        assert certificate.issuer == self.root.subject
        self.root.public_key().verify(certificate.signature, certificate.tbs_certificate_bytes,
                                      ec.ECDSA(certificate.signature_hash_algorithm))
        assert certificate.not_valid_before <= datetime.datetime.utcnow() <= certificate.not_valid_after
        return certificate.public_key()

    def cose(self, sign1):
        """The payload of a COSE_Sign1, and its protected header."""
        protected, unprotected, payload, signature = sign1
        chain = unprotected.get(33, cbor2.loads(protected).get(33))
        key = self.signer(chain if isinstance(chain, list) else [chain])
        signed = cbor2.dumps(["Signature1", protected, b"", payload])
        dss = encode_dss_signature(*(int.from_bytes(half, "big") for half in (signature[:32], signature[32:])))
        key.verify(dss, signed, ec.ECDSA(hashes.SHA256()))
        return payload, cbor2.loads(protected)

    def jws(self, token, typ):
        jws = JWS()
        jws.deserialize(token)
        header = json.loads(jws.objects["protected"])
        assert header["typ"] == typ and header["alg"] == "ES256", header
        key = self.signer([base64.b64decode(c) for c in header["x5c"]])
        numbers = key.public_numbers()
        jws.verify(JWK(kty="EC", crv="P-256", x=text(numbers.x.to_bytes(32, "big")), y=text(numbers.y.to_bytes(32, "big"))))
        return json.loads(jws.payload)

    def mdoc(self, credential, key):
        """Checks an IssuerSigned; its elements and its place in the status list."""
        issued = cbor2.loads(raw(credential))
        payload, _ = self.cose(issued["issuerAuth"])
        tagged = cbor2.loads(payload)
        assert tagged.tag == 24
        mso = cbor2.loads(tagged.value)
        assert mso["docType"] == "kr.jumin.resident.1" and mso["digestAlgorithm"] == "SHA-256"
        device = mso["deviceKeyInfo"]["deviceKey"]
        assert (device[1], device[-1], device[-2], device[-3]) == (2, 1, key.x, key.y), "another key"
        elements = {}
        for namespace, items in issued["nameSpaces"].items():
            for item in items:
                assert item.tag == 24
                fields = cbor2.loads(item.value)
                assert len(fields["random"]) >= 16
                digest = hashlib.sha256(cbor2.dumps(item)).digest()
                assert mso["valueDigests"][namespace][fields["digestID"]] == digest
                elements[fields["elementIdentifier"]] = fields["elementValue"]
        return elements, mso["status"]["status_list"]

    def sd_jwt(self, credential, key):
        issued, *disclosures, binding = credential.split("~")
        assert binding == ""
        claims = self.jws(issued, "dc+sd-jwt")
        assert claims["vct"] == "urn:kr:jumin:resident:1" and claims["_sd_alg"] == "sha-256"
        assert {k: claims["cnf"]["jwk"][k] for k in ("x", "y")} == {"x": text(key.x), "y": text(key.y)}
        assert claims["nbf"] <= time.time() < claims["exp"]
        elements = {}
        for disclosure in disclosures:
            assert text(hashlib.sha256(disclosure.encode()).digest()) in claims["_sd"], "an orphan"
            salt, name, value = json.loads(raw(disclosure))
            assert len(raw(salt)) >= 16 and name not in claims and name not in elements
            elements[name] = value
        return elements, claims["status"]["status_list"]

    def claims_of_list(self, token, media_type, uri):
        if media_type == "application/statuslist+jwt":
            claims = self.jws(token.decode(), "statuslist+jwt")
            assert claims["sub"] == uri
            return claims, claims["status_list"]["bits"], raw(claims["status_list"]["lst"])
        tag = cbor2.loads(token)
        payload, header = self.cose(tag.value)
        assert tag.tag == 18 and media_type == header[16] == "application/statuslist+cwt"
        claims = cbor2.loads(payload)
        assert claims[2] == uri
        return {"iat": claims[6], "exp": claims[4], "ttl": claims[65534]}, claims[65533]["bits"], claims[65533]["lst"]

    def list(self, phone, uri):
        """The statuses of a published list."""
        assert uri.startswith(phone.url + "/status/")
        status, headers, token = phone.ask("GET", uri[len(phone.url):])
        if status != 200:
            raise Refused(status, token)
        claims, bits, packed = self.claims_of_list(token, headers["Content-Type"], uri)
        assert claims["iat"] <= time.time() + 1 < claims["exp"]
        return Statuses(bits, zlib.decompress(packed))

    def status(self, phone, place):
        """0 valid, 1 invalid, 2 suspended: what the published list says of that place."""
        return self.list(phone, place["uri"])[place["idx"]]


class Statuses:
    def __init__(self, bits, packed):
        self.bits, self.packed = bits, packed

    def __getitem__(self, index):
        per = 8 // self.bits
        return self.packed[index // per] >> (index % per * self.bits) & ((1 << self.bits) - 1)


__all__ = ["InvalidSignature", "Key", "MDOC", "Phone", "Refused", "SD_JWT", "Verifier"]
