#!/usr/bin/env python3
"""Lays passports of others on a reader and looks at what `jumin card read` says: foreign_documents.py JUMIN SPECIMEN_FOLDER.

To be run by private_pcscd --vpcd."""
# SPDX-License-Identifier: Apache-2.0
import json
import pathlib
import subprocess
import sys
import tempfile

from passport import curves
from passport.chip import CARD_ACCESS, COM, PACE_GM_3DES, SOD, Chip
from passport.issuer import Issuer, Zone, algorithm, com, dg1, dg14, dg15, dg2, integer, new_key, oid, sequence, tlv
from passport.vpcd import Reader
import wire_standard

JUMIN, SPECIMEN = sys.argv[1], pathlib.Path(sys.argv[2])
PORTRAIT = (SPECIMEN / "portrait.jpg").read_bytes()
WORK = pathlib.Path(tempfile.mkdtemp())
CA_3DES, PK_ECDH, STANDARDIZED = "0.4.0.127.0.7.2.2.3.2.1", "0.4.0.127.0.7.2.2.1.2", "0.4.0.127.0.7.1.2"
CURVES = {**wire_standard.CURVES, **curves.CURVES}
PARAMETERS = {"P192": 8, "P224": 10, "P256": 12, "BRAINPOOL_P256R1": 13, "BRAINPOOL_P320R1": 14, "P384": 15,
              "BRAINPOOL_P384R1": 16}
taps = 0


def fail(what, said=""):
    sys.exit(f"FAILED: {what}\n{said}")


class Document:
    """A passport with everything that old ones have; what is given differs."""

    def __init__(self, zone=None, issuer=None, groups=None, curve=None, key_alone=False, aa="rsa1024", portrait_size=0,
                 card_access=None, **habits):
        self.zone, self.issuer = zone or Zone(), issuer or USUAL
        keys = {}
        self.groups = {1: dg1(self.zone), 2: dg2(PORTRAIT, portrait_size)}
        if curve is not None:
            keys["ca_curve"], keys["ca_key"] = CURVES[curve], 0x1234567890ABCDEF1234567890ABCDEF12345678
            self.groups[14] = dg14(*ca_infos(curve, keys["ca_key"], key_alone))
        if aa is not None:
            keys["aa_key"] = AA_KEYS.setdefault(aa, new_key(aa))
            self.groups[15] = dg15(keys["aa_key"].public_key())
        self.groups.update(groups or {})
        files = {0x0100 + number: content for number, content in self.groups.items()}
        files[COM], files[SOD] = com(self.groups), self.issuer.security_object(self.groups)
        if card_access is not None:
            files[CARD_ACCESS] = card_access
        self.chip = Chip(files, self.zone.information, **keys, **habits)


def ca_infos(curve, secret, key_alone):
    point = CURVES[curve].encode(CURVES[curve].multiply(secret, CURVES[curve].g))
    info = sequence(oid(CA_3DES), integer(1))
    key = sequence(algorithm(STANDARDIZED, integer(PARAMETERS[curve])), tlv(0x03, b"\0" + point))
    key_info = sequence(oid(PK_ECDH), key)
    return [key_info] if key_alone else [info, key_info]


def tap(document, *options, trust=None, mrz=None, command="read"):
    """What jumin says: its exit status, its report by check and group, and the text of standard error."""
    global taps
    taps += 1
    READER.chip = document.chip
    document.chip.reset()
    trust_file = WORK / "csca.der"
    trust_file.write_bytes((trust or document.issuer).csca_der())
    done = subprocess.run([JUMIN, "card", command, "--reader", "Virtual", "--mrz", mrz or document.zone.text, "--json",
                           "--trust", trust_file, *options], capture_output=True, text=True, timeout=120, check=False)
    answer = json.loads(done.stdout) if done.stdout else {}
    checks = {(check["check"], check.get("group", 0)): check for check in answer.get("report", {}).get("checks", [])}
    return done.returncode, answer, checks, done.stderr


def is_genuine(what, document, *options, chip="passed", **arguments):
    status, answer, checks, said = tap(document, *options, **arguments)
    if status != 0 or answer["report"]["verdict"] != "passed" or answer["report"]["chip"] != chip:
        fail(what, json.dumps(answer.get("report"), indent=1) + said)
    if answer["person"]["mrz"]["text"] != document.zone.text:
        fail(what, "another MRZ")
    return checks


def fails(what, check, error, document, *options, group=0, **arguments):
    """The named check fails with that error, and no other but those that follow from it."""
    status, answer, checks, said = tap(document, *options, **arguments)
    failed = {name for (name, _), found in checks.items() if found["verdict"] == "failed"}
    found = checks.get((check, group))
    if status != 1 or found is None or found.get("error") != error or failed != {check}:
        fail(f"{what}: failed checks {failed}", json.dumps(answer.get("report"), indent=1) + said)


def is_refused(what, error, document, *options, **arguments):
    status, answer, _, said = tap(document, *options, **arguments)
    if status != 1 or answer or f"{error}: " not in said:
        fail(what, said + json.dumps(answer))


# --- What opens -------------------------------------------------------------------------------------------


def opened_by_bac_only_when_asked():
    usual = Document()
    checks = is_genuine("a passport with BAC and Active Authentication", usual, "--bac")
    if "BAC" not in checks[("pace", 0)]["detail"] or checks[("active-authentication", 0)]["verdict"] != "passed":
        fail("the report of BAC", json.dumps(list(checks.values())))
    is_refused("BAC without being asked for", "not-supported", usual)
    is_refused("a wrong MRZ", "wrong-password", usual, "--bac", mrz=Zone(number="C01X00T48").text)
    for status in (0x6982, 0x6986, 0x6D00, 0x6B00, 0x6700):
        is_genuine(f"a document that answers {status:04X} for EF.CardAccess",
                   Document(card_access_status=status), "--bac")


def opened_by_pace_with_3des():
    curve = CURVES["BRAINPOOL_P256R1"]
    info = sequence(tlv(0x06, PACE_GM_3DES), integer(2), integer(13))
    access = tlv(0x31, info)
    newer = Document(card_access=access, pace_curve=curve, bac_status=0x6A88)
    for options in ([], ["--bac"]):
        checks = is_genuine("PACE-GM with 3DES on brainpoolP256r1", newer, *options)
        if "PACE-ECDH-GM, 3DES" not in checks[("pace", 0)]["detail"]:
            fail("the report of PACE with 3DES", json.dumps(list(checks.values())))
    is_refused("BAC with a document that knows only PACE", "not-supported", newer, "--bac-always")
    is_refused("a wrong MRZ in PACE", "wrong-password", newer, mrz=Zone(number="C01X00T48").text)
    # DG14 offers PACE, and somebody has hidden EF.CardAccess
    signed = dg14(*ca_infos("P256", 5, False), info)
    hidden = Document(groups={14: signed})
    hidden.chip.ca_curve, hidden.chip.ca_key = CURVES["P256"], 5
    fails("a hidden EF.CardAccess", "card-access", "hash", hidden, "--bac")


# --- What the chip proves ---------------------------------------------------------------------------------


def chip_proves_itself():
    for curve in CURVES:
        checks = is_genuine(f"Chip Authentication with 3DES on {curve}", Document(curve=curve, aa=None), "--bac")
        if checks[("chip-authentication", 0)]["verdict"] != "passed":
            fail("Chip Authentication", json.dumps(list(checks.values())))
    # A SET in the order of the issuer, which is not that of DER: what is hashed is what was read.
    for order in (1, -1):
        infos = b"".join(ca_infos("P256", 5, False)[::order])
        turned = Document(groups={14: tlv(0x6E, tlv(0x31, infos))}, aa=None)
        turned.chip.ca_curve, turned.chip.ca_key = CURVES["P256"], 5
        is_genuine(f"the infos of DG14 in order {order}", turned, "--bac")
    is_genuine("a key without ChipAuthenticationInfo", Document(curve="P256", key_alone=True, aa=None), "--bac")
    for name in ("sha1-named", "sha224", "sha256", "sha384", "sha512"):
        is_genuine(f"Active Authentication with {name}", Document(aa_hash=name), "--bac")
    for habit in ({"aa_padding": 1}, {"aa_padding": 20}, {"aa_smaller": True}, {"aa_smaller": True, "aa_padding": 3}):
        for _ in range(3):
            is_genuine(f"Active Authentication with {habit}", Document(**habit), "--bac")
    is_genuine("an RSA key whose signatures take extended length", Document(aa="rsa2048", aa_hash="sha256"), "--bac")
    copy = Document()
    copy.chip.aa_key = new_key("rsa1024")
    fails("a copy with another AA key", "active-authentication", "cloned", copy, "--bac")
    fails("a signature with another trailer", "active-authentication", "cloned", Document(aa_hash="sha1-odd"), "--bac")
    fails("a signature of another challenge", "active-authentication", "cloned", Document(aa_challenge=bytes(8)), "--bac")
    copy = Document(curve="P256", aa=None)
    copy.chip.ca_key += 1
    is_refused("a copy with another CA key", "cloned", copy, "--bac")
    is_genuine("neither", Document(aa=None), "--bac", chip="not-done")


# --- Who signed -------------------------------------------------------------------------------------------


def signed_by_all_kinds():
    for digest in ("sha1", "sha224", "sha256", "sha384", "sha512"):
        for pss in (None, 20, {"sha1": 20, "sha224": 28, "sha256": 32, "sha384": 48, "sha512": 64}[digest]):
            issuer = Issuer(csca="rsa2048", signer="rsa2048", digest=digest, pss=pss)
            is_genuine(f"EF.SOD with RSA, {digest}, salt {pss}", Document(issuer=issuer, aa=None), "--bac",
                       chip="not-done")


def signature_does_not_fit():
    document = Document()
    sod = document.chip.files[SOD]
    changed = bytearray(sod)
    changed[-1] ^= 1
    document.chip.files[SOD] = bytes(changed)
    fails("a changed signature of EF.SOD", "sod-signature", "signature", document, "--bac")
    document = Document()
    document.chip.files[0x0101] = dg1(Zone(number="C01X00T99"))
    fails("a changed DG1", "group-hash", "hash", document, "--bac", group=1)
    fails("a signer of France", "signer-country", "certificate", Document(issuer=Issuer(country="FR")), "--bac")
    early = Document()
    early.chip.files[SOD] = USUAL.security_object(early.groups, "200101000000Z")
    fails("a signature from before its certificate", "signer-validity", "not-valid-now", early, "--bac")
    fails("an unknown authority", "signer-chain", "signer-unknown", Document(), "--bac", trust=Issuer())
    is_genuine("the specimen state", Document(zone=Zone(state="UTO"), issuer=Issuer(country="UT")), "--bac")


# --- How it is read ---------------------------------------------------------------------------------------


def habits():
    """Answers that readers meet in the field; the whole document is read all the same."""
    cases = [{"le_max": most, "misfit": misfit}
             for most in (192, 128) for misfit in ("ends", "naked", "6B00", "6C", "6282")]
    cases += [{"end_of_file": status} for status in (0x6282, 0x9000, 0x6B00)]
    cases += [{"no_short_ids": True}, {"strict_le": True}, {"extended": False},
              {"no_short_ids": True, "strict_le": True, "le_max": 192, "end_of_file": 0x6B00}]
    for habit in cases:
        is_genuine(f"a chip with {habit}", Document(curve="P256", **habit), "--bac")


def naked_answer():
    """An answer in plain ends the session for the reader, although this chip would go on."""
    is_refused("a naked answer in the middle", "secure-messaging", Document(naked_once=0x0101), "--bac")


def long_files():
    for size in (40000, 100000):
        is_genuine(f"a portrait of {size} bytes", Document(portrait_size=size), "--bac")
    is_genuine("a long portrait and short reads", Document(portrait_size=40000, le_max=192, misfit="ends"), "--bac")


def portrait_of_jpeg_2000():
    """It is told by its first bytes, not by the record's header, and kept under the name that viewers know."""
    picture = bytes.fromhex("0000000C6A5020200D0A870A") + bytes(500)
    for kind, image, name in (("image/jp2", picture, "portrait.jp2"), ("image/jpeg", PORTRAIT, "portrait.jpg")):
        folder = WORK / name.replace(".", "-")
        _, answer, _, said = tap(Document(groups={2: dg2(image)}), "--bac", "--out", folder)
        if answer["person"]["portrait"]["type"] != kind or (folder / name).read_bytes() != image:
            fail(f"a portrait that is {kind}", said)


def main():
    for check in (opened_by_bac_only_when_asked, opened_by_pace_with_3des, chip_proves_itself, signed_by_all_kinds,
                  signature_does_not_fit, habits, naked_answer, long_files, portrait_of_jpeg_2000):
        check()
    print(f"{taps} taps, each as it should be")


AA_KEYS = {}
USUAL = Issuer(csca="rsa2048", signer="rsa2048")
READER = Reader()
main()
READER.close()
