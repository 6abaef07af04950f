#!/usr/bin/env python3
"""Tries the published schema of person files with Debian's validator: check_person_schema.py SCHEMA PERSON."""
# SPDX-License-Identifier: Apache-2.0
import copy
import json
import pathlib
import sys

import jsonschema

CHANGES = (
    ("document_number", "m1"), ("document_number", "M000000012"), ("sex", "W"), ("nationality", "Korea"),
    ("birth_date", "14.3.2001"), ("issuing_authority", ""), ("surname", {}), ("surname", {"hangul": ""}),
    ("given_names", {"hangul": "길순", "romanized": "Gilsun"}), ("issue_date", None), ("gender", "F"),
    ("surname", {"hangul": "홍", "romanised": "HONG"}), ("surname", {"hangul": "홍", "romanized": " "}),
    ("surname", {"hangul": "홍\n"}), ("issuing_authority", "a\x1b[2Jb"),
)


def main():
    schema, person = (json.loads(pathlib.Path(path).read_text()) for path in sys.argv[1:3])
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    validator.validate(person)
    for field, value in CHANGES:
        changed = copy.deepcopy(person)
        if value is None:
            del changed[field]
        else:
            changed[field] = value
        if validator.is_valid(changed):
            sys.exit(f"FAILED: {field} = {value!r} is taken")
    print(f"{len(CHANGES)} wrong person files refused")


main()
