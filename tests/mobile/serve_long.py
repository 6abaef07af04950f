#!/usr/bin/python3
# Many complete issuances by one server, whose memory stays flat: serve_long.py JUMIN MAKE_OFFERS BENCH_SERVE
#
# Offers are made while phones redeem them; each phone fetches a batch of two copies in both formats. The server's
# resident memory is looked at all along: in the last quarter it may not be GROWTH above what it was in the second one.
# With JUMIN_LONG 100,000 issuances or as many as JUMIN_ISSUANCES says, else some hundred. Where JUMIN_POSTGRESQL_URL names
# a server the records are there. A build with AddressSanitizer keeps what was freed, and is not measured.
# SPDX-License-Identifier: Apache-2.0
import os
import re
import statistics
import subprocess
import sys
import tempfile

from issuer_home import Issuer

LONG = bool(os.environ.get("JUMIN_LONG"))
COUNT = int(os.environ.get("JUMIN_ISSUANCES", "100000" if LONG else "200"))
COPIES, PHONES = "2", "4"
GROWTH = 2048 if LONG else 4096  # kB


def keeps_freed(server):
    with open(f"/proc/{server.pid}/maps", encoding="utf-8") as maps:
        return "libasan" in maps.read()


def main(jumin, make_offers, bench_serve):
    with Issuer(jumin) as issuer, tempfile.TemporaryFile("w+") as said:
        issuer.officers(kim=["intake"])
        issuer.run("pki", "iaca", "init")
        database = issuer.db[1] if issuer.db else os.path.join(issuer.home, "station.db")
        issuer.serve("--unlimited")
        measured = not keeps_freed(issuer.server)
        with subprocess.Popen([make_offers, issuer.home, database, "kim", "1", str(COUNT)], stdout=subprocess.PIPE,
                              env=issuer.environment | {"JUMIN_OFFICER_PASSPHRASE": "passphrase of kim"}) as offers:
            done = subprocess.run([bench_serve, str(issuer.port), issuer.url, PHONES, COPIES, str(issuer.server.pid)],
                                  check=True, text=True, stdin=offers.stdout, stdout=subprocess.PIPE, stderr=said)
        assert offers.returncode == 0, "not all offers were made"
        assert done.stdout.startswith(f"{COUNT} issuances"), done.stdout
        issuer.stop()
        issuer.station("root", "audit", "verify", says="is whole")
        said.seek(0)
        samples = [int(line) for line in re.findall(r"^ *\d+  (\d+) kB$", said.read(), re.MULTILINE)]
    quarter = len(samples) // 4
    assert quarter > 0, "the memory was not looked at"
    early, late = statistics.median(samples[quarter:2 * quarter]), statistics.median(samples[-quarter:])
    print(done.stdout + f"{len(samples)} looks: {early / 1024:.1f} MB in the second quarter, {late / 1024:.1f} MB in the last,"
          f" {max(samples) / 1024:.1f} MB at most; {GROWTH / 1024:.0f} MB more are allowed")
    assert not measured or late <= early + GROWTH, "the server's memory grows"


main(*sys.argv[1:])
