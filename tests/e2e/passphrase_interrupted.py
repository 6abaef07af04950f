#!/usr/bin/env python3
"""Ctrl-C while a passphrase is typed: the program ends and the terminal echoes again: passphrase_interrupted.py JUMIN."""
# SPDX-License-Identifier: Apache-2.0
import os
import signal
import sys
import tempfile

from pseudo_terminal import Terminal

TIMES = 50


def interrupt(home, environment):
    """Right behind the prompt, wherever the program is by then."""
    terminal = Terminal(sys.argv[1], ["pki", "init", "--home", home], environment)
    terminal.read_until(b"Passphrase")
    terminal.type(b"half a secret\x03", silent=True)
    status = terminal.end()
    terminal.expect(os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGINT, f"it ended with status {status:#x}")
    terminal.expect(not os.path.exists(f"{home}/pki/csca.key"), "something half is left")


def main():
    environment = {name: value for name, value in os.environ.items() if name != "JUMIN_PASSPHRASE"}
    with tempfile.TemporaryDirectory() as home:
        for _ in range(TIMES):
            interrupt(home, environment)
    print("ended by the signal, and the terminal echoes")


main()
