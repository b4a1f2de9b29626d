"""How well subtypes are called is measured without flattery: the counts, the intervals, the plain rule beside them."""

from __future__ import annotations

import importlib
import math

import numpy as np
import pandas as pd
import pytest

from sclcohort.regulators.subtypes import Call

MEMBERS = {"A": ("A1", "A2"), "N": ("N1", "N2"), "P": ("P1", "P2"), "Y": ("Y1", "Y2")}
GENES = [gene for genes in MEMBERS.values() for gene in genes]


@pytest.fixture
def assessing(repository, monkeypatch):
    monkeypatch.syspath_prepend(str(repository / "workflow" / "scripts"))
    monkeypatch.syspath_prepend(str(repository / "resources" / "compile"))
    return importlib.import_module("assess_subtypes")


@pytest.fixture
def left_out(assessing):
    """Return a function that makes what became of a line: its label, its call, its most probable programme."""

    def maker(label, subtype, leading, components=""):
        shares = {letter: 0.7 if letter == leading else 0.1 for letter in "ANPY"}
        return assessing.LeftOut(label, shares, Call(subtype, "rule", components=components))

    return maker


@pytest.fixture
def assessment(assessing, left_out):
    calls = {
        "L1": left_out("A", "SCLC-A", "A"),
        "L2": left_out("A", "hybrid", "A", "A+N"),
        "L3": left_out("N", "SCLC-A", "A"),
        "L4": left_out("P", "unclassified", "P"),
        "L5": left_out("Y", "SCLC-Y", "Y"),
    }
    plain = {"L1": "A", "L2": "N", "L3": "N", "L4": "Y", "L5": "Y"}
    return assessing.Assessment(calls, plain, frozenset({"L3", "elsewhere"}))


def counts(shares):
    return [(share.count, share.total) for share in shares.values()]


def test_hybrids_and_abstentions_are_no_right_calls_and_leave_the_called_lines(assessment):
    assert counts(assessment.shares(with_disputed=True)) == [(2, 5), (2, 3), (1, 5), (1, 5), (4, 5), (3, 5)]


def test_a_label_in_dispute_can_be_left_out_of_every_count(assessment):
    assert counts(assessment.shares(with_disputed=False)) == [(2, 4), (2, 2), (1, 4), (1, 4), (4, 4), (2, 4)]


def test_the_confusion_holds_every_labelled_line_once(assessment):
    confusion = assessment.confusion()
    assert sum(sum(calls.values()) for calls in confusion.values()) == 5
    assert confusion["A"] == {"SCLC-A": 1, "hybrid": 1}
    assert confusion["P"] == {"unclassified": 1}


@pytest.mark.parametrize(("count", "total"), [(22, 25), (0, 24), (5, 5)])
def test_the_interval_is_the_one_of_wilson(assessing, count, total):
    z, p = 1.959963984540054, count / total
    centre = (p + z**2 / (2 * total)) / (1 + z**2 / total)
    half = z / (1 + z**2 / total) * math.sqrt(p * (1 - p) / total + z**2 / (4 * total**2))
    assert assessing.Share(count, total).interval == pytest.approx((centre - half, centre + half), abs=1e-9)


def test_the_plain_rule_takes_the_highest_mean_z(assessing):
    rng = np.random.default_rng(5)
    log2 = pd.DataFrame(rng.gamma(2, 1, (8, 12)), index=GENES, columns=[f"S{number}" for number in range(12)])
    calls = assessing.mean_z_argmax(log2, MEMBERS)
    for sample in log2.columns:
        means = {}
        for letter, genes in MEMBERS.items():
            z = [(log2.loc[gene, sample] - np.mean(log2.loc[gene])) / np.std(log2.loc[gene]) for gene in genes]
            means[letter] = sum(z) / len(z)
        assert calls[sample] == max(means, key=means.get)


def test_a_gene_that_is_constant_over_the_cohort_counts_for_nothing_in_the_plain_rule(assessing):
    log2 = pd.DataFrame({"S1": [5.0, 0.1, 0, 0, 0, 0, 0, 0], "S2": [5.0, 0, 0, 0.2, 0, 0, 0, 0]}, index=GENES)
    assert assessing.mean_z_argmax(log2, MEMBERS) == {"S1": "A", "S2": "N"}


def test_the_report_names_each_line_not_called_as_labelled(assessing, assessment):
    text = assessing.report(assessment, ["L4"], 9)
    named = text.split("not called as labelled:")[1]
    assert "L2: label SCLC-A, call hybrid A+N (probability of the label 0.70); plain rule SCLC-N" in named
    assert "L1:" not in named
    assert "L5:" not in named
    assert "1 of 9 lines otherwise in at least one of 200 random halves" in text
    assert "(L3):" in text


def test_a_folder_without_labels_is_not_assessed_and_is_no_fault(assessing, monkeypatch, tmp_path, capsys):
    monkeypatch.setattr("sys.argv", ["assess_subtypes.py", "--data", str(tmp_path)])
    assert assessing.main() == 0
    assert "Accuracy of subtypes: not assessable" in capsys.readouterr().out


@pytest.fixture
def folder(repository, tmp_path):
    """Return a folder with two lines and every programme gene, without labels."""
    with (repository / "resources" / "gene_sets.tsv").open(encoding="utf-8") as handle:
        genes = [row.split("\t")[1] for row in handle if row.startswith("programme_")]
    rows = [f"{gene}\t{number % 7}\t{number % 5}" for number, gene in enumerate(genes)]
    (tmp_path / "sclc_lines_expression").mkdir()
    matrix = tmp_path / "sclc_lines_expression" / "log2_tpm_plus_1.tsv"
    matrix.write_text("\n".join(["gene_symbol\tL1\tL2", *rows]) + "\n")
    return tmp_path


@pytest.mark.parametrize(("line", "subtype"), [("L1", "SCLC-X"), ("L9", "SCLC-A"), ("L2", "")])
def test_a_label_that_is_no_type_or_of_no_line_is_refused(
    assessing, repository, folder, monkeypatch, capsys, line, subtype
):
    (folder / "sclc_lines_expression" / "labels.tsv").write_text(f"sample_id\tsubtype\n{line}\t{subtype}\n")
    arguments = ["assess_subtypes.py", "--data", str(folder), "--resources", str(repository / "resources")]
    monkeypatch.setattr("sys.argv", arguments)
    assert assessing.main() == 2
    assert f"labels.tsv: line {line}, subtype {subtype or 'nan'}; fix: name a column" in capsys.readouterr().err


def test_without_a_table_of_disputes_no_label_is_in_dispute(assessing, repository, folder):
    (folder / "sclc_lines_expression" / "labels.tsv").write_text("sample_id\tsubtype\nL1\tSCLC-A\n")
    lines = assessing.read_lines(folder, repository / "resources")
    assert (lines.labels, lines.discordant, lines.fitted) == ({"L1": "A"}, frozenset(), ["L1"])
    assert len(lines.log2) == 80
