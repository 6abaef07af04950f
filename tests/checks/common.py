# What the checks share: the files of a tree, the report, and the self-test that shows that a check can fail.
# SPDX-License-Identifier: Apache-2.0
import argparse
import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent


def git(root, *arguments):
    """Runs git on a tree, whoever owns it, and answers with what it prints."""
    command = ["git", "-c", "safe.directory=*", "-C", str(root), *arguments]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def files(root, *suffixes):
    """The project's files, as paths from the root: what git tracks or would track."""
    listed = git(root, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    paths = sorted(pathlib.Path(name) for name in listed.split("\0") if name)
    return [p for p in paths if (root / p).is_file() and (not suffixes or p.suffix in suffixes)]


def text(root, path):
    return (root / path).read_text(encoding="utf-8", errors="replace")


def write_tree(root, tree):
    for name, content in tree.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
        if content.startswith("#!"):
            path.chmod(0o755)


def findings_in(check, tree):
    with tempfile.TemporaryDirectory() as directory:
        root = pathlib.Path(directory).resolve()
        write_tree(root, tree)
        git(root, "init", "-q")
        return check(root, root / "build")


def self_test(check, good, bad):
    """A check must accept the good tree, and refuse it with each bad file added, naming what is wrong."""
    failures = [f"refuses the good tree: {finding}" for finding in findings_in(check, good)]
    for tree, expected in bad:
        found = findings_in(check, {**good, **tree})
        if not any(expected in finding for finding in found):
            failures.append(f"expected '{expected}', found {found}")
    return failures


def main(check, good, bad):
    """check(root, build) answers with its findings, one line each; good and bad are for the self-test:
    a tree {path: content}, and a list of (tree, expected part of a finding)."""
    parser = argparse.ArgumentParser(description=sys.modules["__main__"].__doc__)
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build/dev", help="the build folder")
    parser.add_argument("--self-test", action="store_true", help="show that the check can fail")
    arguments = parser.parse_args()
    # A hook of git's may run this: its variables would turn the samples' git into the project's.
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        del os.environ[name]
    found = self_test(check, good, bad) if arguments.self_test else check(ROOT, arguments.build)
    for finding in found:
        print(finding)
    sys.exit(1 if found else 0)
