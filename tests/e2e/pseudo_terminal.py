"""A program at a terminal, as a person has it: what stands there, and what is typed."""
# SPDX-License-Identifier: Apache-2.0
import os
import pty
import re
import signal
import sys
import termios

ENDED = re.compile(rb"\[ended with (\d+)\]")


def lead(program, arguments, environment):
    """Plays the shell: the system throws away what stands on a terminal, and its modes, once its first process is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    child = os.fork()
    if child == 0:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.execve(program, [program, *arguments], environment)
    status = os.waitpid(child, 0)[1]
    os.write(1, b"[ended with %d]" % status)
    while True:
        signal.pause()


class Terminal:
    def __init__(self, program, arguments, environment):
        self.leader, self.terminal = pty.fork()
        if self.leader == 0:
            lead(program, arguments, environment)
        self.said, self.seen = b"", 0

    def echoes(self):
        return termios.tcgetattr(self.terminal)[3] & termios.ECHO != 0

    def expect(self, holds, what):
        if not holds:
            sys.exit(f"FAILED: {what}: {self.said!r}")

    def read_until(self, word):
        """What was said up to the word, since the word before."""
        while word not in self.said[self.seen:]:
            self.expect(not ENDED.search(self.said), f"ended before {word!r}")
            self.said += os.read(self.terminal, 4096)
        start, self.seen = self.seen, self.said.index(word, self.seen) + len(word)
        return self.said[start:self.seen]

    def type(self, text, silent):
        self.expect(self.echoes() != silent, f"the terminal is silent: {not silent}, but is asked for a secret: {silent}")
        os.write(self.terminal, text)

    def end(self):
        """Reads the rest. Returns the status that the program ended with, as of waitpid."""
        while not ENDED.search(self.said):
            self.said += os.read(self.terminal, 4096)
        self.expect(self.echoes(), "the terminal stays silent")
        os.kill(self.leader, signal.SIGKILL)
        os.waitpid(self.leader, 0)
        os.close(self.terminal)
        return int(ENDED.search(self.said).group(1))
