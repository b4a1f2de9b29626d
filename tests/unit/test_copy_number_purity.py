"""Purity and ploidy of callers: every layout by its header, the row of the fit, and what is refused."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from sclcohort.copy_number.purity import FORMATS, Fit, read_purity
from sclcohort.errors import StepError

# One fit, purity 0.62 and ploidy 3.4, as each program writes it; other rows and columns have other numbers.
PURPLE = (
    "purity normFactor score diploidProportion ploidy gender status polyclonalProportion minPurity maxPurity minPloidy "
    "maxPloidy minDiploidProportion maxDiploidProportion somaticPenalty wholeGenomeDuplication msIndelsPerMb msStatus\n"
    "0.62 0.71 0.9 0.12 3.4 MALE NORMAL 0.1 0.6 0.65 3.3 3.5 0.1 0.2 0 true 0.02 MSS\n"
)
ASCAT = "AberrantCellFraction Ploidy\n0.62 3.4\n"
CONFIDENCE = "cellularity ploidy.estimate ploidy.mean.cn\n0.58 3.3 3.5\n0.62 3.4 3.5\n0.66 3.6 3.5\n"
ALTERNATIVES = "cellularity ploidy SLPP\n0.62 3.4 -1000.5\n0.81 2.1 -1200\n0.4 5.1 -1300\n"
BATTENBERG = "purity ploidy psi\n0.62 3.4 3.1\n"
OLDER_BATTENBERG = "cellularity ploidy psi\n0.62 3.4 3.1\n"
RHO_AND_PSI = (
    "rho psi ploidy distance is.best\nASCAT 0.7 2 2.1 0.1 NA\nFRAC_GENOME 0.62 3.1 3.4 0.2 TRUE\n"
    "REF_SEG 0.5 4 4.2 0.3 FALSE\n"
)
FACETS = (
    "sample purity ploidy diplogr facets_version cval snp_nbhd flags input_file\n"
    "T_N 0.62 3.4 -0.4 0.6.2 100 250 none T_N.gz\nT_N 0.71 3.1 -0.4 0.6.2 50 250 none T_N.gz\n"
)
TABLE = "purity ploidy\n0.62 3.4\n"
LAYOUTS = {
    "PURPLE": PURPLE,
    "older PURPLE": "#" + PURPLE.replace("purity", "Purity", 1).replace(" ploidy", " Ploidy"),
    "ASCAT": ASCAT,
    "Sequenza, confidence": CONFIDENCE,
    "Sequenza, alternatives": ALTERNATIVES,
    "Battenberg": BATTENBERG,
    "older Battenberg": OLDER_BATTENBERG,
    "Battenberg, rho and psi": RHO_AND_PSI,
    "FACETS": FACETS,
    "table": TABLE,
    "table of several": "sample purity ploidy\nS0 0.9 2\nS1 0.62 3.4\nS2 NA NA\n",
}
LAYOUTS = {name: text.replace(" ", "\t") for name, text in LAYOUTS.items()}
LAYOUTS["FACETS, .out"] = "# cval = 100\n\n# Purity = 0.62\n# Ploidy = 3.4\n# dipLogR = -0.4\n"
every_layout = pytest.mark.parametrize("name", sorted(LAYOUTS))
FIT = Fit(0.62, 3.4)


def write(folder: Path, text: str) -> Path:
    path = folder / "fit.txt"
    path.write_text(text, encoding="utf-8")
    return path


def refusal(path: Path, name: str = "S1") -> str:
    with pytest.raises(StepError) as caught:
        read_purity(path, name)
    assert "; fix: " in str(caught.value)
    return str(caught.value)


@every_layout
def test_every_layout_gives_the_one_fit_whatever_its_quotes_line_ends_and_compression(tmp_path, name):
    text = LAYOUTS[name]
    assert read_purity(write(tmp_path, text), "S1") == FIT
    packed = tmp_path / "packed.gz"
    packed.write_bytes(gzip.compress(text.replace("\n", "\r\n").encode()))
    assert read_purity(packed, "S1") == FIT
    quoted = "\n".join("\t".join(f'"{cell}"' for cell in line.split("\t")) for line in text.splitlines())
    if name != "FACETS, .out":
        assert read_purity(write(tmp_path, quoted), "S1") == FIT


@every_layout
def test_a_fit_without_a_purity_or_without_a_ploidy_says_so(tmp_path, name):
    text = LAYOUTS[name]
    found = read_purity(write(tmp_path, text.replace("0.62", "NA")), "S1")
    assert (found.purity, found.ploidy) == (None, 3.4)
    assert found.remark.endswith(" gives no purity")
    assert read_purity(write(tmp_path, text.replace("3.4", "NA")), "S1").remark.endswith(" gives no ploidy")
    neither = read_purity(write(tmp_path, text.replace("0.62", "NA").replace("3.4", "NA")), "S1")
    assert (neither.purity, neither.ploidy) == (None, None)
    assert neither.remark.endswith(" gives no purity and no ploidy")


def test_every_layout_is_told_by_its_header_alone_and_each_has_a_miniature(tmp_path):
    told = [form for form in FORMATS if any(_first_claim(text) is form for text in LAYOUTS.values())]
    assert told == list(FORMATS)


def _first_claim(text: str):
    header = frozenset(
        "".join(letter for letter in cell.casefold() if letter.isalnum()) for cell in text.splitlines()[0].split("\t")
    )
    return next((form for form in FORMATS if form.claims(header)), None)


def test_comments_before_and_after_the_header_are_passed_over(tmp_path):
    text = "# fitted on a Monday\n" + LAYOUTS["ASCAT"].replace("\n", "\n# the fit\n", 1) + "# end\n\n"
    assert read_purity(write(tmp_path, text), "S1") == FIT


def test_a_tumour_that_purple_does_not_see_has_a_purity_with_a_warning(tmp_path):
    found = read_purity(write(tmp_path, LAYOUTS["PURPLE"].replace("NORMAL", "NO_TUMOR")), "S1")
    assert (found.purity, found.ploidy) == (0.62, 3.4)
    assert found.remark == "PURPLE found no tumour (status NO_TUMOR): its purity is no measurement"


def test_the_zeros_that_stand_for_no_fit_are_refused_and_never_read_as_a_purity(tmp_path):
    text = refusal(write(tmp_path, "AberrantCellFraction\tPloidy\n0\t0\n"))
    assert text.startswith('E-CN-023 fit.txt:2 column purity value "0": no purity of a tumour')
    assert "leave purity_file empty: ASCAT is reported as 0 where it found no fit" in text


@pytest.mark.parametrize("value", ["62", "1.01", "-0.2", "high", "0,62", "inf"])
def test_a_purity_that_is_no_fraction_is_refused_with_its_place(tmp_path, value):
    text = refusal(write(tmp_path, f"purity\tploidy\n{value}\t3.4\n"))
    assert text.startswith(f'E-CN-023 fit.txt:2 column purity value "{value}": no purity of a tumour')
    assert text.endswith("give a fraction above 0 and at most 1")


@pytest.mark.parametrize("value", ["0", "-2", "34", "two"])
def test_a_ploidy_no_tumour_has_is_refused(tmp_path, value):
    assert f'column ploidy value "{value}": no ploidy of a tumour' in refusal(
        write(tmp_path, f"purity\tploidy\n0.6\t{value}\n")
    )


def test_a_purity_of_1_may_be_printed_a_rounding_above_it(tmp_path):
    assert read_purity(write(tmp_path, "purity\tploidy\n1.0000001\t2\n"), "S1").purity == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "E-CN-021 fit.txt: no columns for purity and ploidy among: nothing"),
        ("chrom\tstart\n8\t9\n", "E-CN-021 fit.txt: no columns for purity and ploidy among: chrom, start"),
        ("purity\tploidy\tpsi\n0.6\t3\n", "E-CN-021 fit.txt:2: 2 cells, the header has 3"),
        ("purity\tcellularity\tploidy\n1\t1\t2\n", "E-CN-021 fit.txt:1: two columns of one meaning: purity and cellu"),
        ("purity\tploidy\n", "E-CN-022 fit.txt:1: 0 rows where the table writes 1"),
        ("purity\tploidy\n0.6\t3\n0.5\t2\n", "E-CN-022 fit.txt:1: 2 rows where the table writes 1"),
        ("cellularity\tploidy.estimate\n0.6\t3\n0.5\t2\n", "E-CN-022 fit.txt:1: 2 rows where Sequenza writes 1 or 3"),
        ("rho\tpsi\tploidy\tis.best\nASCAT\t1\t2\t2\tNA\n", "E-CN-022 fit.txt:1: 0 rows where Battenberg writes 1"),
        (
            "sample\tpurity\tploidy\nA\t0.6\t3\nB\t0.5\t2\n",
            'E-CN-022 fit.txt column sample value "S1": no such sample; the table has 2',
        ),
    ],
)
def test_a_file_without_one_fit_for_the_sample_is_refused(tmp_path, text, message):
    assert refusal(write(tmp_path, text)).startswith(message)


def test_a_file_that_cannot_be_read_is_refused_without_its_folder(tmp_path):
    assert refusal(tmp_path / "none.txt").startswith("E-CN-020 none.txt: cannot be read: No such file")
    cut = tmp_path / "cut.gz"
    cut.write_bytes(gzip.compress(TABLE.encode())[:-6])
    assert refusal(cut).startswith("E-CN-020 cut.gz: the compressed file is cut short or damaged")
    latin = tmp_path / "latin.txt"
    latin.write_bytes(b"purity\tploidy\n0.6\t3\xe9\n")
    assert refusal(latin).startswith("E-CN-020 latin.txt: not UTF-8 text")
