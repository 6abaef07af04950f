#!/usr/bin/python3
# A wallet is shown in person, by the installed commands alone: present_life.py JUMIN
#
# An issuer's server, a wallet on a reader, and venues that ask it. Run by private_pcscd the reader is "jumin 0" of a real
# pcscd; run by with_pn532 it is libnfc's, over the simulated chip. With JUMIN_LONG everything, otherwise what says most.
# SPDX-License-Identifier: Apache-2.0
import json
import os
import signal
import socket
import subprocess
import sys
import time

from issuer_home import Issuer

TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(TESTS, "e2e"))
from pseudo_terminal import Terminal  # noqa: E402

SOCKET = os.environ["JUMIN_READER_0"]
NFC = os.environ.get("JUMIN_NFC_CONNECTION")
READER = ("--nfc", NFC) if NFC else ("--reader", "jumin 0")
PORTRAIT = os.path.join(TESTS, "..", "tools", "jumin", "specimen", "portrait.jpg")
PATIENCE = 60
LONG = bool(os.environ.get("JUMIN_LONG"))
QUESTION = b"Show it? [y/N] "


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Wallet:
    """The holder's phone."""

    def __init__(self, issuer):
        self.issuer = issuer
        self.process, self.first = None, {}

    def run(self, command, *arguments, **options):
        return self.issuer.run("wallet", command, *arguments, "--wallet", self.issuer.path("phone"), **options)

    def list(self):
        return json.loads(self.run("list", "--json"))["credentials"]

    def unused(self):
        return next(one["unused"] for one in self.list() if one["format"] == "mso_mdoc")

    def history(self):
        return json.loads(self.run("history", "--json"))["events"]

    def fill(self):
        self.run("init")
        self.run("trust", os.path.join(self.issuer.home, "mobile", "trust-list.jwt"),
                 "--root", os.path.join(self.issuer.home, "mobile", "iaca.crt"))
        person = json.load(open(self.issuer.person(1), encoding="utf-8"))
        person["address"] = {"street": "견본로 1", "city": "견본시", "zipcode": "12345"}
        offer = self.issuer.offer("--person", self.issuer.write("person.json", person), "--photo", PORTRAIT, "--holds-card")
        self.run("add", offer["uri"], "--tx-code", offer["tx_code"], "--allow-http")
        return offer

    def words(self, *options):
        return ["wallet", "present", "--reader", SOCKET, "--allow-http", *options, "--wallet", self.issuer.path("phone")]

    def lay_down(self, *options):
        """The wallet is on the reader, from now on, and has no terminal to ask at."""
        self.process = subprocess.Popen(
            [self.issuer.jumin, *self.words("--json", *options)], env=self.issuer.environment, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)
        if "--qr" in options:
            self.first = json.loads(self.process.stdout.readline())

    def take_away(self, status, ended=None):
        """What it has told, a line each, and what it said on standard error."""
        if ended is not None:
            self.process.send_signal(ended)
        out, err = self.process.communicate(timeout=PATIENCE)
        assert self.process.returncode == status, f"wallet present ends with {self.process.returncode}\n{out}{err}"
        return [json.loads(line) for line in out.splitlines()], err

    def await_state(self, state):
        """Status lists are published once a second."""
        deadline = time.monotonic() + PATIENCE
        while not all(one["state"] == state for one in self.list()):
            assert time.monotonic() < deadline, self.list()
            self.run("refresh", "--allow-http")

    def last(self, **members):
        event = self.history()[-1]
        assert {name: event[name] for name in members} == members, event


def words_of_verify(venue, purpose, *options):
    return ("verify", "--venue", venue, "--purpose", purpose, *READER, "--allow-http", *options)


def verify(issuer, venue, purpose, *options, **expected):
    return issuer.run(*words_of_verify(venue, purpose, *options), **expected)


def learned(answer):
    return {one["name"]: one["value"] for one in json.loads(answer)["learned"]}


def check_shown(issuer, wallet):
    """Each purpose: the least of data, a copy of its own, a line in the history."""
    name = {"family_name_unicode", "given_name_unicode"}
    cases = (
        ("shop", "adult", {"adult_in_"}),
        ("bank", "age", name | {"birth_date"}),
        ("bank", "identity", name | {"birth_date", "portrait", "registration_number", "issue_date", "expiry_date",
                                     "issuing_authority_unicode", "issuing_country"}),
        ("bank", "address", name | {"resident_address_unicode", "address_code"}),
    )
    left = wallet.unused()
    chosen = cases if LONG and not NFC else cases[:1] if NFC else (cases[0], cases[2])
    for venue, purpose, wanted in chosen:
        wallet.lay_down("--approve", purpose, "--offline")
        values = learned(verify(issuer, venue, purpose, "--json"))
        lines, _ = wallet.take_away(0)
        if purpose == "adult":
            assert [known[:len("adult_in_")] for known in values] == list(wanted) and set(values.values()) == {True}, values
        else:
            assert set(values) == wanted, (purpose, sorted(values))
        assert len(lines) == 1 and lines[0]["result"] == "shown", lines
        assert lines[0]["request"]["venue"]["name"] == venue and lines[0]["request"]["purposes"] == [purpose], lines
        left -= 1
    assert wallet.unused() == left
    for (venue, purpose, _), event in zip(reversed(chosen), reversed(wallet.history())):
        assert (event["kind"], event["who"], event["purpose"]) == ("shown", venue, purpose), event


def check_code(issuer, wallet):
    """Engagement by QR code: as text, and as a picture."""
    picture = issuer.path("code.png")
    wallet.lay_down("--qr", "--yes", "--mac")
    verify(issuer, "shop", "adult", "--engagement", wallet.first["engagement"], says="the holder is an adult")
    wallet.take_away(0)
    wallet.lay_down("--qr", "--png", picture, "--yes")
    with_pictures = verify(issuer, "shop", "adult", "--image", PORTRAIT, expect=1, says=PORTRAIT)
    verify(issuer, "shop", "adult", "--image", picture, says="the holder is an adult")
    wallet.take_away(0)
    assert with_pictures == ""
    if not LONG:
        return
    wallet.lay_down("--qr", "--yes")
    verify(issuer, "shop", "adult", "--engagement", wallet.first["engagement"][:-8], expect=1)
    verify(issuer, "shop", "adult", expect=1, says="not-supported")  # it is no tag
    assert wallet.take_away(1, signal.SIGTERM) == ([], ""), "somebody was shown something"


def check_question(issuer, wallet):
    """The holder is asked at the terminal, and may take time; who has not waited gets nothing."""
    def begin():
        return subprocess.Popen([issuer.jumin, *words_of_verify("shop", "adult")], env=issuer.environment, text=True,
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def end(venue, status, says):
        said, _ = venue.communicate(timeout=PATIENCE)
        assert venue.returncode == status and says in said, said

    terminal = Terminal(issuer.jumin, wallet.words("--patience", "2"), issuer.environment)
    if LONG:
        venue = begin()
        terminal.read_until(QUESTION)
        end(venue, 1, "shows nothing")  # the holder says nothing
    venue = begin()
    said = terminal.read_until(QUESTION)
    assert b"shop (jumin specimen) asks for adult:" in said and b"adult_in_" in said, said
    terminal.type(b"n\n", silent=False)
    terminal.read_until(b"Nothing was shown: the holder said no")
    end(venue, 1, "shows nothing")
    venue = begin()
    terminal.read_until(QUESTION)
    terminal.type(b"yes\n", silent=False)
    terminal.read_until(b"It was shown.")
    end(venue, 0, "accepted")
    assert terminal.end() == 0
    assert [event["kind"] for event in wallet.history()[-2:]] == ["refused", "shown"]
    if not LONG:
        return
    terminal = Terminal(issuer.jumin, wallet.words(), issuer.environment)
    venue = begin()
    terminal.read_until(QUESTION)
    terminal.type(b"\x03", silent=False)  # Ctrl-C
    end(venue, 1, "shows nothing")
    assert os.waitstatus_to_exitcode(terminal.end()) == 1
    wallet.last(kind="refused", reason="the holder said no")


def check_refused(issuer, wallet, number):
    """By the venue's own program; for want of a terminal; because it is locked, or used up."""
    wallet.lay_down("--once")
    verify(issuer, "shop", "identity", expect=1, says="not-authorized")
    verify(issuer, "shop", "adult", expect=1, says="shows nothing")
    lines, said = wallet.take_away(1)
    assert [line["result"] for line in lines] == ["refused"] and "--approve or --yes" in said, (lines, said)
    if LONG:
        check_used_up(issuer, wallet)
    issuer.station("kim", "report-loss", number, "--phone")
    wallet.await_state("locked")
    wallet.lay_down("--yes", "--once")
    verify(issuer, "shop", "adult", expect=1, says="shows nothing")
    lines, said = wallet.take_away(1)
    assert "is locked" in lines[0]["why"] and "is locked and shows nothing" in said, (lines, said)
    wallet.last(kind="refused", who="shop", reason=lines[0]["why"])
    issuer.station("kim", "restore", number, "--phone", "--proof", "counter")
    wallet.await_state("usable")
    wallet.lay_down("--yes")
    verify(issuer, "shop", "adult", says="the holder is an adult")
    wallet.take_away(0)


def check_used_up(issuer, wallet):
    wallet.lay_down("--once", "--approve", "age")  # which is not what is asked for
    verify(issuer, "shop", "adult", expect=1, says="shows nothing")
    wallet.take_away(1)
    wallet.last(kind="refused", who="shop", purpose="adult", reason="the holder said no")

    left = wallet.unused()
    for _ in range(left):
        wallet.lay_down("--yes", "--offline")
        verify(issuer, "shop", "adult", says="the holder is an adult")
        wallet.take_away(0)
    wallet.lay_down("--yes", "--offline", "--once")
    verify(issuer, "shop", "adult", expect=1, says="shows nothing")
    lines, said = wallet.take_away(1)
    assert "all copies" in lines[0]["why"] and "`jumin wallet refresh` fetches others" in said, (lines, said)


def main(jumin):
    port = free_port()
    with Issuer(jumin, f"http://127.0.0.1:{port}") as issuer:
        issuer.port = port
        issuer.officers(kim=["intake"])
        issuer.run("pki", "iaca", "init")
        issuer.run("pki", "venue", "issue", "shop", "--purpose", "adult")
        if not NFC:
            issuer.run("pki", "venue", "issue", "bank", "--purpose", "age", "--purpose", "identity", "--purpose", "address")
        issuer.run("pki", "iaca", "trust-list")
        issuer.serve("--status-period", "1", "--unlimited", "--batch", "5")
        wallet = Wallet(issuer)
        number = wallet.fill()["credential"]
        try:
            check_shown(issuer, wallet)
            check_code(issuer, wallet)
            if not NFC:
                check_question(issuer, wallet)
                check_refused(issuer, wallet, number)
        finally:
            if wallet.process.poll() is None:
                wallet.process.kill()
        issuer.stop()
    print("A wallet is shown in person, and not shown.")


main(sys.argv[1])
