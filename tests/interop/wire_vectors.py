#!/usr/bin/env python3
"""Computes again, from the standards, every line that the program given as argument prints, and compares.

Exit code 77 (skipped) without python3-cryptography.
"""
# SPDX-License-Identifier: Apache-2.0
import collections
import importlib.util
import subprocess
import sys

if importlib.util.find_spec("cryptography") is None:
    print("skipped: no python3-cryptography")
    sys.exit(77)

import wire_standard as standard

# How many lines of each kind there must be, so that a program that prints little does not pass.
LINES = {"sm": 1440, "scp03": 36, "scp03-message": 2592, "integrated": 20, "token": 20, "generic": 8}


def parse(line):
    kind, *fields = line.split(" ")
    return kind, dict(field.split("=", 1) for field in fields)


def plain(v):
    numbers = [int(v[name]) for name in ("cla", "ins", "p1", "p2")]
    return *numbers, bytes.fromhex(v["data"]), int(v["ne"]), v["extended"] == "1"


def key_of(v, name):
    key = bytes.fromhex(v[name])
    return standard.AriaKey(key) if v["cipher"] == "ARIA" else key


def status(v):
    return int(v["status"]).to_bytes(2, "big")


class Recomputation:
    """Yields (name, value) for each output of a line; SCP03 messages belong to the session before them."""

    def __init__(self):
        self.session = None

    def sm(self, v):
        enc, mac, ssc = key_of(v, "enc"), key_of(v, "mac"), int(v["ssc"])
        command = plain(v)
        yield "command", standard.sm_command(enc, mac, ssc, *command)
        yield "response", standard.sm_response(enc, mac, ssc + 1, command[4], status(v), command[1] % 2 == 1)

    def scp03(self, v):
        b = {name: bytes.fromhex(v[name]) for name in ("enc", "mac", "counter", "aid", "host", "card")}
        size = int(v["mode"])
        yield "card", standard.scp03_kdf(b["enc"], 0x02, b["counter"] + b["aid"], size)
        self.session = standard.Scp03(b["enc"], b["mac"], size, b["host"], b["card"])
        self.session.level = int(v["level"])
        yield "card_cryptogram", self.session.card_cryptogram
        yield "host_cryptogram", self.session.host_cryptogram

    def scp03_message(self, v):
        command = plain(v)
        yield "command", self.session.command(*command)
        yield "response", self.session.response(command[4], status(v))

    def integrated(self, v):
        s, t = bytes.fromhex(v["s"]), key_of(v, "t")
        yield "generator", standard.pace_integrated(standard.CURVES[v["curve"]], len(t), s, t)

    def generic(self, v):
        secret = int(v["secret"], 16)
        point, nonce = bytes.fromhex(v["point"]), bytes.fromhex(v["nonce"])
        yield "generator", standard.pace_generic(standard.CURVES[v["curve"]], secret, point, nonce)

    def token(self, v):
        b = {name: bytes.fromhex(v[name]) for name in ("secret", "nonce", "oid", "point")}
        key = key_of(v, "key")
        yield "key", standard.kdf(v["cipher"], int(v["key_length"]), b["secret"], 2, b["nonce"])
        yield "token", standard.pace_token(key, b["oid"], b["point"])
        yield "chip_data", standard.pace_chip_data(key, b["secret"])


def main():
    output = subprocess.run([sys.argv[1]], check=True, capture_output=True, text=True, timeout=100).stdout
    recomputation = Recomputation()
    counted = collections.Counter()
    for number, line in enumerate(output.splitlines(), 1):
        kind, values = parse(line)
        counted[kind] += 1
        for name, expected in getattr(recomputation, kind.replace("-", "_"))(values):
            if bytes.fromhex(values[name]) != expected:
                sys.exit(f"line {number} ({kind}): {name} is {values[name]}\n  by the standard {expected.hex()}")
    if counted != LINES:
        sys.exit(f"the program printed {dict(counted)} lines, expected {LINES}")
    print(f"{sum(counted.values())} lines agree")


if __name__ == "__main__":
    main()
