# An issuer of others, written on Python's own libraries, and a wallet before it.
#
# It speaks OpenID4VCI 1.0, draft 15 and draft 13 as they are deployed, and checks every proof that the wallet sends.
# SPDX-License-Identifier: Apache-2.0
import base64
import datetime
import hashlib
import http.server
import json
import os
import secrets
import subprocess
import sys
import threading
import time
import urllib.parse

try:
    import cbor2
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
    from jwcrypto import jwk, jws
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

GRANT = "urn:ietf:params:oauth:grant-type:pre-authorized_code"
AHEAD = 30  # seconds by which the clock of this issuer is ahead of the wallet


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def certify(key, name, root=None, authority=False):
    """By `root`, a key and its certificate; None: by itself."""
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.timezone.utc)
    made = (x509.CertificateBuilder().subject_name(subject).issuer_name(root[1].subject if root else subject)
            .public_key(key.public_key()).serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=1)).not_valid_after(now + datetime.timedelta(days=30)))
    if root or authority:
        usage = {name: False for name in ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
                                          "encipher_only", "decipher_only")}
        made = (made.add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
                .add_extension(x509.KeyUsage(digital_signature=not authority, key_cert_sign=authority, crl_sign=authority,
                                             **usage), critical=True))
    return made.sign(root[0] if root else key, hashes.SHA256())


class Signer:
    """A key with a certificate that nobody knows: its own, or a root's."""

    def __init__(self, root=None):
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.certificate = certify(self.key, "Foreign Issuer", root)
        self.der = self.certificate.public_bytes(serialization.Encoding.DER)

    def sign(self, data):
        r, s = decode_dss_signature(self.key.sign(data, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    def jwt(self, typ, claims):
        header = {"alg": "ES256", "typ": typ, "x5c": [base64.b64encode(self.der).decode()]}
        text = b64(json.dumps(header).encode()) + "." + b64(json.dumps(claims).encode())
        return text + "." + b64(self.sign(text.encode()))


def sd_jwt(signer, typ, holder, year=2026, degree="Master of Tests"):
    disclosures, digests = [], []
    for name, value in (("degree", degree), ("year", year)):
        text = b64(json.dumps([b64(secrets.token_bytes(16)), name, value]).encode())
        disclosures.append(text)
        digests.append(b64(hashlib.sha256(text.encode()).digest()))
    claims = {"vct": "https://foreign.example/degree", "iss": "https://foreign.example", "iat": int(time.time()) + AHEAD,
              "exp": int(time.time()) + 86400, "cnf": {"jwk": holder}, "_sd": sorted(digests), "_sd_alg": "sha-256"}
    return signer.jwt(typ, claims) + "~" + "".join(d + "~" for d in disclosures)


def mdoc(signer, holder):
    now = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0) + datetime.timedelta(seconds=AHEAD)

    def tdate(days):
        return cbor2.CBORTag(0, (now + datetime.timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ"))

    item = cbor2.CBORTag(24, cbor2.dumps({"digestID": 0, "random": secrets.token_bytes(32),
                                         "elementIdentifier": "grade", "elementValue": 1}))
    key = {1: 2, -1: 1, -2: unb64(holder["x"]), -3: unb64(holder["y"])}
    mso = {"version": "1.0", "digestAlgorithm": "SHA-256",
           "valueDigests": {"org.foreign": {0: hashlib.sha256(cbor2.dumps(item)).digest()}},
           "deviceKeyInfo": {"deviceKey": key}, "docType": "org.foreign.degree",
           "validityInfo": {"signed": tdate(0), "validFrom": tdate(0), "validUntil": tdate(20)}}
    payload = cbor2.dumps(cbor2.CBORTag(24, cbor2.dumps(mso)))
    protected = cbor2.dumps({1: -7})
    signature = signer.sign(cbor2.dumps(["Signature1", protected, b"", payload]))
    return b64(cbor2.dumps({"nameSpaces": {"org.foreign": [item]},
                            "issuerAuth": [protected, {33: signer.der}, payload, signature]}))


class Refused(Exception):
    pass


def want(condition, why):
    if not condition:
        raise Refused(why)


def verify(text, typ):
    """A JWT under the key in its own header: header and claims."""
    token = jws.JWS()
    token.deserialize(text)
    header = json.loads(unb64(text.split(".")[0]))
    want(header["typ"] == typ, f"typ is {header['typ']}")
    want("d" not in header["jwk"] and header["alg"] == "ES256", "header")
    token.verify(jwk.JWK(**header["jwk"]))
    return header, json.loads(token.payload)


class Issuer:
    """kind: "final", "draft15" or "draft13"."""

    def __init__(self, kind, root=None):
        self.kind, self.signer, self.seen, self.problem = kind, Signer(root), [], ""
        self.code, self.access, self.nonce = secrets.token_urlsafe(16), secrets.token_urlsafe(16), ""
        self.dpop_nonce, self.deferred, self.keys, self.jtis = secrets.token_urlsafe(8), 0, [], set()
        self.tampered = self.marked = False  # what is wrong with a credential, or with the copies of a batch
        self.type, self.name = "https://foreign.example/degree", "Degree"
        self.claim = "Master of Tests"
        self.later = False  # drafts: the credential is made later
        self.events = []
        issuer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def handle_one(self, method):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                issuer.seen.append(f"{method} {self.path}")
                try:
                    status, answer, extra = issuer.answer(method, self.path, self.headers, body)
                except (Refused, KeyError, ValueError) as problem:
                    issuer.problem = repr(problem)
                    status, answer, extra = 400, {"error": "invalid_request", "error_description": repr(problem)}, {}
                text = json.dumps(answer).encode() if answer is not None else b""
                self.send_response(status)
                for name, value in extra.items():
                    self.send_header(name, value)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def do_GET(self):
                self.handle_one("GET")

            def do_POST(self):
                self.handle_one("POST")

        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.host = f"http://127.0.0.1:{self.http.server_port}"
        self.url = self.host + "/tenant"
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def metadata(self):
        degree = {"format": "dc+sd-jwt" if self.kind == "final" else "vc+sd-jwt",
                  "vct": self.type, "display": [{"name": self.name}]}
        answer = {"credential_issuer": self.url, "credential_endpoint": self.url + "/credential",
                  "credential_configurations_supported": {"degree": degree,
                                                          "other": {"format": "ldp_vc"}}}
        if self.kind == "final":
            degree["credential_metadata"] = {"display": degree.pop("display")}
            answer["credential_configurations_supported"]["mdoc"] = {
                "format": "mso_mdoc", "doctype": "org.foreign.degree",
                "credential_signing_alg_values_supported": [-7]}
            answer["authorization_servers"] = [self.host + "/as"]
            answer["notification_endpoint"] = self.url + "/notification"
        answer["deferred_credential_endpoint"] = self.url + "/deferred"
        if self.kind == "draft13":
            answer["token_endpoint"] = self.url + "/token"
        else:
            answer["nonce_endpoint"] = self.url + "/nonce"
        if self.kind == "draft15":
            answer["batch_credential_issuance"] = {"batch_size": 4}
            answer["notification_endpoint"] = self.url + "/notification"
        return answer

    def check_dpop(self, headers, path, access):
        header, claims = verify(headers["DPoP"], "dpop+jwt")
        want(claims["htm"] == "POST" and claims["htu"] == self.host + path, "htm, htu")
        want(claims["jti"] not in self.jtis, "jti")
        self.jtis.add(claims["jti"])
        if access:
            want(claims["ath"] == b64(hashlib.sha256(self.access.encode()).digest()), "ath")
        return claims.get("nonce") == self.dpop_nonce

    def answer(self, method, path, headers, body):
        if method == "GET":
            return self.answer_get(path)
        want(self.kind != "draft13" or headers["DPoP"] is None, "DPoP though nobody takes it")
        if path.endswith("/nonce"):
            self.nonce = secrets.token_urlsafe(8)
            return 200, {"c_nonce": self.nonce}, {"Cache-Control": "no-store"}
        if path.endswith("/token"):
            return self.answer_token(path, headers, body)
        scheme = "Bearer" if self.kind == "draft13" else "DPoP"
        want(headers["Authorization"] == f"{scheme} {self.access}", "Authorization")
        if scheme == "DPoP" and not self.check_dpop(headers, path, True):
            return 401, {"error": "use_dpop_nonce"}, {"DPoP-Nonce": self.dpop_nonce,
                                                     "WWW-Authenticate": 'DPoP error="use_dpop_nonce"'}
        asked = json.loads(body)
        if path.endswith("/notification"):
            want(asked["notification_id"] == "n", "notification")
            self.events.append(asked["event"])
            return 204, None, {}
        if path.endswith("/deferred"):
            want(asked == {"transaction_id": "later"}, "transaction")
            self.deferred += 1
            if self.deferred == 1 and self.kind == "final":
                return 202, {"transaction_id": "later", "interval": 1}, {}
            if self.deferred == 1:
                return 400, {"error": "issuance_pending", "interval": 1}, {}
            if self.kind != "final":
                return self.give(self.keys)
            return 200, {"credentials": [{"credential": mdoc(self.signer, self.keys[0])}], "notification_id": "n"}, {}
        return self.answer_credential(asked)

    def answer_get(self, path):
        name = "/.well-known/openid-credential-issuer"
        # Between host and path since 1.0; behind the path before.
        where = name + "/tenant" if self.kind == "final" else "/tenant" + name
        if path == where:
            return 200, self.metadata(), {}
        server = {"final": "/.well-known/oauth-authorization-server/as",
                  "draft15": "/tenant/.well-known/openid-configuration"}.get(self.kind)
        if path == server:
            at = self.host + "/as" if self.kind == "final" else self.url
            return 200, {"issuer": at, "token_endpoint": at + "/token",
                         "dpop_signing_alg_values_supported": ["ES256"]}, {}
        return 404, {"error": "not_found"}, {}

    def answer_token(self, path, headers, body):
        form = dict(urllib.parse.parse_qsl(body.decode(), strict_parsing=True))
        want(form["grant_type"] == GRANT and form["pre-authorized_code"] == self.code, "code")
        answer = {"access_token": self.access, "token_type": "DPoP", "expires_in": 600}
        if self.kind == "final":
            want(form["tx_code"] == "a code+ü", "tx_code")
            answer["authorization_details"] = [{"type": "openid_credential", "credential_configuration_id": "degree",
                                                "credential_identifiers": ["degree-1", "degree-2"]}]
        if self.kind == "draft13":
            want(form["user_pin"] == "4711", "user_pin")
            self.nonce = secrets.token_urlsafe(8)
            answer.update(token_type="bearer", c_nonce="an old one", c_nonce_expires_in=86400)
        elif not self.check_dpop(headers, path, False):
            return 400, {"error": "use_dpop_nonce"}, {"DPoP-Nonce": self.dpop_nonce}
        self.code = ""
        return 200, answer, {}

    def proven(self, text):
        header, claims = verify(text, "openid4vci-proof+jwt")
        want(claims["aud"] == self.url and "iss" not in claims, "aud, iss")
        return header["jwk"] if claims.get("nonce") == self.nonce else None

    def give(self, keys):
        """As drafts do."""
        if self.kind == "draft13":
            return 200, {"credential": sd_jwt(self.signer, "vc+sd-jwt", keys[0]), "format": "vc+sd-jwt"}, {}
        copies = [sd_jwt(self.signer, "vc+sd-jwt", k, 2026 + (i if self.marked else 0), self.claim) for i, k in enumerate(keys)]
        return 200, {"credentials": [{"credential": c} for c in copies], "notification_id": "n"}, {}

    def give_or_defer(self, keys):
        self.keys = keys
        return (202, {"transaction_id": "later", "interval": 1}, {}) if self.later else self.give(keys)

    def answer_credential(self, asked):
        if self.kind == "draft13":
            want(asked["format"] == "vc+sd-jwt" and asked["vct"] == self.type, "format")
            want(asked["proof"]["proof_type"] == "jwt" and "proofs" not in asked, "proof")
            key = self.proven(asked["proof"]["jwt"])
            if key is None:
                return 400, {"error": "invalid_proof", "c_nonce": self.nonce}, {}
            return self.give_or_defer([key])
        keys = [self.proven(text) for text in asked["proofs"]["jwt"]]
        want(len({k["x"] for k in keys}) == len(keys), "each proof by a key of its own")
        if self.kind == "draft15":
            want(asked["credential_configuration_id"] == "degree" and len(keys) == 4, "configuration, batch")
            return self.give_or_defer(keys)
        want(len(keys) == 1 and "format" not in asked and "proof" not in asked, "one key, and nothing of drafts")
        if asked.get("credential_configuration_id") == "mdoc":
            self.keys = keys
            return 202, {"transaction_id": "later", "interval": 1}, {}
        want(asked["credential_identifier"] == "degree-1" and "credential_configuration_id" not in asked, "identifier")
        credential = sd_jwt(self.signer, "dc+sd-jwt", keys[0])
        if self.tampered:
            credential = credential[:-4] + ("A" if credential[-4] != "A" else "B") + credential[-3:]
        return 200, {"credentials": [{"credential": credential}], "notification_id": "n"}, {}

    def offer(self):
        grant = {"pre-authorized_code": self.code}
        if self.kind == "final":
            grant["tx_code"] = {"input_mode": "text", "length": 8}
        if self.kind == "draft13":
            grant["user_pin_required"] = True
        ids = ["degree", "mdoc", "other"] if self.kind == "final" else ["degree"]
        offer = {"credential_issuer": self.url, "credential_configuration_ids": ids, "grants": {GRANT: grant}}
        return "openid-credential-offer://?" + urllib.parse.urlencode({"credential_offer": json.dumps(offer)})


class Wallet:
    """`more`: options of every command; `init`: of the first."""

    def __init__(self, jumin, folder, name, more=(), init=()):
        self.jumin, self.path, self.more = jumin, os.path.join(folder, name), more
        self.run("init", *init)

    def run(self, *arguments, status=0):
        made = subprocess.run([self.jumin, "wallet", *arguments, *self.more, "--wallet", self.path], text=True, timeout=60,
                              capture_output=True, check=False,
                              env={**os.environ, "JUMIN_PASSPHRASE": "open", "JUMIN_HOME": os.path.dirname(self.path)})
        if made.returncode != status:
            sys.exit(f"FAILED: {arguments}: {made.returncode}\n{made.stdout}{made.stderr}")
        return made.stdout + made.stderr

    def add(self, issuer, *more, status=0):
        return self.run("add", issuer.offer(), "--allow-http", *more, status=status)

    def credentials(self):
        return json.loads(self.run("list", "--json"))["credentials"]


def expect(condition, what, *about):
    if not condition:
        sys.exit(f"FAILED: {what}: {about}")
