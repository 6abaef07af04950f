# Whether each card has its PIN letter and nothing else tells of its PIN: station_letters.py STATUS LETTERS FILE…
#
# STATUS is what `jumin station status --json` says, LETTERS a folder. Each application that has a card has the letter NUMBER.pdf,
# which names its document number. FILE… are files and folders in which no PIN and no PUK stands.
# SPDX-License-Identifier: Apache-2.0
import json
import os
import re
import subprocess
import sys

DIGITS = re.compile(r"(?:^| )((?:[0-9] ?)+)$", re.MULTILINE)
FEW = 20
# Numbers of applications, documents and cards may look like a PIN.
NUMBERS = re.compile(rb"[0-9]{4}-[0-9-]+|M[0-9]{8}|[0-9A-F]{20}")


def need(holds, what):
    if not holds:
        sys.exit("FAILED: " + what)


def secrets_of(path, document_number):
    text = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, text=True, check=True).stdout
    need(re.search(rf"\b{document_number}\b", text), f"{path} is not the letter of {document_number}")
    digits = [found.replace(" ", "") for found in DIGITS.findall(text)]
    need([len(found) for found in digits] == [5, 10], f"{path} has not one transport PIN and one PUK: {digits}")
    return digits


def files_of(paths):
    for path in paths:
        if os.path.isfile(path):
            yield path
        for folder, _, names in os.walk(path):
            yield from (os.path.join(folder, name) for name in names)


def main():
    status, letters, *places = sys.argv[1:]
    with open(status, encoding="utf-8") as file:
        cards = [card for card in json.load(file) if card["state"] in ("written", "verified", "handed-over")]
    secrets = set()
    for card in cards:
        pin, puk = secrets_of(os.path.join(letters, card["number"] + ".pdf"), card["document_number"])
        # Of many PINs some would stand somewhere by chance.
        secrets.update({pin, puk} if len(cards) <= FEW else {puk})
    found = re.compile(rb"(?<![0-9A-Fa-f])(?:[0-9]{10}|[0-9]{5})(?![0-9A-Fa-f])")
    for path in files_of(places):
        with open(path, "rb") as file:
            told = {word.decode() for word in found.findall(NUMBERS.sub(b"", file.read()))}
        need(not told & secrets, f"{path} tells a PIN or PUK")
    print(f"{len(cards)} letters, and no PIN elsewhere")


main()
