"""What holds for every file of the project, whoever wrote it."""

import ast
import re
from pathlib import Path

from tests.foundation.tree import ROOT, files, modules, packages, syntax

# Spelled in pieces, so that this file does not accuse itself.
HOSTS = [
    "pypi" + ".org",
    "python" + "hosted.org",
    "npm" + "js.org",
    "deb.deb" + "ian.org",
    "proxy.go" + "lang.org",
]
UNFINISHED = ["TO" + "DO", "FIX" + "ME", "X" + "XX", "Not" + "ImplementedError"]
POSTPONED = ["for" + " now", "place" + "holder"]
PATHS = ["../" + "shared", "/wo" + "rk/", "/tmp" + "/plan", "/ro" + "ot/"]

TEXT = {
    ".py", ".pyi", ".toml", ".md", ".sh", ".js", ".mjs", ".css", ".html", ".json", ".lock", ".in",
    ".service", ".ini", ".mako", ".sql", ".csv", ".txt", ".yml", ".yaml", "",
}  # fmt: skip


def text_files() -> list[Path]:
    return [path for path in files() if path.suffix in TEXT]


def is_vendored(path: Path) -> bool:
    """Files of others, which are kept as they came."""
    return "vendor" in path.parts or path.name == "LICENSE"


def hits(words: list[str], paths: list[Path], *, whole: bool) -> list[str]:
    """`file:line: text` for every line that has one of these."""
    pattern = "|".join(re.escape(word) for word in words)
    search = re.compile(rf"\b(?:{pattern})\b" if whole else rf"(?<![\w.]){pattern}", re.ASCII)
    return [
        f"{path}:{number}: {line.strip()[:120]}"
        for path in paths
        for number, line in enumerate((ROOT / path).read_text(errors="replace").splitlines(), 1)
        if search.search(line)
    ]


def test_no_file_names_a_package_registry() -> None:
    assert hits(HOSTS, text_files(), whole=False) == []


def test_no_file_names_a_place_on_somebodys_machine() -> None:
    here = [] if Path("/") == ROOT else [f"{ROOT}/"]
    ours = [path for path in text_files() if not is_vendored(path)]
    assert hits(PATHS + here, ours, whole=False) == []


def test_nothing_is_left_unfinished() -> None:
    ours = [path for path in text_files() if not is_vendored(path)]
    assert hits(UNFINISHED, ours, whole=True) == []


def test_nothing_is_postponed() -> None:
    # Only where it is prose or a comment: in a page one of the words is an attribute.
    ours = [path for path in text_files() if path.suffix in {".py", ".pyi", ".toml", ".md", ".sh", ""}]
    assert hits(POSTPONED, [path for path in ours if not is_vendored(path)], whole=True) == []


def test_every_module_says_what_it_is() -> None:
    silent = [
        str(path)
        for path in modules(*packages(), "tests", "scripts", "docs")
        if not ast.get_docstring(syntax(path))
        # an empty __init__ that only makes a folder of tests a package has nothing to say
        and not (path.parts[0] == "tests" and not syntax(path).body)
    ]
    assert silent == []


LONGEST_POLL_S = 0.1


def test_no_name_has_a_pronoun() -> None:
    """Names are roles: a pronoun is the user in one place and the operator in the next."""
    pronoun = re.compile(r"(?:^|_)(?:she|hers?|herself|he|him|his|himself)(?:_|$)", re.IGNORECASE)
    found = {
        f"{path}: {name}"
        for path in modules(*packages(), "tests", "scripts")
        for node in ast.walk(syntax(path))
        for field in ("id", "attr", "arg", "name", "asname")
        if isinstance(name := getattr(node, field, None), str) and pronoun.search(name)
    }
    assert found == set()


def is_sleep(node: ast.AST) -> bool:
    """A call of anything named `sleep`; of 0 it only lets the event loop go round."""
    if not isinstance(node, ast.Call) or (node.args and getattr(node.args[0], "value", None) == 0):
        return False
    return (
        node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    ) == "sleep"


def polls(path: Path) -> set[ast.AST]:
    """The sleeps that only pace a `while` which looks again at least every `LONGEST_POLL_S`."""
    asleep = [
        node
        for loop in ast.walk(syntax(path))
        if isinstance(loop, ast.While)
        for node in ast.walk(loop)
        if is_sleep(node)
    ]
    constants = {
        target.id: node.value.value
        for node in syntax(path).body
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


def test_no_test_sleeps_for_a_fixed_time() -> None:
    """A test waits on a condition with a deadline (`tests.waiting`), or moves the virtual clock."""
    sleeping = [
        f"{path}: {ast.unparse(node)}"
        for path in modules("tests")
        for node in ast.walk(syntax(path))
        if is_sleep(node) and node not in polls(path)
    ]
    assert sleeping == []


def test_no_line_of_our_scripts_is_longer_than_the_formatter_would_have_it() -> None:
    """It leaves templates alone: their lines are broken by hand."""
    ours = [path for path in text_files() if path.suffix == ".js" and not is_vendored(path)]
    long = [
        f"{path}:{number}"
        for path in ours
        for number, line in enumerate((ROOT / path).read_text().splitlines(), 1)
        if len(line) > 110
    ]
    assert ours
    assert long == []


def test_files_end_with_one_newline_and_have_unix_lines() -> None:
    wrong = [
        str(path)
        for path in text_files()
        if not is_vendored(path)
        and (content := (ROOT / path).read_bytes())
        and (b"\r\n" in content or not content.endswith(b"\n") or content.endswith(b"\n\n"))
    ]
    assert wrong == []


def test_the_two_commands_can_be_executed() -> None:
    for name in ("scripts/run", "scripts/test", ".ci/run"):
        assert (ROOT / name).stat().st_mode & 0o111, name
