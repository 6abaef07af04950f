#!/usr/bin/env python3
"""PINs typed at a terminal: asked for one after the other, never shown, and a new one twice: pin_prompt.py JUMIN."""
# SPDX-License-Identifier: Apache-2.0
import os
import sys

from pseudo_terminal import Terminal


def converse(arguments, answers):
    """Answers each prompt. Returns what stood on the terminal, and the exit status."""
    words = ["card", "pin", *arguments, "--reader", "there is none", "--wait", "0"]
    terminal = Terminal(sys.argv[1], words, dict(os.environ))
    for prompt, answer in answers:
        terminal.read_until(prompt)
        terminal.type(answer + b"\n", silent=True)
    status = os.waitstatus_to_exitcode(terminal.end())
    return terminal.said, status


def expect(arguments, answers, words):
    said, status = converse(arguments, answers)
    if status != 1 or words not in said:
        sys.exit(f"FAILED: card pin {arguments}: {said!r}, exit status {status}")
    if any(answer in said for _, answer in answers):
        sys.exit(f"FAILED: card pin {arguments}: shows what was typed")


def main():
    new = [(b"New PIN: ", b"271828"), (b"New PIN again: ", b"271828")]
    no_card = b"jumin: card pin"
    expect(["change"], [(b"PIN: ", b"31415"), *new], no_card)
    expect(["change", "--pin", "31415"], new, no_card)
    expect(["change"], [(b"PIN: ", b"31415"), new[0], (b"New PIN again: ", b"271829")], b"two different entries")
    expect(["resume", "--can", "999999"], [(b"PIN: ", b"31415")], no_card)
    expect(["unblock"], [(b"PUK: ", b"1618033988")], no_card)
    print("asked, and nothing shown")


main()
