"""One truth about a made-up genome, written in every dialect and imported: what tests of the import begin from."""

from __future__ import annotations

import runpy
from pathlib import Path
from types import SimpleNamespace

import pytest

F = SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name("variants_fixtures.py"))))
DIALECTS = tuple(F.HEADERS)


@pytest.fixture(scope="module")
def reference(tmp_path_factory):
    """A genome of two contigs with a gene on each strand."""
    return F.build_reference(tmp_path_factory.mktemp("reference"))


@pytest.fixture(scope="module")
def truth(reference):
    return F.truth_of(reference)


@pytest.fixture(scope="module")
def golden(tmp_path_factory, reference, truth):
    """One truth, a sample for each dialect."""
    vcfs = {name: F.vcf_of(reference, truth, name) for name in DIALECTS}
    return F.import_chunk(tmp_path_factory.mktemp("golden"), reference, vcfs)


def one(tmp_path, reference, text, **settings):
    """Import one sample, S1; return its status row and its coding rows."""
    done = F.import_chunk(tmp_path, reference, {"S1": text}, **settings)
    return done.status["S1"], done.rows("S1")


@pytest.fixture(scope="module")
def expected(golden):
    """The coding rows of the truth."""
    return golden.rows("generic")
