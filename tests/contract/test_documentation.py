"""What the documents say is true."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
import yaml

from sclcohort import __version__
from sclcohort.contracts import RESISTANCE_RULES, RESULT_TABLES, SOURCES
from sclcohort.files import sha256_of
from sclcohort.tables import read_rows
from tests.workflow_runs import REPOSITORY

README = REPOSITORY / "README.md"


def test_generated_documents_are_what_they_are_generated_from():
    script = REPOSITORY / "workflow" / "scripts" / "write_docs.py"
    environment = {"PYTHONPATH": str(REPOSITORY / "workflow"), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(
        [sys.executable, script, "--check"], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


def test_every_make_target_that_the_readme_names_exists():
    targets = set(re.findall(r"^([a-z-]+):", (REPOSITORY / "Makefile").read_text(), flags=re.MULTILINE))
    named = set(re.findall(r"(?:^|`)make ([a-z-]+)", README.read_text(), flags=re.MULTILINE))
    assert {"demo", "test"} <= named <= targets


def test_every_result_that_the_readme_names_is_one_the_workflow_writes():
    known = {table.name for table in RESULT_TABLES}
    folders = "|".join(sorted({name.split("/")[0] for name in known}))
    named = set(re.findall(rf"`(?:results/<cohort>/)?((?:{folders})/[\w.{{}}]+\.tsv)`", README.read_text()))
    assert named
    assert named <= known


def test_every_file_and_folder_that_the_readme_links_to_exists():
    for target in re.findall(r"\]\(([^)#:]+)\)", README.read_text()):
        assert (REPOSITORY / target).exists(), target


def test_every_setting_that_the_readme_names_is_in_the_schema():
    schema = yaml.safe_load((REPOSITORY / "workflow" / "schemas" / "config.schema.yaml").read_text())
    sections = "|".join(name for name, part in schema["properties"].items() if "properties" in part)
    for section, key in re.findall(rf"`({sections})\.(\w+)", README.read_text()):
        assert key in schema["properties"][section]["properties"], f"{section}.{key}"


def test_versions_agree():
    citation = yaml.safe_load((REPOSITORY / "CITATION.cff").read_text())
    assert citation["version"] == __version__
    assert f"## {__version__}" in (REPOSITORY / "CHANGELOG.md").read_text()


def test_every_resource_is_listed_with_its_checksum():
    folder = REPOSITORY / "resources"
    listed = {row["resource"]: row["sha256"] for row in read_rows(folder / SOURCES.name, SOURCES)}
    tables = [*folder.glob("*.tsv"), folder / "demo" / "proteins.tsv"]
    present = {path.relative_to(folder).as_posix(): sha256_of(path) for path in tables if path.name != SOURCES.name}
    assert listed == present


def test_the_number_of_resistance_rules_in_the_readme_is_that_of_the_table():
    rules = list(read_rows(REPOSITORY / "resources" / "resistance_rules.tsv", RESISTANCE_RULES))
    assert f"[{len(rules)} published rules](resources/resistance_rules.tsv)" in README.read_text()


@pytest.mark.parametrize("path", sorted((REPOSITORY / "envs").glob("*.yaml")), ids=lambda path: path.name)
def test_an_environment_says_what_it_is_for(path):
    assert path.read_text().startswith("# ")
