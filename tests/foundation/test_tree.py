"""What holds for every file of the project, whoever wrote it."""

import re
from pathlib import Path

from tests.foundation.tree import ROOT, facts, files, modules, packages

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
    ours = modules(*packages(), "tests", "scripts", "docs")
    assert [str(path) for path in ours if not facts(path).says_what_it_is] == []


def test_a_docstring_is_a_sentence_of_its_own() -> None:
    """Verb and object, or the thing itself; no clause that hangs on the name."""
    clause = re.compile(r"\W*(?:What|Whether|Whoever|Who|Which|How|Of|By|As)\b")
    vague = re.compile(r"(?i)\b(?:whoever|whatever|see the module)\b|(?<!`)\bnobody\b(?!`)")
    assert [
        f"{path}: {' '.join(text.split())[:80]}"
        for path in modules(*packages(), "scripts")
        for text in facts(path).docstrings
        if clause.match(text) or vague.search(text)
    ] == []


def test_a_page_names_no_module_that_is_not_there() -> None:
    """`shell.js` is made when the app is served."""
    there = [f"/{path}" for path in files()] + ["/shell.js"]
    pages = [path for path in files() if path.suffix == ".md" and path.name != "CHANGELOG.md"]
    assert [
        f"{page}: {name}"
        for page in pages
        if not is_vendored(page)
        for name in re.findall(r"`([a-z0-9_./-]+\.(?:py|js))`", (ROOT / page).read_text())
        if not any(path.endswith(f"/{name.removeprefix('/')}") for path in there)
    ] == []


def test_no_name_has_a_pronoun() -> None:
    """Names are roles: a pronoun is the user in one place and the operator in the next."""
    pronoun = re.compile(r"(?:^|_)(?:she|hers?|herself|he|him|his|himself)(?:_|$)", re.IGNORECASE)
    ours = modules(*packages(), "tests", "scripts")
    assert [f"{path}: {name}" for path in ours for name in facts(path).names if pronoun.search(name)] == []


def test_no_test_sleeps_for_a_fixed_time() -> None:
    """A test waits on a condition with a deadline (`tests.waiting`), or moves the virtual clock."""
    assert [f"{path}: {slept}" for path in modules("tests") for slept in facts(path).sleeps] == []


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
