"""csq beside Python: its windows, its errors, and those of what it is fed with."""

from __future__ import annotations

import runpy
from pathlib import Path
from types import SimpleNamespace

import pytest

from sclcohort.errors import StepError
from sclcohort.reference.contigs import read_contigs
from sclcohort.variants.consequence_sites import HTSLIB_BLOCK, Annotation, _padded_header

F = SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name("variants_fixtures.py"))))


@pytest.fixture(scope="module")
def reference(tmp_path_factory):
    return F.build_reference(tmp_path_factory.mktemp("reference"))


def keys_of(reference):
    order = list(reference.sequences)
    return sorted((order.index(one.contig), one.position, one.ref, one.alt) for one in F.truth_of(reference))


@pytest.fixture
def annotation(tmp_path, reference):
    contigs = read_contigs(reference.files["genome"])
    with Annotation(contigs, reference.files["genome"], reference.gff, tmp_path) as started:
        yield started


@pytest.mark.parametrize("size", [1, 3, 7, 1000])
def test_windows_of_any_size_hold_all_consequences_in_order(annotation, reference, size):
    keys = keys_of(reference)
    windows = list(annotation.windows(keys, size))
    found = [key for window in windows for key in window.found]
    assert found == keys
    assert [window.last for window in windows[:-1]] == keys[size - 1 :: size][: len(windows) - 1]
    assert windows[-1].last is None
    assert (annotation.sites, annotation.annotated) == (len(keys), len(keys))


def test_no_allele_gives_one_empty_window(annotation):
    assert list(annotation.windows([], 5)) == [({}, None)]


def test_an_error_of_the_alleles_is_raised_and_does_not_hang(annotation, reference):
    def broken():
        yield from keys_of(reference)[:2]
        raise StepError("the disk is full")

    with pytest.raises(StepError, match="the disk is full"):
        list(annotation.windows(broken(), 5))


def test_a_failure_of_csq_is_an_error_with_its_words(tmp_path, reference):
    contigs = read_contigs(reference.files["genome"])
    with (
        Annotation(contigs, reference.files["genome"], tmp_path / "none.gff3", tmp_path) as annotation,
        pytest.raises(StepError, match=r"bcftools csq failed: .*none\.gff3"),
    ):
        list(annotation.windows(keys_of(reference), 5))


@pytest.mark.parametrize("contigs", [1, 24, 3000])
def test_the_header_fills_whole_blocks(contigs):
    text = _padded_header({f"contig{number}": 1000 + number for number in range(contigs)})
    assert len(text) % HTSLIB_BLOCK == 0
    assert text.endswith("\tINFO\n")
    assert text.count("##contig=<ID=") == contigs
