#!/usr/bin/env python3
"""Tries the schema of the scheme's rules with Debian's validator, and jumin with the same: check_scheme_schema.py FOLDER JUMIN."""
# SPDX-License-Identifier: Apache-2.0
import json
import pathlib
import subprocess
import sys
import tempfile

import schema_changes

REGION = {"code": "11", "korean": "서울특별시", "english": "Seoul"}
AGE = {"name": "adult", "years": 19, "from": "new-year"}
CHANGES = (
    (("name",), "Resident"), (("description",), ""), (("specimen",), 1), (("regions", "mode"), "everywhere"),
    (("regions", "pilot"), []), (("regions", "pilot"), [{**REGION, "code": f"1{i:02}"} for i in range(33)]),
    (("regions", "pilot", 0, "code"), "1"), (("regions", "pilot", 0, "code"), "36110101001"),
    (("regions", "pilot", 0, "code"), "3611A"), (("regions", "pilot", 0, "english"), ""),
    (("regions", "pilot", 0, "korean"), None), (("regions", "pilot", 0, "name"), "Sejong"),
    (("regions", "pilot"), [REGION, REGION]), (("minimum_age",), 0), (("minimum_age",), 100), (("minimum_age",), "17"),
    (("fees", "ic_card"), -1), (("fees", "ic_card"), 1000001), (("fees", "qr"), 0.5), (("fees", "stamp"), 1),
    (("fees", "first_issue"), 0), (("fees", "first_issue", "until_age"), 200), (("photo_months",), 0), (("photo_months",), 121),
    (("validity_years", "card"), 0), (("validity_years", "credential"), 100), (("validity_years",), 3),
    (("qr_minutes",), 0), (("qr_minutes",), 1441), (("face",), True), (("face", "tap"), 1),
    (("face", "minimum_score"), 0), (("face", "minimum_score"), 101), (("face", "photo_years"), 0), (("face", "photo_years"), 100),
    (("face", "level"), 1), (("lock", "within_minutes"), -1), (("lock", "lost_card"), []),
    (("lock", "lost_card"), ["credential"]), (("lock", "lost_phone"), ["card"]), (("lock", "lost_phone"), ["phone"]),
    (("lock", "lost_phone"), ["credential", "credential"]), (("unlock", "card"), ["card"]), (("unlock", "card"), ["counter", "card"]),
    (("unlock", "credential"), []), (("unlock", "credential"), ["face"]), (("unlock", "credential"), "card"),
    (("legal_ages",), []), (("legal_ages",), [{**AGE, "name": "grown-up"}]), (("legal_ages",), [AGE, AGE]),
    (("legal_ages",), [{**AGE, "name": f"adult-{i}"} for i in range(8)] + [AGE]), (("legal_ages", 0, "years"), 0),
    (("legal_ages", 0, "from"), "birth"), (("legal_ages", 0, "name"), "full age"), (("erasure_days",), -1),
    (("erasure_days",), 3651), (("copies_a_day",), 0), (("copies_a_day",), 100001), (("two_person",), "on"), (("colour",), "green"),
)
REQUIRED = ("name", "description", "specimen", "regions", "minimum_age", "fees", "photo_months", "validity_years", "qr_minutes",
            "face", "lock", "unlock", "legal_ages", "erasure_days", "copies_a_day", "two_person")


def taken(jumin, content):
    """Whether jumin takes it as a scheme."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(content, file)
        file.flush()
        command = [jumin, "station", "policy", "show", "--scheme", file.name]
        return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False).returncode == 0


def main():
    folder, jumin = pathlib.Path(sys.argv[1]), sys.argv[2]
    changes = CHANGES + tuple(((name,), None) for name in REQUIRED)
    wrong = schema_changes.check(folder / "scheme.schema.json", [folder / "scheme.json"], changes)
    if not taken(jumin, json.loads((folder / "scheme.json").read_text())):
        sys.exit("FAILED: jumin refuses what it has built in")
    for content, (path, value) in zip(wrong, changes):
        if taken(jumin, content):
            sys.exit(f"FAILED: jumin takes {'.'.join(map(str, path))} = {value!r}")
    print(f"{len(changes)} wrong schemes refused, by the schema and by jumin")


main()
