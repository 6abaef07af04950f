#!/usr/bin/python3
# Requests over the network by jumin's commands alone, over real HTTP: remote_life.py JUMIN
#
# A wallet that the issuer's server has filled, a bank that may ask for `identity`: both formats, a holder who says no, a
# bank that asks for more than it may, a phone that is lost; and what tills and servers say when something is wrong.
# SPDX-License-Identifier: Apache-2.0
import json
import os
import signal
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request

from issuer_home import Issuer
from venue_home import SECRET, Venue, Wallet, free_port

IDENTITY = {"family_name_unicode", "given_name_unicode", "birth_date", "portrait", "issue_date", "expiry_date",
            "issuing_country", "issuing_authority_unicode", "registration_number"}


def fetch(url):
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE  # the commands look, not this
    try:
        with urllib.request.urlopen(url, context=context if url.startswith("https") else None) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode()


def check_command_line(issuer):
    """What is wrong is said before anything is served or asked."""
    venue = ("verify", "serve", "--venue", "bank", "--base-url", "https://bank.example")
    secret = issuer.write("long", SECRET)
    till = ("verify", "request", "--server", "http://127.0.0.1:1", "--secret", secret)
    for options, status, says in (
            (("verify", "serve"), 2, "--venue is needed"),
            (venue, 2, "--secret is needed"),
            ((*venue[:4], "--base-url", "https://", "--secret", secret), 2, "--base-url takes https://"),
            ((*venue[:4], "--base-url", "https://bank.example/", "--secret", secret), 2, "without a slash"),
            ((*venue, "--secret", secret, "--now", "1"), 2, "--now is not for a server"),
            ((*venue, "--secret", secret, "--listen", "x:y"), 2, "--listen takes"),
            ((*venue, "--secret", secret, "--seconds", "0"), 2, "--seconds"),
            ((*venue, "--secret", issuer.write("short", "too short\n")), 1, "16 bytes or more"),
            ((*venue, "--secret", secret, "--by-host"), 1, "host"),
            ((*venue[:2], "--venue", "nobody", *venue[4:], "--secret", secret), 1, "nobody"),
            (till[:4], 2, "--server and --secret are needed"),
            (till, 2, "--purpose is needed"),
            ((*till, "--purpose", "all"), 2, "--purpose is needed"),
            ((*till, "--purpose", "age", "--format", "pdf"), 2, "--format takes"),
            ((*till, "--result", "x"), 2, "--result takes"),
            ((*till, "--result", 22 * "x", "--response-code", "x"), 2, "--response-code takes"),
            ((*till, "--purpose", "age", "--response-code", 22 * "x"), 2, "--response-code takes"),
            ((*till, "--purpose", "age"), 1, "https"),
            ((*till, "--purpose", "age", "--allow-http"), 1, "jumin"),
            (("wallet", "respond"), 2, "link is needed"),
            (("wallet", "respond", "x", "--approve", "all"), 2, "no purpose all")):
        issuer.run(*options, expect=status, says=says)


def learned(result):
    return {one["name"]: one["value"] for one in result["verdict"]["learned"]}


def unused(wallet):
    return {name: one["unused"] for name, one in wallet.credentials().items()}


def check_identity(venue, wallet):
    """Both formats; looked at first, which uses nothing up."""
    before = unused(wallet)
    for wanted in ("mso_mdoc", "dc+sd-jwt"):
        request = venue.ask("identity", "--format", wanted)
        if wanted == "mso_mdoc":
            shown = wallet.online("show-request", request["link"], says="for identity")
            assert "Bank of Specimen" in shown and "birth_date" in shown and "2001-03-14" in shown, shown
            assert unused(wallet) == before and "shown" not in {event["kind"] for event in wallet.history()}
            assert venue.result(request, expect=1) == {"state": "open"}
        else:
            plan = json.loads(wallet.online("show-request", request["link"], "--json"))
            assert plan["purposes"] == ["identity"] and [one["format"] for one in plan["documents"]] == [wanted], plan
        answer = json.loads(wallet.online("respond", request["link"], "--approve", "identity", "--json"))
        assert answer["shown"], answer
        back, code = answer["redirect_uri"].split("?response_code=")  # as the bank's page sees it
        assert back == "https://bank.example/thanks" and len(code) == 22, answer
        venue.till("--result", request["id"], "--response-code", code[::-1], expect=1, says="response code")
        result = venue.result(request, "--response-code", code)
        assert result["state"] == "good" and result["verdict"]["format"] == wanted, result
        # Who has no card has no number of one; everything else is there.
        checks = {one["check"]: (one["result"], one["detail"]) for one in result["verdict"]["checks"]}
        assert checks.pop("purpose") == ("warned", "of what was asked for, this was not shown: document_number"), result
        assert {finding for finding, _ in checks.values()} == {"passed"}, result
        got = learned(result)
        assert got.keys() == IDENTITY and got["registration_number"].replace("-", "") == "0123144000001", got.keys()
    assert venue.result(request) == result  # for a moment, in case it has not arrived
    wallet.online("respond", request["link"], "--yes", expect=1, says="HTTP 404")  # it is not answered twice
    assert unused(wallet) == {name: count - 1 for name, count in before.items()}
    events = [event for event in wallet.history() if event["kind"] == "shown"]
    assert [(one["who"], one["purpose"]) for one in events] == [("Bank of Specimen", "identity")] * 2, events


def check_waiting_till(venue, wallet):
    """The till waits while the phone reads its code."""
    picture = venue.issuer.path("code.png")
    till = subprocess.Popen([venue.issuer.jumin, "verify", "request", "--server", venue.url, "--secret", venue.secret,
                             "--allow-http", "--purpose", "identity", "--png", picture, "--wait"],
                            env=venue.issuer.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert till.stdout.readline().startswith("openid4vp://")
    wallet.online("respond", "--image", picture, "--yes", says="go on at https://bank.example/thanks")
    said, _ = till.communicate(timeout=60)
    assert till.returncode == 0 and "accepted" in said and "birth_date: 2001-03-14" in said, said
    assert "  ok        signature  " in said and "?" not in said.split("checked:")[1], said


def check_refusals(venue, wallet):
    """The holder says no; nobody is there to say yes; nobody answers."""
    request = venue.ask("identity")
    wallet.online("respond", request["link"], expect=1, says="the holder said no")
    result = venue.result(request, expect=1)
    assert result["state"] == "refused" and result["error"] == "access-denied" and "verdict" not in result, result
    event = wallet.history()[-1]
    assert (event["kind"], event["reason"], event["purpose"]) == ("refused", "the holder said no", "identity"), event
    venue.till("--purpose", "adult", expect=1, says="does not allow this purpose")
    with open(venue.issuer.path("wrong"), "w", encoding="utf-8") as file:
        file.write("another secret, as long\n")
    venue.issuer.run("verify", "request", "--server", venue.url, "--secret", venue.issuer.path("wrong"), "--allow-http",
                     "--purpose", "identity", expect=1, says="401")
    wallet.online("respond", "https://bank.example", "--yes", expect=1)


def check_empty(issuer, venue):
    """A wallet without credentials says that, and nothing of what one lacks that is not there."""
    said = Wallet(issuer, "empty").online("respond", venue.ask("identity")["link"], "--yes", expect=1,
                                          says="It is refused: the wallet has no such credential")
    assert "Bank of Specimen" in said and "does not have it" not in said, said


def check_server(issuer, wallet):
    """By TLS: what is counted and logged, and a trust list that gets old."""
    with Venue(issuer, "bank", tls=True) as venue:
        venue.serve("--trust-accept", "0", "--trust-warn", "0", "--seconds", "1")
        request = venue.ask("identity")
        deadline = time.monotonic() + 60
        while (health := fetch(venue.url + "/health"))[0] == 200 and time.monotonic() < deadline:
            time.sleep(0.1)
        assert health[0] == 503 and "the trust list is older" in health[1], health
        while (result := venue.result(request, expect=1)) == {"state": "open"} and time.monotonic() < deadline:
            time.sleep(0.1)
        assert result == {"state": "expired"}, result
        wallet.run("respond", request["link"], "--yes", *venue.client, expect=1, says="HTTP 404")
        wallet.run("respond", request["link"], "--yes", expect=1, says="link")  # by a server that nobody vouches for
        issuer.run("pki", "iaca", "trust-list")
        venue.server.send_signal(signal.SIGHUP)
        while "was read again" not in venue.log() and time.monotonic() < deadline:
            time.sleep(0.05)
        metrics = fetch(venue.url + "/metrics")[1]
        assert "jumin_verifier_opened_total 1" in metrics and "jumin_verifier_open 0" in metrics, metrics
        venue.stop()
        assert "was read again" in venue.log(), venue.log()


def await_state(wallet, wanted):
    """Until the issuer's lists say so: a period of theirs."""
    deadline = time.monotonic() + 60
    states = None
    while states != {wanted} and time.monotonic() < deadline:
        time.sleep(0.5)
        answer = json.loads(wallet.online("refresh", "--json"))
        states = {one["state"] for one in answer["credentials"]}
    assert states == {wanted}, states


def check_bank(issuer, wallet, credential):
    with Venue(issuer, "bank") as venue:
        venue.serve("--redirect", "https://bank.example/thanks")
        check_identity(venue, wallet)
        check_waiting_till(venue, wallet)
        check_refusals(venue, wallet)
        check_empty(issuer, venue)
        # Lost: refused by the wallet where it hears of it, and by the bank where it does not.
        request = venue.ask("identity")
        issuer.station("kim", "report-loss", credential, "--phone")
        await_state(wallet, "locked")
        wallet.online("respond", request["link"], "--yes", expect=1, says="locked")
        assert venue.result(request, expect=1)["state"] == "refused"
        assert "locked" in wallet.history()[-1]["reason"]
        issuer.station("kim", "restore", credential, "--phone", "--proof", "counter")
        await_state(wallet, "usable")
        request = venue.ask("identity")
        wallet.online("respond", request["link"], "--yes")
        assert venue.result(request)["state"] == "good"
        metrics = fetch(venue.url + "/metrics")[1]
        for line in ('result="good"} 4', 'result="refused"} 3', 'result="failed"} 0'):
            assert "jumin_verifier_answers_total{" + line in metrics, metrics
        venue.stop()
        said = venue.log()
        assert " POST verifier-response 200 " in said and " POST verifier-open 201 " in said, said
        for private in (request["id"], request["link"][-22:], SECRET, "127.0.0.1", "홍", "2001-03-14"):
            assert private not in said, "the log says who asked, or for what"


def check_shop(issuer, wallet):
    """A shop, by its host."""
    with Venue(issuer, "shop") as venue:
        issuer.run("pki", "venue", "issue", "shop", "--purpose", "adult", "--host", "localhost")
        venue.serve("--by-host")
        request = venue.ask("adult", "--format", "mso_mdoc")
        assert "x509_san_dns%3Alocalhost" in request["link"]
        year = time.gmtime(time.time() + 9 * 3600).tm_year
        answer = json.loads(wallet.online("respond", request["link"], "--approve", "adult", "--json"))
        assert [one["name"] for one in answer["request"]["documents"][0]["elements"]] == [f"adult_in_{year}"]
        assert learned(venue.result(request)) == {f"adult_in_{year}": True}
        # Its certificate is revoked: the wallet knows by the next trust list.
        shop = [one for one in json.loads(issuer.run("pki", "venue", "show", "--json")) if one["name"] == "shop"]
        issuer.run("pki", "venue", "revoke", "--serial", shop[0]["serial"])
        issuer.run("pki", "iaca", "trust-list")
        wallet.trust()
        request = venue.ask("adult")
        wallet.online("respond", request["link"], "--yes", expect=1, says="revoked")
        venue.stop()


def main(jumin):
    with Issuer(jumin, f"http://127.0.0.1:{free_port()}") as issuer:
        issuer.port = int(issuer.url.rsplit(":", 1)[1])
        issuer.officers(kim=["intake"])
        issuer.run("pki", "iaca", "init")
        issuer.run("pki", "venue", "issue", "bank", "--purpose", "identity", "--title", "Bank of Specimen", "--host",
                   "localhost")
        issuer.run("pki", "iaca", "trust-list")
        check_command_line(issuer)
        issuer.serve("--status-period", "1")
        portrait = os.path.join(os.path.dirname(__file__), "../../tools/jumin/specimen/portrait.jpg")
        offer = issuer.offer("--person", issuer.person(1), "--holds-card", "--photo", portrait)
        wallet = Wallet(issuer)
        wallet.add(offer)
        check_bank(issuer, wallet, offer["credential"])
        check_shop(issuer, wallet)
        check_server(issuer, wallet)
        issuer.stop()
    print("Asked, shown, refused, locked and found again, over the network.")


main(sys.argv[1])
