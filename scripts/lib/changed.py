"""Selection of the test files that a change can break: tests of files changed since the main branch, and of
all importers of these files.

`scripts/test --changed` runs the selected tests. A module is imported by name, or started by its name:
`-m center.cli` in a test counts as an import. The table below names the tests of all other files; for files
not in the table, all tests run.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import grimp

from center.features import FEATURES

ROOT: Final = Path(__file__).resolve().parents[2]
ALWAYS: Final = "tests/foundation"
"""These tests check the whole tree, after any change."""
EVERYTHING: Final = "tests"
TESTS_OF: Final = {
    "CHANGELOG.md": (),
    "README.md": (),
    "SECURITY.md": (),
    "config": (
        "tests/application",
        "tests/center",
        "tests/deploy",
        "tests/features",
        "tests/gateways",
        "tests/scenarios",
        "tests/simulator",
    ),
    "deploy": ("tests/application", "tests/center", "tests/deploy"),
    "docs": ("tests/chaos", "tests/gateways/gsm", "tests/gateways/http", "tests/nodes", "tests/simulator"),
    "docs/decisions": (),
    "docs/screens": (),
    "features/app/static": ("tests/flows", "tests/features/app", "tests/security"),
    "gateways/console/static": (
        "tests/application",
        "tests/center",
        "tests/flows",
        "tests/gateways/console",
        "tests/security",
    ),
    "media/announcements": (
        "tests/center/checks",
        "tests/flows",
        "tests/media",
        "tests/processes",
        "tests/scenarios",
    ),
    "scripts": (
        "tests/actors",
        "tests/application",
        "tests/center",
        "tests/chaos",
        "tests/deploy",
        "tests/features",
        "tests/messages",
    ),
    "simulator/dialects": ("tests/gateways/gsm", "tests/scenarios", "tests/simulator"),
    "stubs": (),
    "tests/traces": ("tests/gateways/gsm", "tests/simulator"),
}
"""Folders of tests, by the beginning of a changed file's path; the longest match counts."""
_NAMED: Final = re.compile(r'"([a-z_]+(?:\.\w+)*)(\.\{)?')
"""A string that begins with the name of a module, of a class in a module, or of a package (`.{`: with all its
modules).
"""
_ROWS: Final = {
    "actors": "center.node.composition",
    "at_start": "center.node.actors_group",
    "checks": "center.checks.table",
    "commands": "center.cli",
    "own_checks": "center.checks.table",
    "rehearsed": "gateways.http.server",
    "routes": "gateways.http.app",
}
"""Importers of the modules that a feature's row names; for rows not listed, the importer is the start of a
node.
"""
_ROWS_IN: Final = re.compile(r"features\.\w+\.feature")
_OF_FEATURE: Final = re.compile(r"'(features(?:\.\w+)+)")


def graph(root: Path = ROOT) -> grimp.ImportGraph:
    """Return the graph of the project's modules: an import, or the start of another module, is an edge."""
    folders = sorted({path.parent.name for path in root.glob("*/__init__.py")} | {"scripts", "tests"})
    sys.path.insert(0, str(root))
    made = grimp.build_graph(*folders, cache_dir=None)
    modules = made.modules
    for module in modules:
        file = _file(root, module)
        if _ROWS_IN.fullmatch(module):
            continue
        for name, open_end in _NAMED.findall(file.read_text()) if file.is_file() else ():
            started = {name, f"{name}.__main__", name.rpartition(".")[0]}
            for named in (started - {module}) & modules:
                if "." in named:
                    made.add_import(importer=module, imported=named)
                for one in made.find_descendants(named) if open_end else ():
                    made.add_import(importer=module, imported=one)
    for feature in FEATURES:
        for row in feature.__struct_fields__:
            for name in _OF_FEATURE.findall(repr(getattr(feature, row))):
                for named in {name, name.rpartition(".")[0]} & modules:
                    made.add_import(importer=_ROWS.get(row, "center.node.node"), imported=named)
    return made


def _file(root: Path, module: str) -> Path:
    path = root / module.replace(".", "/")
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def concerned(changed: Iterable[str], made: grimp.ImportGraph, tests: Iterable[str]) -> list[str]:
    """Return the test files that the changed files can break. Paths are relative to the root."""
    prefixes: set[str] = {ALWAYS}
    hit: set[str] = set()
    for path in changed:
        if not path.endswith(".py"):
            prefixes |= set(_told(path))
            continue
        module = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        if module in made.modules:  # else deleted: its importers are changed as well, or fail the type check
            package = path.endswith("/__init__.py")
            hit |= {module, *made.find_downstream_modules(module, as_package=package)}
            hit |= made.find_descendants(module) if package else set()
    return [test for test in tests if _below(test, prefixes) or not hit.isdisjoint(_modules_of(test))]


def _told(path: str) -> tuple[str, ...]:
    owner = max((one for one in TESTS_OF if _below(path, [one])), key=len, default="")
    if owner:
        return TESTS_OF[owner]
    return (str(Path(path).parent),) if path.startswith("tests/") else (EVERYTHING,)


def _below(path: str, places: Iterable[str]) -> bool:
    return any(path == place or path.startswith(f"{place}/") for place in places)


def _modules_of(test: str) -> Iterator[str]:
    """Yield the module of the test, and the conftest modules of its folders."""
    yield test.removesuffix(".py").replace("/", ".")
    for folder in Path(test).parents:
        yield ".".join((*folder.parts, "conftest"))


def _git(*arguments: str) -> list[str]:
    said = subprocess.run(
        ["git", "-c", "safe.directory=*", *arguments], cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True
    )
    return [one for one in said.stdout.split("\0") if one]


def changed_files(main: str) -> list[str]:
    """Return the files changed since the merge base with the branch, including the working tree."""
    try:
        base = _git("merge-base", "HEAD", main)[0].strip()
    except subprocess.CalledProcessError:
        raise SystemExit(f"there is no branch {main} here: scripts/test --changed BRANCH") from None
    return _git("diff", "--name-only", "--no-renames", "-z", base) + _git(
        "ls-files", "-z", "--others", "--exclude-standard"
    )


def run(main: str = "main") -> None:
    """Print the files, one in each line; print the number of skipped tests to stderr."""
    tests = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "tests").rglob("test_*.py"))
    changed = changed_files(main)
    found = concerned(changed, graph(), tests)
    print(
        f"{len(changed)} files are changed: {len(found)} test files of {len(tests)} can break by it,"
        f" {len(tests) - len(found)} are left out",
        file=sys.stderr,
    )
    print(*found, sep="\n")


if __name__ == "__main__":
    run(*sys.argv[1:])
