#!/usr/bin/env python3
"""A key ceremony at a terminal: shares shown one by one, cleared, typed back, and typed in again: ceremony_terminal.py JUMIN."""
# SPDX-License-Identifier: Apache-2.0
import os
import re
import signal
import sys
import tempfile

from pseudo_terminal import Terminal

CLEAR = b"\x1b[H\x1b[2J\x1b[3J"
GROUPS = re.compile(rb"(?:[A-Z2-7]{2,4}[ \r\n]+){10,}")


def start(home, *words):
    return Terminal(sys.argv[1], ["pki", *words], {**os.environ, "JUMIN_PASSPHRASE": "station", "JUMIN_HOME": home})


def take_share(terminal, name, mistype):
    """Plays one custodian: looks, writes down, types back. Returns the share."""
    shown = terminal.read_until(b"Enter shows it. ")
    terminal.expect(f"is for {name}.".encode() in shown and not GROUPS.search(shown), f"{name} is called first")
    terminal.type(b"\n", silent=False)
    share = None
    for attempt in range(2 if mistype else 1):
        shown = terminal.read_until(b"Enter clears the screen. ")
        share = b"".join(GROUPS.search(shown.split(b"custodian")[1]).group(0).split())
        terminal.type(b"\n", silent=False)
        terminal.expect(CLEAR in terminal.read_until(b"to check it: "), f"the share of {name} is cleared")
        wrong = mistype and attempt == 0
        terminal.type((share[:-1] + (b"A" if share[-1:] != b"A" else b"Q") if wrong else share.lower()) + b"\n", silent=True)
        if wrong:
            terminal.read_until(b"Enter shows it again. ")
            terminal.type(b"\n", silent=False)
    return share


def begin(home):
    terminal = start(home, "ceremony", "begin", "--shares", "3", "--threshold", "2", "--custodian", "Kim",
                     "--custodian", "Lee", "--custodian", "Park")
    shares = [take_share(terminal, name, mistype) for name, mistype in (("Kim", False), ("Lee", True), ("Park", False))]
    terminal.expect(terminal.end() == 0 and b"The record's head is now" in terminal.said, "the ceremony ends well")
    for share in shares:
        terminal.expect(share.lower() not in terminal.said, "what is typed back is not shown")
    return shares


def activate(home, shares):
    terminal = start(home, "ceremony", "activate")
    terminal.read_until(b"Share 1 of the 2 that are needed")
    terminal.type(shares[2][:-1] + b"\n", silent=True)
    terminal.read_until(b"a character is missing or mistyped")
    terminal.read_until(b"Share 1 of the 2")
    terminal.type(shares[2] + b"\n", silent=True)
    terminal.read_until(b"Share 2 of the 2")
    terminal.type(shares[2] + b"\n", silent=True)
    terminal.read_until(b"share 3 was given already")
    terminal.read_until(b"Share 2 of the 2")
    terminal.type(shares[0] + b"\n", silent=True)
    terminal.expect(terminal.end() == 0 and b"open the CSCA's key" in terminal.said, "typed shares open the key")
    terminal.expect(not any(share in terminal.said for share in shares), "what is typed is not shown")


def seal(home, shares):
    terminal = start(home, "ceremony", "reshare", "--shares", "2", "--threshold", "2", "--custodian", "Ahn",
                     "--custodian", "Bae", "--seal", "--shares-folder", f"{home}/sealed")
    for number, share in enumerate(shares[:2]):
        terminal.read_until(b"Share %d of the 2" % (number + 1))
        terminal.type(share + b"\n", silent=True)
    for name in (b"Ahn", b"Bae"):
        terminal.read_until(name + b", choose a passphrase")
        terminal.type(b"of " + name + b"\n", silent=True)
        terminal.read_until(b"Again: ")
        terminal.type(b"of " + name + b"\n", silent=True)
    terminal.expect(terminal.end() == 0, "shares are sealed")
    paths = sorted(f"{home}/sealed/{name}" for name in os.listdir(f"{home}/sealed"))
    terminal = start(home, "ceremony", "activate", "--share", paths[1], "--share", paths[0])
    for number, name in ((2, b"Bae"), (1, b"Ahn")):
        terminal.read_until(b"Passphrase of share %d: " % number)
        terminal.type(b"of " + name + b"\n", silent=True)
    terminal.expect(terminal.end() == 0, "and opened by their custodians")


def interrupt(home):
    """Ctrl-C while a share is on the screen: it is cleared, and nothing was made."""
    terminal = start(home, "ceremony", "begin", "--shares", "2", "--threshold", "2", "--custodian", "Kim",
                     "--custodian", "Lee")
    terminal.read_until(b"Enter shows it. ")
    terminal.type(b"\n", silent=False)
    terminal.read_until(b"Enter clears the screen. ")
    terminal.type(b"\x03", silent=False)
    status = terminal.end()
    terminal.expect(os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGINT, f"it ended with {status:#x}")
    terminal.expect(CLEAR in terminal.said[terminal.seen:], "the share is cleared")
    terminal.expect(not os.path.exists(f"{home}/pki/csca.crt") and not os.path.exists(f"{home}/pki/csca.key"),
                    "something half is left")


def main():
    with tempfile.TemporaryDirectory() as home, tempfile.TemporaryDirectory() as other:
        shares = begin(home)
        activate(home, shares)
        seal(home, shares)
        interrupt(other)
    print("shown, cleared, typed back and typed in")


main()
