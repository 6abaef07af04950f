#!/usr/bin/env python3
"""Tries the schema of card profiles with Debian's validator: check_profile_schema.py FOLDER."""
# SPDX-License-Identifier: Apache-2.0
import pathlib
import sys

import schema_changes

CHANGES = (
    (("name",), "Resident"), (("description",), ""), (("passwords", "mrz"), 1), (("passwords", "pin", "digits"), 3),
    (("passwords", "pin", "tries"), 16), (("passwords", "pin", "pin"), True), (("algorithms", "pace"), []),
    (("algorithms", "secure_messaging"), ["3DES"]), (("keys", "chip"), None), (("keys", "restricted_identification"), "MD5"),
    (("terminals",), ["authentication"]), (("terminals", "police"), ["all"]), (("terminals", "inspection"), []),
    (("terminals", "authentication"), "all"), (("terminals", "authentication"), ["age", "age"]),
    (("emrtd", "data_groups"), [0]), (("eid", "data_groups"), [23]), (("eid",), {}), (("provisioning",), "yes"),
    (("colour",), "green"), (("portrait",), {}), (("portrait",), {"formats": ["JPEG"]}),
    (("portrait",), {"formats": ["PNG"], "bytes": 20000}), (("portrait",), {"formats": [], "bytes": 20000}),
    (("portrait",), {"formats": ["JPEG"], "bytes": 999}), (("portrait",), {"formats": ["JPEG"], "bytes": 30001}),
)


def main():
    folder = pathlib.Path(sys.argv[1])
    others = sorted(set(folder.glob("*.json")) - {folder / "profile.schema.json", folder / "resident.json"})
    shipped = [folder / "resident.json", *others]
    schema_changes.check(folder / "profile.schema.json", shipped, CHANGES)
    print(f"{len(shipped)} profiles taken, {len(CHANGES)} wrong ones refused")


main()
