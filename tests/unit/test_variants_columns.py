from __future__ import annotations

import pytest

from sclcohort.variants.columns import choose_columns, role_of_name
from sclcohort.variants.refusal import RefusedVcfError


def choose(columns, lines=(), sample="P1", tumour=None, normal=None):
    found = choose_columns(columns, lines, sample_id=sample, tumour_named=tumour, normal_named=normal)
    return found.tumour, found.normal, found.rule


@pytest.mark.parametrize(
    ("columns", "lines", "chosen"),
    [
        (["A", "B"], ["##tumor_sample=B", "##normal_sample=A"], ("B", "A", "header")),
        (["A B", "C"], ["##tumor_sample=A B"], ("A B", None, "header")),
        (["A", "B"], ["##normal_sample=A"], ("B", "A", "header")),
        (["A", "B"], ['##MuTect="tumor_sample_name=B normal_sample_name=A x=1"'], ("B", "A", "header")),
        (
            ["A", "B"],
            ['##SentieonCommandLine.TNscope=<CommandLine="--tumor_sample B --normal_sample A">'],
            ("B", "A", "header"),
        ),
        (
            ["A", "B"],
            ['##SAMPLE=<ID=A,Description="Normal tissue">', '##SAMPLE=<ID=B,Description="Tumor">'],
            ("B", "A", "header"),
        ),
        (["A", "B"], ["##PEDIGREE=<Derived=B,Original=A>"], ("B", "A", "header")),
        (["NORMAL", "TUMOR"], ["##tumor_sample=absent"], ("TUMOR", "NORMAL", "name")),
        (["tumour", "germline"], [], ("tumour", "germline", "name")),
        (["P7_N", "P7_T"], [], ("P7_T", "P7_N", "name")),
        (["NORMAL", "PRIMARY"], [], ("PRIMARY", "NORMAL", "name")),
        (["P1", "P2", "P3"], [], ("P1", None, "name")),
        (["P1", "P2", "P2-normal"], ["##tumor_sample=P1", "##tumor_sample=P2"], ("P1", "P2-normal", "header")),
        (["anything"], [], ("anything", None, "only_column")),
        (["TUMOR"], [], ("TUMOR", None, "name")),
    ],
)
def test_columns_are_found_by_header_then_name_then_for_being_alone(columns, lines, chosen):
    assert choose(columns, lines) == chosen
    assert choose(columns[::-1], lines) == chosen


def test_what_the_sheet_names_overrules_header_and_name():
    lines = ["##tumor_sample=TUMOR"]
    assert choose(["TUMOR", "NORMAL", "X"], lines, tumour="X", normal="TUMOR") == ("X", "TUMOR", "sheet")
    assert choose(["A", "B"], normal="A") == ("B", "A", "sheet")
    assert choose(["TUMOR", "NORMAL"], tumour="TUMOR") == ("TUMOR", "NORMAL", "sheet")


def test_a_column_without_a_role_is_no_normal_and_that_is_said():
    found = choose_columns(["P1", "X"], (), sample_id="P1", tumour_named=None, normal_named=None)
    assert found.normal is None
    assert '"X" left out' in found.note
    assert "normal_sample" in found.note


@pytest.mark.parametrize(
    ("columns", "named", "message"),
    [
        (["A", "B"], {}, r'cannot be told \("A", "B"\); name it as variants_sample'),
        (["T1_tumor", "T2_tumor", "NORMAL"], {}, "cannot be told"),
        (["NORMAL"], {}, 'only column is "NORMAL", the name of a normal'),
        (["TUMOR", "NORMAL"], {"tumour": "tumor "}, 'variants_sample "tumor " is no column.*did you mean "TUMOR"'),
        (["TUMOR", "NORMAL"], {"normal": "blood"}, 'normal_sample "blood" is no column.*write one of them'),
        (["TUMOR", "NORMAL"], {"tumour": "TUMOR", "normal": "TUMOR"}, 'both name "TUMOR"'),
    ],
)
def test_what_cannot_be_told_is_refused_with_the_way_to_tell_it(columns, named, message):
    with pytest.raises(RefusedVcfError, match=message):
        choose(columns, **named)


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("TUMOR", "tumour"),
        ("P1.tumour", "tumour"),
        ("P1-N", "normal"),
        ("N-1", None),
        ("NCI-N87", None),
        ("tumor_normal", None),
    ],
)
def test_roles_are_read_from_words_not_from_letters_inside_names(name, role):
    assert role_of_name(name) == role
