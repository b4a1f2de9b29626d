"""The terminal summary: relative places, exactly three findings, read from the tables."""

from __future__ import annotations

import runpy
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sclcohort.errors import StepError
from sclcohort.report import summarise

if TYPE_CHECKING:
    from collections.abc import Iterator

FIXTURES = runpy.run_path(str(Path(__file__).with_name("report_fixtures.py")))


@pytest.fixture
def results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return the results of ten patients, seen from their working directory."""
    FIXTURES["write_results"](tmp_path / "results" / "example", FIXTURES["Builder"](10))
    (tmp_path / "results" / "example" / "report").mkdir()
    (tmp_path / "results" / "example" / "report" / "index.html").write_text("page")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "results" / "example"


def test_summary_names_relative_places_that_exist(results: Path, capsys: pytest.CaptureFixture[str]) -> None:
    summarise.run(results=results)
    printed = capsys.readouterr().out
    places = [word for line in printed.splitlines() for word in line.split() if word.startswith("results/")]
    assert "results/example/report/index.html" in places
    assert "results/example/drivers/events.tsv" in places
    assert "results/example/regulators/cohort_vulnerabilities.tsv" in places
    assert all(Path(place).is_file() for place in places)
    assert str(results) not in printed


def test_summary_finds_exactly_three_things(results: Path) -> None:
    places, found, caution = summarise.summary(results).split("\n\n")
    assert [line.split()[0] for line in found.splitlines()] == ["drivers", "subtypes", "resistance"]
    drivers, subtypes, resistance = found.splitlines()
    assert (
        "TP53 both copies lost 11, not lost 1, not judged 2; RB1 both copies lost 10, not lost 1, not judged 3"
        in drivers
    )
    assert "SCLC-A 6, SCLC-N 3, SCLC-P 2, SCLC-I 2; not assessable 1" in subtypes
    assert "chemotherapy 4 of 11, targeted therapy 3 of 12 and immunotherapy 0 of 13" in resistance
    assert "Research use only" in caution
    assert len(places.splitlines()) >= 5


def test_summary_of_a_cohort_without_data_says_not_assessable(tmp_path: Path) -> None:
    FIXTURES["write_results"](tmp_path, FIXTURES["Builder"](2, dna=False, rna=False, events=False))
    found = summarise.summary(tmp_path).split("\n\n")[1]
    assert "TP53 both copies lost 0, not lost 0, not judged 3" in found
    assert "none called; not assessable 3" in found


def test_summary_needs_neither_pandas_nor_matplotlib() -> None:
    loaded = (
        "import sys, sclcohort.report.summarise; print(sorted({'pandas', 'numpy', 'matplotlib'} & set(sys.modules)))"
    )
    workflow = Path(__file__).resolve().parents[2] / "workflow"
    done = subprocess.run(
        [sys.executable, "-c", loaded], env={"PYTHONPATH": str(workflow)}, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_missing_table_is_named_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(StepError, match=r"inputs/samples\.tsv: is not there; run the workflow"):
        summarise.run(results=tmp_path)
