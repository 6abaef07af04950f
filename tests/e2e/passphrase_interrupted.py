#!/usr/bin/env python3
"""Ctrl-C while a passphrase is typed: the program ends and the terminal echoes again."""
# SPDX-License-Identifier: Apache-2.0
import os
import pty
import signal
import sys
import tempfile
import termios
import time


def echoes(terminal):
    return termios.tcgetattr(terminal)[3] & termios.ECHO != 0


def main():
    environment = {name: value for name, value in os.environ.items() if name != "JUMIN_PASSPHRASE"}
    with tempfile.TemporaryDirectory() as home:
        child, terminal = pty.fork()
        if child == 0:
            os.execve(sys.argv[1], [sys.argv[1], "pki", "init", "--home", home], environment)
        said = b""
        while b"Passphrase" not in said:
            said += os.read(terminal, 1024)
        while echoes(terminal):
            time.sleep(0.001)
        os.write(terminal, b"half a secret\x03")
        _, status = os.waitpid(child, 0)
        if not os.WIFSIGNALED(status) or os.WTERMSIG(status) != signal.SIGINT:
            sys.exit(f"FAILED: it ended with status {status:#x}")
        if not echoes(terminal):
            sys.exit("FAILED: the terminal stays silent")
        if os.path.exists(f"{home}/pki/csca.key"):
            sys.exit("FAILED: something half is left")
        print("ended by the signal, and the terminal echoes")


main()
