"""A diagnosis names components by whole words, and a denied component is not one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sclcohort.genotypes.histology import COMPONENTS, read_diagnosis


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("SCLC", ()),
        ("small cell carcinoma", ()),
        ("Small-cell lung carcinoma, pure", ()),
        ("combined SCLC with adenocarcinoma", ("combined", "adenocarcinoma")),
        ("SCLC/LCNEC", ("large cell",)),
        ("Combined small cell and large-cell neuroendocrine carcinoma", ("combined", "large cell")),
        ("SCLC, transformed from EGFR-mutant adenocarcinoma", ("transformed", "adenocarcinoma")),
        ("small cell transformation of NSCLC", ("transformed", "non-small-cell")),
        ("SCLC with a squamous component", ("squamous",)),
        ("SCLC and adenosquamous carcinoma", ("adenosquamous",)),
        ("mixed small cell and non-small cell carcinoma", ("combined", "non-small-cell")),
        ("SCLC; adenocarcinoma cannot be excluded", ("adenocarcinoma",)),
        ("SCLC, large cell component not ruled out", ("large cell",)),
        ("No necrosis; adenocarcinoma present", ("adenocarcinoma",)),
        ("recombined plasmid, untransformed cells", ()),
    ],
)
def test_what_a_diagnosis_names_besides_sclc(text, named):
    assert read_diagnosis(text).named == named


@pytest.mark.parametrize(
    ("text", "denied"),
    [
        ("SCLC, no adenocarcinoma component", ("adenocarcinoma",)),
        ("SCLC without large cell features", ("large cell",)),
        ("SCLC; adenocarcinoma excluded", ("adenocarcinoma",)),
        ("SCLC, squamous component not seen", ("squamous",)),
        ("pure SCLC, not combined", ("combined",)),
        ("SCLC, no adenocarcinoma/squamous component", ("adenocarcinoma", "squamous")),
    ],
)
def test_a_denied_component_is_not_named(text, denied):
    diagnosis = read_diagnosis(text)
    assert (diagnosis.named, diagnosis.denied) == ((), denied)


def test_a_component_that_is_denied_once_and_named_once_is_named():
    diagnosis = read_diagnosis("Left lung: no adenocarcinoma. Lymph node: adenocarcinoma and SCLC")
    assert (diagnosis.named, diagnosis.denied) == (("adenocarcinoma",), ())


@given(st.text(max_size=200))
def test_any_text_is_read_and_the_case_of_its_letters_does_not_matter(text):
    diagnosis = read_diagnosis(text)
    assert set(diagnosis.named) | set(diagnosis.denied) <= set(COMPONENTS)
    assert not set(diagnosis.named) & set(diagnosis.denied)
    if text.isascii():
        assert read_diagnosis(text.upper()) == read_diagnosis(text.lower()) == diagnosis
