"""What this project says about itself is true: layout, settings, frames, outcomes, words."""

from __future__ import annotations

import ast
import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from assistant import protocol
from assistant.answering.types import Outcome
from assistant.wording import get_notices

ROOT = Path(settings.BASE_DIR)
PACKAGES = ("assistant", "knowledge")

# Module or folder → why it has no test file of its own.
UNTESTED_BY_NAME = {
    "assistant/apps.py": "declarations",
    "assistant/celery.py": "the schedule; the worker's test goes through it",
    "assistant/settings.py": "tested here",
    "assistant/desk/urls.py": "routes; the pages' tests go through them",
    "assistant/urls.py": "routes; the views' tests go through them",
    "assistant/models.py": "tables; the services' tests try their constraints",
    "assistant/answering/types.py": "values without behaviour",
    "assistant/personal_data/types.py": "values without behaviour",
    "knowledge/apps.py": "declarations",
    "knowledge/desk/urls.py": "routes; the pages' tests go through them",
    "knowledge/files/urls.py": "routes; the views' tests go through them",
    "knowledge/files/refusals.py": "values without behaviour",
    "knowledge/models.py": "tables; the services' and the runs' tests try their constraints",
    "knowledge/types.py": "values without behaviour",
}
# Frames are not all built in one place: those of the staff's socket are knowledge's.
FRAME_TYPE = re.compile(
    r'"((?:question|answer|conversation|refresh)\.[a-z]+)"|"type": "(error)"', re.ASCII
)
# What happens around a question, not in it, leads to these; the runner's tests have them.
CIRCUMSTANCES = {Outcome.BUSY, Outcome.STOPPED, Outcome.FAILED}
ENVIRONMENT_READERS = {"env_text", "env_flag", "env_number", "env_list"}
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "handler"}
# Written in two pieces, so that this file does not hold what it looks for.
FORBIDDEN_IN_FILES = {
    "a path of somebody's machine": re.compile(r"(?<![\w.~])/(?:work|" + r"root|home)/\w"),
    "a registry's host": re.compile(
        r"pypi\.org|python" + r"hosted|registry\.npmjs|(?<!no-emit-)index" + "-url"
    ),
}


def list_modules() -> Iterator[Path]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            if "migrations" not in path.parts and path.name != "__init__.py":
                yield path.relative_to(ROOT)


def list_project_files() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("not a git working copy")
    paths = [ROOT / name for name in listed.stdout.split("\0") if name]
    return [path for path in paths if path.is_file()]


def get_test_names(module: Path) -> tuple[Path, ...]:
    """Where a module's tests may stand: commands are called test_<name>_command."""
    if module.parts[1:3] == ("management", "commands"):
        folder = Path("tests", module.parts[0])
        return (folder / f"test_{module.stem}_command.py", folder / f"test_{module.stem}.py")
    return (Path("tests") / module.parent / f"test_{module.name}",)


def get_table(document: Path, heading: str) -> list[list[str]]:
    """The rows of every table below a heading of a Markdown file, without their head."""
    _, _, section = f"\n{document.read_text()}".partition(f"\n{heading}\n")
    section = re.split(r"\n#{1,2} ", section)[0]
    rows = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in row] for row in rows]
    is_rule = [set("".join(row)) <= {"-", " ", ":"} for row in cells]
    return [
        row
        for place, row in enumerate(cells)
        if not is_rule[place] and not (place + 1 < len(cells) and is_rule[place + 1])
    ]


# --- layout ------------------------------------------------------------------------------------


@pytest.mark.parametrize("module", list(list_modules()), ids=str)
def test_a_module_has_its_tests_at_the_same_path(module):
    places = get_test_names(module)

    tested = any((ROOT / place).exists() for place in places)

    assert tested or str(module) in UNTESTED_BY_NAME, f"write {places[0]}, or give a reason"


def test_each_excuse_is_for_a_module_that_exists_and_has_no_tests():
    excuses = [Path(name) for name in UNTESTED_BY_NAME]

    idle = [
        str(module)
        for module in excuses
        if not (ROOT / module).exists()
        or any((ROOT / place).exists() for place in get_test_names(module))
    ]

    assert idle == []


def test_each_test_file_belongs_to_a_module():
    expected = {place for module in list_modules() for place in get_test_names(module)}
    packages = {
        Path("tests") / path.parent / f"test_{path.parent.name}.py" for path in list_modules()
    }

    found = {
        path.relative_to(ROOT)
        for package in PACKAGES
        for path in (ROOT / "tests" / package).rglob("test_*.py")
    }

    # Tests of something that several modules do together say so in their first line.
    strays = {
        path
        for path in found - expected - packages
        if not ast.get_docstring(ast.parse((ROOT / path).read_text()))
    }
    assert strays == set()


def test_a_module_says_first_what_it_is_for():
    silent = [
        str(module)
        for module in list_modules()
        if module.name != "apps.py"
        and not ast.get_docstring(ast.parse((ROOT / module).read_text()))
    ]

    assert silent == []


@pytest.mark.parametrize("kind", FORBIDDEN_IN_FILES)
def test_no_file_holds_what_is_true_on_one_machine_only(kind):
    holders = []
    for path in list_project_files():
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue
        if FORBIDDEN_IN_FILES[kind].search(text):
            holders.append(str(path.relative_to(ROOT)))

    assert holders == []


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_each_requirement_is_locked_by_hash(name):
    requirements = re.split(r"\n(?=\S)", (ROOT / name).read_text())

    open_ones = [
        text.split()[0]
        for text in requirements
        if not text.startswith("#") and ("==" not in text or "--hash=sha256:" not in text)
    ]

    assert open_ones == []


def test_what_development_installs_includes_what_runs():
    def pins(name: str) -> set[str]:
        return set(re.findall(r"^(\S+==\S+)", (ROOT / name).read_text(), re.MULTILINE))

    missing = pins("requirements.txt") - pins("requirements-dev.txt")

    assert missing == set()


# --- settings ----------------------------------------------------------------------------------


def list_variables_read() -> set[str]:
    """Every variable that settings.py reads, by its own functions."""
    tree = ast.parse((ROOT / "assistant/settings.py").read_text())
    return {
        node.args[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ENVIRONMENT_READERS
        and isinstance(node.args[0], ast.Constant)
    }


def test_the_example_environment_lists_what_the_settings_read_and_nothing_else():
    example = (ROOT / ".env.example").read_text()

    listed = re.findall(r"^#?([A-Z_]+)=", example, re.MULTILINE)

    assert set(listed) == list_variables_read()
    assert len(listed) == len(set(listed))


def test_the_environment_is_read_in_the_settings_and_nowhere_else():
    readers = set()
    for module in list_modules():
        if module == Path("assistant/settings.py"):
            continue
        for node in ast.walk(ast.parse((ROOT / module).read_text())):
            match node:
                case ast.Attribute(value=ast.Name(id="os"), attr="getenv"):
                    readers.add(str(module))
                case (
                    ast.Subscript(value=ast.Attribute(value=ast.Name(id="os"), attr="environ"))
                    | ast.Attribute(
                        value=ast.Attribute(value=ast.Name(id="os"), attr="environ"),
                        attr="get" | "pop",
                    )
                ):
                    readers.add(str(module))

    assert readers == set()


# --- outcomes and frames -----------------------------------------------------------------------


@pytest.mark.parametrize("outcome", Outcome)
def test_an_outcome_has_wording_with_a_next_step(outcome):
    notices = get_notices(outcome)

    assert notices
    assert all(text.strip() for text in notices)


def test_the_outcomes_in_the_docs_are_those_of_the_code():
    rows = get_table(ROOT / "docs/architecture.md", "## Outcomes")

    documented = [row[0].strip("`") for row in rows]

    assert documented == [outcome.value for outcome in Outcome]


def test_each_outcome_that_a_question_can_lead_to_has_a_gold_question():
    lines = (ROOT / "knowledge/starter/gold.jsonl").read_text().splitlines()

    covered = {outcome for line in lines for outcome in json.loads(line)["outcome"]}

    assert covered == {outcome.value for outcome in set(Outcome) - CIRCUMSTANCES}


@pytest.mark.parametrize("outcome", sorted(CIRCUMSTANCES))
def test_each_outcome_of_circumstances_is_tried_on_the_runner(outcome):
    tests = (ROOT / "tests/assistant/test_runner.py").read_text()

    assert f"Outcome.{outcome.name}" in tests


def list_frame_types() -> set[str]:
    sources = [
        Path(protocol.__file__).read_text(),
        (ROOT / "knowledge/consumers.py").read_text(),
    ]
    return {"".join(groups) for source in sources for groups in FRAME_TYPE.findall(source)}


def test_the_frames_in_the_docs_are_those_of_the_code():
    rows = get_table(ROOT / "docs/architecture.md", "## Frames")

    documented = {row[0].strip("`") for row in rows}

    assert documented == list_frame_types()


def test_the_page_knows_each_frame_that_a_reader_is_sent():
    scripts = "".join(path.read_text() for path in (ROOT / "assistant/static").rglob("*.js"))

    sent = {
        row[0].strip("`")
        for row in get_table(ROOT / "docs/architecture.md", "## Frames")
        if row[1] == "out" and not row[0].startswith("`refresh.")
    }

    assert {kind for kind in sent if f'"{kind}"' not in scripts} == set()


def test_each_module_that_the_docs_name_exists():
    text = (ROOT / "docs/architecture.md").read_text()

    named = set(re.findall(r"`((?:assistant|knowledge|templates|tests)/[\w./-]*)`", text))

    assert {name for name in named if not (ROOT / name).exists()} == set()


# --- words -------------------------------------------------------------------------------------


def split_name(name: str) -> set[str]:
    return {part.lower() for part in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)}


def list_names(path: Path) -> Iterator[str]:
    """Every name that a module gives to something of its own."""
    yield path.stem
    for node in ast.walk(ast.parse((ROOT / path).read_text())):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name
            case ast.ClassDef(name=name):
                yield name
            case ast.arg(arg=name) | ast.Name(id=name, ctx=ast.Store()):
                yield name


def list_words_not_used() -> set[str]:
    rows = get_table(ROOT / "docs/glossary.md", "# Glossary")
    return {word for row in rows for word in re.findall(r"`(\w+)`", row[2])}


@pytest.mark.parametrize("module", list(list_modules()), ids=str)
def test_names_use_the_words_of_the_glossary(module):
    unwanted = list_words_not_used()

    found = sorted(name for name in set(list_names(module)) if split_name(name) & unwanted)

    assert module.stem not in EMPTY_NAMES

    assert found == []


def test_the_glossary_explains_each_word_once():
    rows = get_table(ROOT / "docs/glossary.md", "# Glossary")

    words = [word for row in rows for word in re.findall(r"\*\*(.+?)\*\*", row[0])]

    assert len(words) >= 30
    assert len(words) == len(set(words))
    assert all(row[1] for row in rows)


def test_each_decision_has_a_number_a_status_and_its_three_parts():
    pages = sorted((ROOT / "docs/adr").glob("*.md"))

    for number, page in enumerate(pages, start=1):
        text = page.read_text()
        assert page.name.startswith(f"{number:04}-")
        assert text.startswith(f"# {number:04} ")
        assert re.search(r"^Status: \w+\. Date: \d{4}-\d{2}-\d{2}\.$", text, re.MULTILINE)
        assert re.findall(r"^## (.+)$", text, re.MULTILINE) == [
            "Context",
            "Decision",
            "Consequences",
        ]
