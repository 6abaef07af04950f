"""A schema is sound, takes what ships, and refuses each of many changes of it."""
# SPDX-License-Identifier: Apache-2.0
import copy
import json
import sys

import jsonschema


def change(content, path, value):
    """A copy in which the value at a path is another one; None: there is none."""
    changed = copy.deepcopy(content)
    at = changed
    for name in path[:-1]:
        at = at[name]
    if value is None:
        del at[path[-1]]
    else:
        at[path[-1]] = value
    return changed


def check(schema_path, shipped, changes):
    """Ends the program when the schema does not take all of `shipped`, or takes a change of the first. Returns the changed ones."""
    schema = json.loads(schema_path.read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    contents = [json.loads(path.read_text()) for path in shipped]
    for content in contents:
        validator.validate(content)
    changed = [change(contents[0], path, value) for path, value in changes]
    for content, (path, value) in zip(changed, changes):
        if validator.is_valid(content):
            sys.exit(f"FAILED: {'.'.join(map(str, path))} = {value!r} is taken")
    return changed
