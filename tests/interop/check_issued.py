#!/usr/bin/env python3
"""Checks what the station makes with OpenSSL's programs and a reader of its own: check_issued.py MAKE_ISSUED FOLDER PERSON."""
# SPDX-License-Identifier: Apache-2.0
import hashlib
import json
import pathlib
import shutil
import subprocess
import sys

CURVES = {"P-256": "sha256", "P-384": "sha384", "brainpoolP256r1": "sha256", "brainpoolP384r1": "sha384"}
passed = 0


def check(ok, what):
    global passed
    if not ok:
        sys.exit(f"FAILED: {what}")
    passed += 1


def openssl(*arguments, data=None):
    done = subprocess.run(["openssl", *map(str, arguments)], input=data, capture_output=True)
    return done.returncode, done.stdout, done.stderr.decode()


def objects(data):
    """(tag, value, whole) of each BER-TLV object, X.690 §8.1."""
    found, at = [], 0
    while at < len(data):
        begin, tag = at, data[at]
        at += 1
        if tag & 0x1F == 0x1F:
            tag, at = tag << 8 | data[at], at + 1
        length, at = data[at], at + 1
        if length > 0x80:
            count = length - 0x80
            length, at = int.from_bytes(data[at:at + count], "big"), at + count
        found.append((tag, data[at:at + length], data[begin:at + length]))
        at += length
    if at != len(data):
        sys.exit("FAILED: an object runs over its end")
    return found


def signed_by(folder, name, digest, issuer):
    """The signature of a certificate or CRL, checked over its first element with the issuer's key."""
    (_, body, _), = objects((folder / name).read_bytes())
    tbs, _, signature = objects(body)
    (folder / "tbs").write_bytes(tbs[2])
    (folder / "signature").write_bytes(signature[1][1:])
    _, key, _ = openssl("x509", "-inform", "DER", "-in", folder / issuer, "-noout", "-pubkey")
    (folder / "key").write_bytes(key)
    code, _, _ = openssl("dgst", f"-{digest}", "-verify", folder / "key", "-signature", folder / "signature",
                         folder / "tbs")
    return code == 0


def check_certificates(folder, digest):
    for name in ("csca.der", "ds.der", "csca.crl.der"):
        check(signed_by(folder, name, digest, "csca.der"), f"signature of {name}")
    _, csca, _ = openssl("x509", "-inform", "DER", "-in", folder / "csca.der", "-noout", "-text")
    _, signer, _ = openssl("x509", "-inform", "DER", "-in", folder / "ds.der", "-noout", "-text")
    for text, lines in ((csca, ("CA:TRUE, pathlen:0", "Certificate Sign, CRL Sign", "DirName:/L=KOR", "C=KR")),
                        (signer, ("Digital Signature", "Private Key Usage Period", "2.23.136.1.1.6.2"))):
        for line in lines:
            # OpenSSL 3.0 writes "C = KR", later ones "C=KR".
            check(line in text.decode().replace(" = ", "="), f"{line} in a certificate")
    check("X509v3 Basic Constraints" not in signer.decode(), "a signer is no CA")


def cms_content(folder, cms):
    (folder / "cms").write_bytes(cms)
    code, content, error = openssl("cms", "-verify", "-noverify", "-inform", "DER", "-in", folder / "cms", "-binary")
    check(code == 0, f"CMS: {error}")
    return content


def check_sod(folder, digest):
    (tag, cms, _), = objects((folder / "EF.SOD.bin").read_bytes())
    check(tag == 0x77, "EF.SOD's tag")
    (_, fields, _), = objects(cms_content(folder, cms))
    version, _, groups = objects(fields)
    check(version[1] == b"\0", "version of the security object")
    numbers = []
    for _, entry, _ in objects(groups[1]):
        number, value = objects(entry)
        numbers.append(number[1][0])
        group = (folder / f"DG{numbers[-1]}.bin").read_bytes()
        check(hashlib.new(digest, group).digest() == value[1], f"hash of DG{numbers[-1]}")
    check(numbers == [1, 2, 11, 12, 14, 15], "the groups of the security object")
    (_, com, _), = objects((folder / "EF.COM.bin").read_bytes())
    check([value for tag, value, _ in objects(com) if tag == 0x5C] == [bytes([0x61, 0x75, 0x6B, 0x6C, 0x6E, 0x6F])],
          "the groups of EF.COM")


def signed_infos(folder, name):
    (_, infos, _), = objects(cms_content(folder, (folder / name).read_bytes()))
    return [whole for _, _, whole in objects(infos)]


def check_card_security(folder):
    """EF.CardSecurity holds what EF.CardAccess says to everybody, its key, and Restricted Identification; EF.ChipSecurity
    holds that and the chip's own key. All SETs are in DER's order."""
    (_, access, _), = objects((folder / "EF.CardAccess.bin").read_bytes())
    offered = [whole for _, _, whole in objects(access)]
    privileged = bytes.fromhex("060804007F0007020208")  # id-PT
    signed = signed_infos(folder, "EF.CardSecurity.bin")
    chip = signed_infos(folder, "EF.ChipSecurity.bin")
    for_all = {whole for whole in offered if privileged not in whole}
    check(len(for_all) == len(offered) - 1, "EF.CardAccess speaks to privileged terminals once")
    identification = bytes.fromhex("04007F0007020205")
    public_key = bytes.fromhex("060904007F0007020201")
    added = set(signed) - for_all
    check(for_all < set(signed) and len(added) == 4, "infos of EF.CardSecurity")
    check(sum(public_key in whole for whole in added) == 1, "the key of EF.CardSecurity")
    check(sum(identification in whole for whole in added) == 3, "Restricted Identification in EF.CardSecurity")
    check(set(signed) < set(chip), "EF.ChipSecurity repeats EF.CardSecurity")
    check(sum(public_key in whole for whole in chip) == 2, "the keys of EF.ChipSecurity")
    (_, group, _), = objects((folder / "DG14.bin").read_bytes())
    (_, infos, _), = objects(group)
    for name, members in (("EF.CardAccess", offered), ("EF.CardSecurity", signed), ("EF.ChipSecurity", chip),
                          ("DG14", [whole for _, _, whole in objects(infos)])):
        check(members == sorted(members), f"order of {name}")


def check_portrait(folder):
    """ISO 19794-5 by fixed offsets: the image is a JPEG of the size that its header says."""
    (_, templates, _), = objects((folder / "DG2.bin").read_bytes())
    (_, content, _), = objects(templates)
    count, template = objects(content)
    check(count[1] == b"\1", "one face")
    block = {tag: value for tag, value, _ in objects(template[1])}[0x5F2E]
    check(block[:8] == b"FAC\0" + b"010\0" and int.from_bytes(block[8:12], "big") == len(block), "face header")
    width, height = (int.from_bytes(block[at:at + 2], "big") for at in (36, 38))
    image = block[46:]
    check(image[:2] == b"\xFF\xD8" and image[-2:] == b"\xFF\xD9", "a whole JPEG")
    at = 2
    while image[at + 1] not in (0xC0, 0xC1, 0xC2):
        at += 2 + int.from_bytes(image[at + 2:at + 4], "big")
    check((int.from_bytes(image[at + 7:at + 9], "big"), int.from_bytes(image[at + 5:at + 7], "big")) == (width, height),
          "the image's size")


def check_person(folder, person):
    (_, group, _), = objects((folder / "DG11.bin").read_bytes())
    details = {tag: value for tag, value, _ in objects(group)}
    name = f"{person['surname']['hangul']}<<{person['given_names']['hangul']}"
    check(details[0x5F0E].decode() == name, "the full name")
    check(details[0x5F2B].decode() == person["birth_date"].replace("-", ""), "the date of birth")
    (_, group, _), = objects((folder / "DG1.bin").read_bytes())
    check(b"I<KOR" + person["document_number"].encode() in group, "the document number in the MRZ")


def main():
    make, place, specimen = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
    person = json.loads(specimen.read_text())
    for curve, digest in CURVES.items():
        folder = place / curve
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        subprocess.run([make, curve, folder], check=True)
        check_certificates(folder, digest)
        check_sod(folder, digest)
        check_card_security(folder)
        check_portrait(folder)
        check_person(folder, person)
    print(f"{passed} checks passed")


main()
