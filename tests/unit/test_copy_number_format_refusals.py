"""Files of segments that lack a column, hold text for numbers, or mix formats are refused with their address."""

from __future__ import annotations

import pytest

from sclcohort.copy_number.formats import FORMATS, plain_name
from tests.unit.copy_number_format_fixtures import (
    FITTED,
    FORM,
    MINIATURES,
    every_fitted_format,
    every_format,
    place_of,
    refusal,
    table,
    text_of,
    with_cell,
)

NEEDED = [(form.name, role) for form in FORMATS for role in form.columns if role not in form.optional]
NUMBERS = [(form.name, role) for form in FORMATS for role in form.columns if role not in ("sample", "contig")]


@pytest.mark.parametrize(("name", "role"), NEEDED)
def test_a_file_without_a_needed_column_is_refused(tmp_path, name, role):
    header, rows = table(name)
    place = place_of(name, role)
    text = refusal(tmp_path, text_of(header[:place] + header[place + 1 :], [row[:-1] for row in rows]))
    assert text.startswith("E-CN-011 file.txt:1: no column for ")
    assert "; fix: give, with its header, " in text
    if name in FITTED:
        assert f"no column for {role} among: " in text
        assert text.endswith(FORM[name].file)


@pytest.mark.parametrize(("name", "role"), NUMBERS)
def test_text_in_a_number_is_refused_with_its_address(tmp_path, name, role):
    text = refusal(tmp_path, with_cell(name, role, "many", row=2))
    code = "E-CN-014" if role in ("start", "end") else "E-CN-015"
    assert text.startswith(f'{code} file.txt:4 column {role} value "many": ')
    assert "; fix: " in text


@every_format
def test_thousands_marks_and_a_decimal_comma_are_refused(tmp_path, name):
    assert "E-CN-014" in refusal(tmp_path, with_cell(name, "start", "1,001"))
    role = next(role for role in ("total", "first_allele", "major_1", "log2") if role in FORM[name].columns)
    assert "E-CN-015" in refusal(tmp_path, with_cell(name, role, "2,5"))


@pytest.mark.parametrize(("name", "other"), [(a, b) for a in MINIATURES for b in MINIATURES if a < b])
def test_columns_of_two_formats_in_one_header_are_refused_naming_both(tmp_path, name, other):
    """Except of SEG and .cns: a column of samples makes a .cns a SEG."""
    header, _ = table(name)
    more, _ = table(other)
    mixed = list(dict.fromkeys([*header, *more]))
    text = refusal(tmp_path, text_of(mixed, [["1"] * len(mixed)]))
    claiming = {form.name for form in FORMATS if form.claims(frozenset(map(plain_name, mixed)))}
    if claiming == {"seg"}:
        assert {name, other} == {"seg", "cns"}
        assert "E-CN-012" in text
        return
    assert text.startswith(f"E-CN-011 file.txt:1: columns of {len(claiming)} formats: ")
    assert claiming >= {name, other} - {"cns"}
    assert text.endswith("; fix: leave the columns of one caller")


@every_fitted_format
def test_overlapping_segments_are_refused_in_every_format(tmp_path, name):
    assert "E-CN-016" in refusal(tmp_path, with_cell(name, "start", "1500", row=1))


@every_fitted_format
def test_a_sample_without_any_copies_is_refused(tmp_path, name):
    header, _ = table(name)
    code = "E-CN-018" if name == "ascat" else "E-CN-017"
    assert f"{code} file.txt" in refusal(tmp_path, text_of(header, []))


def test_tables_of_the_same_callers_that_are_no_segments_are_refused(tmp_path):
    """PURPLE's unsmoothed segments, Sequenza's .seqz, and GATK's modelled segments lack a needed column."""
    purple = "chromosome\tstart\tend\tgermlineStatus\tbafCount\tminorAlleleCopyNumber\tmajorAlleleCopyNumber\n"
    assert "no column for total among" in refusal(tmp_path, purple)
    seqz = "chromosome\tposition\tbase.ref\tdepth.normal\tdepth.tumor\tdepth.ratio\tAf\tBf\n"
    assert "no column for start, end, total, first_allele, second_allele among" in refusal(tmp_path, seqz)
    modelled = "CONTIG\tSTART\tEND\tNUM_POINTS_COPY_RATIO\tNUM_POINTS_ALLELE_FRACTION\tLOG2_COPY_RATIO_POSTERIOR_50\n"
    assert "no column for log2 among" in refusal(tmp_path, modelled)
