#!/usr/bin/python3
# `jumin verify` where several readers have a card, and none is a phone: verify_readers.py JUMIN
#
# Run by private_pcscd, the readers are "jumin 0" and "jumin 1" of a real PC/SC service.
# SPDX-License-Identifier: Apache-2.0
import os
import subprocess
import sys
import tempfile

jumin = sys.argv[1]


def main(home):
    environment = {**os.environ, "JUMIN_HOME": home, "JUMIN_PASSPHRASE": "open"}

    def run(*arguments, expect=0):
        done = subprocess.run([jumin, *arguments], env=environment, text=True, stdin=subprocess.DEVNULL,
                              capture_output=True, timeout=60)
        assert done.returncode == expect, f"{arguments}: {done.returncode}\n{done.stdout}{done.stderr}"
        return done.stderr

    run("pki", "iaca", "init")
    run("pki", "venue", "issue", "shop", "--purpose", "adult")
    run("pki", "iaca", "trust-list")
    cards = []
    for number in range(2):
        image = os.path.join(home, f"card{number}")
        run("sim", "--new", image)
        cards += ["--card", f"{image}@sim:{os.environ[f'JUMIN_READER_{number}']}"]
    verify = ("verify", "--venue", "shop", "--purpose", "adult", "--offline")
    sim = subprocess.Popen([jumin, "sim", *cards], env=environment, text=True, stdin=subprocess.PIPE,
                           stdout=subprocess.PIPE)
    try:
        for number in range(2):
            run("apdu", "--reader", f"jumin {number}", "--wait", "20")
        said = run(*verify, expect=1)
        assert "on the reader jumin 0 00 00; 2 readers have a card: choose one with --reader" in said, said
        said = run(*verify, "--reader", "jumin 1", expect=1)
        assert "--reader" not in said, said
        sim.stdin.write("remove 1\n")
        sim.stdin.flush()
        while not (line := sim.stdout.readline()).startswith("ok"):
            assert line, "the simulator has ended"
        said = run(*verify, expect=1)
        assert "--reader" not in said, said
    finally:
        sim.kill()
        sim.communicate()
    print("Among several readers with a card, the one that was taken is named.")


with tempfile.TemporaryDirectory() as folder:
    main(folder)
