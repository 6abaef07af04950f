#!/usr/bin/env python3
"""Tries the schema of card profiles with Debian's validator: check_profile_schema.py FOLDER."""
# SPDX-License-Identifier: Apache-2.0
import copy
import json
import pathlib
import sys

import jsonschema

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


def change(profile, path, value):
    changed = copy.deepcopy(profile)
    at = changed
    for name in path[:-1]:
        at = at[name]
    if value is None:
        del at[path[-1]]
    else:
        at[path[-1]] = value
    return changed


def main():
    folder = pathlib.Path(sys.argv[1])
    schema = json.loads((folder / "profile.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    shipped = [path for path in folder.glob("*.json") if path.name != "profile.schema.json"]
    for path in shipped:
        validator.validate(json.loads(path.read_text()))
    profile = json.loads((folder / "resident.json").read_text())
    for path, value in CHANGES:
        if validator.is_valid(change(profile, path, value)):
            sys.exit(f"FAILED: {'.'.join(path)} = {value!r} is taken")
    print(f"{len(shipped)} profiles taken, {len(CHANGES)} wrong ones refused")


main()
