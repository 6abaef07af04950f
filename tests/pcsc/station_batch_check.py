# Compares card images with the records that the station has of them: station_batch_check.py WORK TRUST READ_IMAGES.
#
# WORK has people.jsonl, status.json, audit.json, stock.json and the images in cards/.
# SPDX-License-Identifier: Apache-2.0
import glob
import json
import os
import re
import subprocess
import sys

# The serial number in the production data that the simulated factory writes; the station knows it as the
# diversification data of the card.
SERIAL = re.compile(rb"JUSI\x00{8}(.{4})\x00\x01", re.DOTALL)
MRZ = re.compile(rb"I<KOR[A-Z0-9<]{85}")


def need(holds, what):
    if not holds:
        sys.exit("FAILED: " + what)


def serials_of(image):
    return {(b"JUMIN\x01" + found).hex().upper() for found in SERIAL.findall(image)}


def read_back(images, trust, program):
    """What each image that may be issued says of itself: path -> [document number, birth, expiry, name]."""
    lines = [f"{path} {mrz}\n" for path, candidates in images.items() for mrz in candidates]
    answer = subprocess.run([program, trust, str(2 * os.cpu_count())], input="".join(lines), text=True,
                            capture_output=True, check=True)
    issued = {}
    for line in answer.stdout.splitlines():
        path, verdict, *rest = line.split(" ")
        if verdict == "issued":
            need(path not in issued, f"{path} opens to two documents")
            issued[path] = rest
    return issued


def main():
    work, trust, program = sys.argv[1:]
    with open(os.path.join(work, "people.jsonl"), encoding="utf-8") as file:
        people = [json.loads(line)["person"] for line in file]
    with open(os.path.join(work, "status.json"), encoding="utf-8") as file:
        records = sorted(json.load(file), key=lambda record: record["number"])
    with open(os.path.join(work, "audit.json"), encoding="utf-8") as file:
        trail = json.load(file)
    with open(os.path.join(work, "stock.json"), encoding="utf-8") as file:
        stock = {card["serial"]: card for card in json.load(file)}

    # The records: one application a person, each with a card of its own
    need(len(records) == len(people), f"{len(records)} applications for {len(people)} people")
    need(all(record["state"] == "verified" for record in records), "a card is not ready")
    numbers = [record["document_number"] for record in records]
    need(len(set(numbers)) == len(numbers), "two records have the same document number")

    # The trail: which card each application begun, and on which it ended
    begun, verified, spoiled = {}, {}, {}
    for entry in trail:
        serial = entry["detail"].removeprefix("card ").split(",")[0]
        if entry["action"] == "begin":
            begun[serial] = entry["subject"]
        elif entry["action"] == "verify":
            need(entry["subject"] not in verified, f"{entry['subject']} was verified twice")
            verified[entry["subject"]] = serial
        elif entry["action"] == "spoil":
            spoiled[entry["subject"]] = entry["detail"]
    need(len(verified) == len(people), "not every card was read back")
    need(len(set(verified.values())) == len(people), "two applications have the same card")

    # The images: every card that was begun is there, and no serial number twice
    image_of, candidates = {}, {}
    for path in sorted(glob.glob(os.path.join(work, "cards", "*.image"))):
        with open(path, "rb") as file:
            image = file.read()
        serials = serials_of(image)
        need(len(serials) == 1, f"{path} has {len(serials)} serial numbers")
        serial = serials.pop()
        need(serial not in image_of, f"two cards have the serial number {serial}")
        image_of[serial] = path
        candidates[path] = {found.decode() for found in MRZ.findall(image)}
        need(serial in begun or not candidates[path], f"{path} was written, and the trail does not know it")
    need(set(begun) <= set(image_of), "a card that was begun is lost")
    need(set(stock) == set(begun), "the stock and the trail know different cards")
    for number, serial in verified.items():
        need(stock[serial]["state"] == "issued" and stock[serial]["application"] == number,
             f"the stock has another state of {serial}")
    need(sum(card["state"] == "issued" for card in stock.values()) == len(people), "the stock has more issued cards")

    # The cards: what each person's says is what was ordered; no other one has its number
    issued = read_back(candidates, trust, program)
    for person, record in zip(people, records):
        path = image_of[verified[record["number"]]]
        need(path in issued, f"{path} of {record['number']} cannot be read")
        number, birth, _, name = issued.pop(path)
        wanted = person["surname"]["romanized"] + "<<" + person["given_names"]["romanized"]
        need(number == record["document_number"], f"{path}: {number} is not {record['document_number']}")
        need(birth == person["birth_date"][2:].replace("-", "") and name == wanted, f"{path} is somebody else's")
    # A killed process leaves its cards on the readers, where the next one goes on with them; a card that is locked
    # and nobody's was given up for a failure of its own.
    need(not any("other-card" in why for why in spoiled.values()), "a card that was locked did not go on")
    serial_of = {path: serial for serial, path in image_of.items()}
    for path, (number, *_) in issued.items():
        need(number not in numbers, f"{path}: the number {number} is on two cards")
        need(begun[serial_of[path]] in spoiled, f"{path} is locked, and no application has given it up")
    print(f"{len(image_of)} cards: {len(people)} issued, {len(issued)} locked and given up, "
          f"{len(begun) - len(people) - len(issued)} begun and given up, {len(image_of) - len(begun)} blank; "
          f"spoiled for {sorted(spoiled.values())}")


main()
