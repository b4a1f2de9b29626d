"""What the lock file tests is what conda installs and what the package says it needs."""

from __future__ import annotations

import re
import tomllib

import pytest
import yaml
from packaging.requirements import Requirement

from tests.workflow_runs import REPOSITORY

# Where conda's name of a package is not PyPI's.
PYPI_NAME = {"matplotlib-base": "matplotlib"}
IMPORTS = {"jsonschema": "jsonschema", "matplotlib": "matplotlib", "pyyaml": "yaml"}


def locked(name="requirements.lock"):
    text = (REPOSITORY / name).read_text()
    return {match[0]: match[1] for match in re.findall(r"^([A-Za-z0-9._-]+)==([^ \\]+)", text, flags=re.MULTILINE)}


def specs(path):
    return {spec.split()[0]: spec.split()[1] for spec in yaml.safe_load(path.read_text())["dependencies"]}


ENVIRONMENTS = sorted((REPOSITORY / "envs").glob("*.yaml"))


@pytest.mark.parametrize("path", ENVIRONMENTS, ids=lambda path: path.name)
def test_an_environment_pins_exactly_what_the_lock_file_has(path):
    versions = locked()
    for name, spec in specs(path).items():
        assert re.fullmatch(r"=[0-9][0-9.]*(=[A-Za-z0-9_]+)?", spec), f"{name} {spec}: not an exact pin"
        if name != "python":
            assert spec.split("=")[1] == versions[PYPI_NAME.get(name, name)], name


@pytest.mark.parametrize("path", ENVIRONMENTS, ids=lambda path: path.name)
def test_an_environment_names_its_channels_and_no_defaults(path):
    channels = yaml.safe_load(path.read_text())["channels"]
    assert set(channels) <= {"conda-forge", "bioconda"}
    assert channels[0] == "conda-forge"


def test_cyvcf2_and_pysam_never_share_an_environment():
    for path in ENVIRONMENTS:
        assert not {"cyvcf2", "pysam"} <= set(specs(path)), path.name


def test_every_rule_has_an_environment_that_exists_and_every_environment_a_rule():
    used = set()
    for path in (REPOSITORY / "workflow" / "rules").glob("*.smk"):
        text = path.read_text()
        rules = len(re.findall(r"^ *rule \w+:", text, flags=re.MULTILINE))
        named = re.findall(r'conda:\n +"\.\./\.\./envs/([\w]+\.yaml)"', text)
        assert len(named) == rules, path.name
        used |= set(named)
    assert used == {path.name for path in ENVIRONMENTS}


@pytest.mark.parametrize("name", ["requirements-build", "requirements", "requirements-develop"])
def test_every_locked_package_has_hashes_and_no_address(name):
    text = (REPOSITORY / f"{name}.lock").read_text()
    for block in re.split(r"\n(?=\S)", text.strip()):
        assert "--hash=sha256:" in block, block.splitlines()[0]
    assert "://" not in text
    assert "--index" not in text
    assert "--find-links" not in text


def test_the_two_lock_files_agree_on_shared_packages():
    run, develop = locked(), locked("requirements-develop.lock")
    assert {name: version for name, version in develop.items() if name in run and run[name] != version} == {}


def test_what_the_package_declares_is_what_is_locked():
    versions = locked()
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    direct = [*project["dependencies"], *project["optional-dependencies"]["workflow"]]
    wanted = {requirement.name: str(requirement.specifier) for requirement in map(Requirement, direct)}
    assert wanted == {name: f"=={versions[name]}" for name in wanted}
    asked = {line.split("==")[0] for line in (REPOSITORY / "requirements.in").read_text().splitlines() if "==" in line}
    assert set(wanted) == asked
