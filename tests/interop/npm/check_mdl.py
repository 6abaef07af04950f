#!/usr/bin/env python3
"""mdocs that we make, verified by @auth0/mdl from npm, and its own verified by us: check_mdl.py PEER FOLDER.

The certificates are made by OpenSSL's command line. Exits with 77 where node, npm or the package cannot be had.
"""
# SPDX-License-Identifier: Apache-2.0
import base64
import json
import pathlib
import shutil
import subprocess
import sys
import time

SKIPPED = 77
HERE = pathlib.Path(__file__).resolve().parent


def quietly(*arguments, **options):
    subprocess.run([str(argument) for argument in arguments], check=True, stderr=subprocess.DEVNULL, **options)


def output(*arguments):
    return subprocess.run([str(argument) for argument in arguments], check=True, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL).stdout


def install(folder):
    """The packages in `folder`/node_modules; False when they cannot be had."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        return False
    for name in ("package.json", "mdl.mjs", "sd_jwt.mjs", "wallet.mjs"):
        shutil.copy(HERE / name, folder)
    if all((folder / "node_modules" / name).is_dir() for name in ("@auth0/mdl", "@sd-jwt/sd-jwt-vc")):
        return True
    command = ["npm", "install", "--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts"]
    try:
        return subprocess.run(command, cwd=folder, timeout=180, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL, check=False).returncode == 0
    except subprocess.TimeoutExpired:
        return False


def make_key(path):
    """A key of P-256 as PEM file; returns its secret and its point."""
    quietly("openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", path)
    der = output("openssl", "ec", "-in", path, "-outform", "DER")
    return der[7:39], der[-65:]  # ECPrivateKey (RFC 5915): version, secret, curve, point


def jwk(secret, point):
    def text(number):
        return base64.urlsafe_b64encode(number).rstrip(b"=").decode()

    return {"kty": "EC", "crv": "P-256", "x": text(point[1:33]), "y": text(point[33:]), "d": text(secret), "kid": "1"}


def make_certificates(folder):
    """root.pem and signer.pem in the profile of ISO 18013-5 Annex B, with signer.der and root.der."""
    extensions = folder / "signer.cnf"
    extensions.write_text("keyUsage=critical,digitalSignature\nextendedKeyUsage=critical,1.0.18013.5.1.2\n")
    quietly("openssl", "req", "-new", "-x509", "-key", folder / "root.key", "-subj", "/C=KR/CN=Root", "-days", "30", "-out",
            folder / "root.pem", "-addext", "keyUsage=critical,keyCertSign,cRLSign")
    quietly("openssl", "req", "-new", "-key", folder / "signer.key", "-subj", "/C=KR/CN=Signer", "-out",
            folder / "signer.csr")
    quietly("openssl", "x509", "-req", "-in", folder / "signer.csr", "-CA", folder / "root.pem", "-CAkey",
            folder / "root.key", "-CAcreateserial", "-days", "30", "-extfile", extensions, "-out", folder / "signer.pem")
    for name in ("root", "signer"):
        quietly("openssl", "x509", "-in", folder / f"{name}.pem", "-outform", "DER", "-out", folder / f"{name}.der")


def main():
    peer, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    if not install(folder):
        return SKIPPED
    make_key(folder / "root.key")
    keys = {}
    for name in ("signer", "device", "reader"):
        secret, point = make_key(folder / f"{name}.key")
        (folder / f"{name}.secret").write_bytes(secret)
        keys[name] = jwk(secret, point)
    (folder / "keys.json").write_text(json.dumps(keys))
    make_certificates(folder)
    now = int(time.time())
    subprocess.run([peer, "make", folder, str(now)], check=True)
    subprocess.run(["node", "mdl.mjs", folder.resolve()], cwd=folder, check=True, timeout=120)
    for method in ("signature", "mac"):
        subprocess.run([peer, "verify", folder, str(int(time.time())), f"theirs-{method}.cbor"], check=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
