"""The project's own tree, for the tests that look at all of it: files, packages, what they import."""

import ast
import gc
import subprocess
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]

NAMED = {"id", "attr", "arg", "name", "asname"}
CLOCKS = {"now", "utcnow", "today", "time", "time_ns", "monotonic", "monotonic_ns", "perf_counter"}
LONGEST_POLL_S = 0.1


@cache
def pyproject() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def packages() -> list[str]:
    """The import packages of the distribution, in the order of pyproject.toml; `config` is data."""
    declared: list[str] = pyproject()["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    return [name for name in declared if name != "config"]


@cache
def files() -> tuple[Path, ...]:
    """Every file that is tracked or about to be, relative to the root."""
    # `safe.directory`: a clone may belong to somebody else than whoever tests it.
    listing = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-z", "-co", "--exclude-standard"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    return tuple(Path(name) for name in sorted(listing.split("\0")) if name and (ROOT / name).is_file())


def modules(*folders: str) -> list[Path]:
    """The Python modules below these top-level folders."""
    return [path for path in files() if path.suffix == ".py" and path.parts[0] in folders]


@dataclass(frozen=True)
class Facts:
    """What the tests ask of a module, in place of its syntax: all the trees together are half a gigabyte."""

    says_what_it_is: bool
    imported: frozenset[str]
    """The top-level names that it imports, anywhere in it."""
    names: frozenset[str]
    """Everything that has a name in it."""
    clocks: tuple[str, ...]
    """Where it asks one."""
    sleeps: tuple[str, ...]
    """Where it sleeps, and not only to pace a loop that looks again."""
    docstrings: tuple[str, ...]
    """Docstrings of the module, its classes and functions, and of fields and constants."""


@cache
def facts(path: Path) -> Facts:
    # With the collector at work, most of the time would go into looking through the trees.
    gc.disable()
    try:
        module = ast.parse((ROOT / path).read_text(), str(path))
        nodes = list(ast.walk(module))
        paced = polls(module, nodes)
        return Facts(
            # an empty __init__ that only makes a folder of tests a package has nothing to say
            says_what_it_is=bool(ast.get_docstring(module)) or (path.parts[0] == "tests" and not module.body),
            imported=frozenset(name for node in nodes for name in imported(node)),
            names=frozenset(
                name
                for node in nodes
                for field in node._fields
                if field in NAMED and isinstance(name := getattr(node, field), str)
            ),
            clocks=tuple(ast.unparse(node) for node in nodes if asks_a_clock(node)),
            sleeps=tuple(ast.unparse(node) for node in nodes if is_sleep(node) and node not in paced),
            docstrings=tuple(
                node.value.value
                for node in nodes
                if isinstance(node, ast.Expr)
                and isinstance(node.value, ast.Constant)
                and isinstance(node.value.value, str)
            ),
        )
    finally:
        gc.enable()


def imported(node: ast.AST) -> set[str]:
    if isinstance(node, ast.Import):
        return {alias.name.partition(".")[0] for alias in node.names}
    if isinstance(node, ast.ImportFrom) and not node.level and node.module:
        return {node.module.partition(".")[0]}
    return set()


def asks_a_clock(node: ast.AST) -> bool:
    """`datetime.now()`, `dt.date.today()`, `time.time()` and their like."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CLOCKS):
        return False
    owner = node.func.value
    name = owner.id if isinstance(owner, ast.Name) else owner.attr if isinstance(owner, ast.Attribute) else ""
    return name in {"datetime", "date", "time", "dt"}


def is_sleep(node: ast.AST) -> bool:
    """A call of anything named `sleep`; of 0 it only lets the event loop go round."""
    if not isinstance(node, ast.Call) or (node.args and getattr(node.args[0], "value", None) == 0):
        return False
    return (
        node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    ) == "sleep"


def polls(module: ast.Module, nodes: list[ast.AST]) -> set[ast.AST]:
    """The sleeps that only pace a `while` which looks again at least every `LONGEST_POLL_S`."""
    asleep = [
        node for loop in nodes if isinstance(loop, ast.While) for node in ast.walk(loop) if is_sleep(node)
    ]
    constants = {
        target.id: node.value.value
        for node in module.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    short: set[ast.AST] = set()
    for node in asleep:
        assert isinstance(node, ast.Call)
        pause = node.args[0] if node.args else None
        if isinstance(pause, ast.Call) and isinstance(pause.func, ast.Name) and pause.func.id == "min":
            pause = pause.args[0]  # a pause that grows, and this is the longest
        value = constants.get(pause.id) if isinstance(pause, ast.Name) else getattr(pause, "value", None)
        if isinstance(value, int | float) and value <= LONGEST_POLL_S:
            short.add(node)
    return short
