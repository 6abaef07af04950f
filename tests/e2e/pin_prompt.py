#!/usr/bin/env python3
"""PINs typed at a terminal: asked for one after the other, never shown, and a new one twice: pin_prompt.py JUMIN."""
# SPDX-License-Identifier: Apache-2.0
import os
import pty
import sys
import termios
import time


def echoes(terminal):
    return termios.tcgetattr(terminal)[3] & termios.ECHO != 0


def read_until(terminal, said, word):
    while word not in said:
        said += os.read(terminal, 1024)
    return said


def converse(arguments, answers):
    """Answers each prompt. Returns what stood on the terminal, and the exit status."""
    child, terminal = pty.fork()
    if child == 0:
        os.execv(sys.argv[1], [sys.argv[1], "card", "pin", *arguments, "--reader", "there is none", "--wait", "0"])
    said = b""
    for prompt, answer in answers:
        said = read_until(terminal, said, prompt)
        while echoes(terminal):
            time.sleep(0.001)
        os.write(terminal, answer + b"\n")
    try:
        while True:
            said += os.read(terminal, 1024)
    except OSError:  # the program has ended
        pass
    return said, os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


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
