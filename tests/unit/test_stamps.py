"""Stamps follow code and settings."""

from __future__ import annotations

import sys

import pytest

from sclcohort import stamps


@pytest.fixture
def package(tmp_path, monkeypatch):
    """Build a package sclcohort of three modules: step imports helper, other stands alone."""
    root = tmp_path / "sclcohort"
    (root / "stage" / "templates").mkdir(parents=True)
    (root / "__init__.py").write_text("")
    (root / "stage" / "__init__.py").write_text("")
    (root / "stage" / "step.py").write_text("from sclcohort.helper import f\n")
    (root / "helper.py").write_text("import math\nf = math.sqrt\n")
    (root / "other.py").write_text("")
    (root / "stage" / "templates" / "page.html").write_text("<p>")
    monkeypatch.setattr(stamps, "PACKAGE_ROOT", tmp_path)
    stamps.imported_modules.cache_clear()
    stamps.code_files.cache_clear()
    yield root
    stamps.imported_modules.cache_clear()
    stamps.code_files.cache_clear()


def fresh(settings=None):
    stamps.imported_modules.cache_clear()
    stamps.code_files.cache_clear()
    return stamps.stamp("sclcohort.stage.step", settings or {})


def test_an_indirectly_imported_module_changes_the_stamp_and_undoing_restores_it(package):
    before = fresh()
    source = (package / "helper.py").read_text()
    (package / "helper.py").write_text(source + "# edited\n")
    assert fresh() != before
    (package / "helper.py").write_text(source)
    assert fresh() == before


def test_a_module_that_is_not_imported_does_not_change_the_stamp(package):
    before = fresh()
    (package / "other.py").write_text("x = 1\n")
    assert fresh() == before


def test_a_page_template_of_the_stage_is_code(package):
    before = fresh()
    (package / "stage" / "templates" / "page.html").write_text("<b>")
    assert fresh() != before


def test_swapped_settings_change_the_stamp(package):
    assert fresh({"low": 0.05, "high": 0.10}) != fresh({"low": 0.10, "high": 0.05})
    assert fresh({"low": 0.05, "high": 0.10}) == fresh({"high": 0.10, "low": 0.05})


def test_code_files_are_those_that_python_loads():
    stamps.imported_modules.cache_clear()
    stamps.code_files.cache_clear()
    import sclcohort.inputs.check_inputs  # noqa: F401 (loads what it needs)

    files = {str(path) for path in stamps.code_files("sclcohort.inputs.check_inputs")}
    needed = {"sclcohort.inputs.plan", "sclcohort.tables", "sclcohort.errors", "sclcohort.files"}
    assert all(sys.modules[name].__file__ in files for name in needed)
