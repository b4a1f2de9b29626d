"""A finished run of the demo, made once for all modules that look at it."""

from __future__ import annotations

import shutil

import pytest

from tests.workflow_runs import copy_repository, snakemake


@pytest.fixture(scope="session")
def demo(tmp_path_factory):
    """Run the demo in a fresh copy of the repository; return its folder."""
    folder = copy_repository(tmp_path_factory.mktemp("demo"))
    done = snakemake(folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture
def again(demo, tmp_path):
    """Return a copy of the finished demo that a test may change and run again."""
    folder = tmp_path / "again"
    shutil.copytree(demo, folder, symlinks=True)
    return folder
