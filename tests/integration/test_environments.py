"""Every step runs with what its rule's conda environment holds, and nothing of the host's besides."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys

import pytest
import yaml

from tests.workflow_runs import copy_repository, snakemake

pytestmark = pytest.mark.slow

# Packages of the environments by the module they are imported as; what they bring along is listed behind.
MODULES = {
    "jsonschema": {"jsonschema"},
    "pyyaml": {"yaml"},
    "pysam": {"pysam"},
    "cyvcf2": {"cyvcf2", "numpy"},
    "numpy": {"numpy"},
    "pandas": {"pandas", "numpy"},
    "scipy": {"scipy", "numpy"},
    "matplotlib-base": {"matplotlib", "numpy"},
    "jinja2": {"jinja2", "markupsafe"},
}
IMPORTED_AS = {"pyyaml": "yaml", "matplotlib-base": "matplotlib"}
BLOCKER = """
import os, sys
class Blocker:
    blocked = frozenset(os.environ["BLOCKED_MODULES"].split(","))
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in self.blocked:
            raise ModuleNotFoundError(f"{name} is not in the environment of this rule", name=name)
sys.meta_path.insert(0, Blocker())
"""


@pytest.fixture(scope="module")
def jobs(tmp_path_factory):
    """Run the demo once; return its folder and the environment and command of every job, in order."""
    folder = copy_repository(tmp_path_factory.mktemp("environments"))
    done = snakemake(folder)
    assert done.returncode == 0, done.stdout + done.stderr
    (folder / "blocker").mkdir()
    (folder / "blocker" / "sitecustomize.py").write_text(BLOCKER)
    text = "".join(path.read_text() for path in sorted((folder / "workflow" / "rules").glob("*.smk")))
    environments = dict(re.findall(r'rule (\w+):.*?conda:\n +"\.\./\.\./envs/(\w+\.yaml)"', text, flags=re.DOTALL))
    planned = snakemake(folder, "--dry-run", "--forceall", "--printshellcmds", "--workflow-profile", "none")
    lines = re.findall(r"python -m sclcohort .*", planned.stdout + planned.stderr)
    commands = [shlex.split(line.split(" &> ")[0]) for line in lines]
    return folder, [(environments[words[3].replace("-", "_")], words) for words in commands]


def run_blocked(folder, words, blocked):
    """Run the command of a job with some modules out of its reach; return what became of it."""
    environment = {
        "PYTHONPATH": f"{folder / 'blocker'}:{folder / 'workflow'}",
        "BLOCKED_MODULES": ",".join(sorted(blocked)),
        "PATH": "/usr/bin:/bin",
        "MPLBACKEND": "Agg",
        "MPLCONFIGDIR": str(folder / "matplotlib"),
    }
    command = [sys.executable, *words[1:]]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def held_by(folder, name):
    """Return the packages of an environment that bring modules of ours."""
    specs = yaml.safe_load((folder / "envs" / name).read_text())["dependencies"]
    return {spec.split()[0] for spec in specs} & set(MODULES)


def test_every_step_runs_with_the_packages_of_its_environment_alone(jobs):
    folder, planned = jobs
    every = set().union(*MODULES.values())
    assert len(planned) > 10
    for name, words in planned:
        held = set().union(*(MODULES[package] for package in held_by(folder, name)))
        done = run_blocked(folder, words, every - held)
        assert done.returncode == 0, f"{words[3]} in {name}:\n{done.stderr}"


def test_every_package_of_an_environment_is_needed_by_one_of_its_steps(jobs):
    folder, planned = jobs
    for path in sorted((folder / "envs").glob("*.yaml")):
        # Of every chunk: a step loads what reads structural variants only where a sample has any.
        commands = [words for name, words in planned if name == path.name]
        for package in held_by(folder, path.name):
            module = IMPORTED_AS.get(package, package)
            needed = any(run_blocked(folder, words, {module}).returncode for words in commands)
            assert needed, f"{path.name}: {package}"


def test_the_blocker_blocks(jobs):
    folder, _ = jobs
    environment = {"PYTHONPATH": str(folder / "blocker"), "BLOCKED_MODULES": "pandas", "PATH": "/usr/bin:/bin"}
    command = [sys.executable, "-c", "import pandas"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert "pandas is not in the environment of this rule" in done.stderr
