from __future__ import annotations

import dataclasses
import importlib
import types

import numpy as np
import pandas as pd
import pytest

from sclcohort.contracts import (
    DRIVER_GENES,
    GENE_ALIASES,
    GENE_SETS,
    NE_SIGNATURE,
    REGULONS,
    RESISTANCE_RULES,
    SUBTYPE_CALIBRATION,
)
from sclcohort.regulators.genes import ENSEMBL_GENE_ID, LINEAGE_FACTORS, check_aliases, genes_used
from sclcohort.regulators.set_scores import directed_members
from sclcohort.regulators.signatures import ne_scores, programme_members, rank_scores
from sclcohort.regulators.subtypes import LETTERS, WITHOUT_STROMA, Calibration, Evidence, call_subtype
from sclcohort.tables import read_rows, read_table


@pytest.fixture
def resources(repository):
    return repository / "resources"


@pytest.fixture
def gene_aliases(resources):
    return read_table(resources / "gene_aliases.tsv", GENE_ALIASES)


@pytest.fixture
def gene_sets(resources):
    return read_table(resources / "gene_sets.tsv", GENE_SETS)


@pytest.fixture
def ne_signature(resources):
    return read_table(resources / "ne_signature.tsv", NE_SIGNATURE)


@pytest.fixture
def regulons(resources):
    return read_table(resources / "regulons.tsv", REGULONS)


@pytest.fixture
def script(repository, monkeypatch):
    """Return a function that imports a script of resources/compile."""
    monkeypatch.syspath_prepend(str(repository / "resources" / "compile"))

    def importer(name: str) -> types.ModuleType:
        return importlib.import_module(name)

    return importer


@pytest.fixture
def lines(script, shared_data, resources):
    return script("fit_subtype_calibration").read_lines(shared_data, resources)


def test_the_four_programmes_have_twenty_genes_each_and_share_none(gene_sets):
    assert {letter: len(genes) for letter, genes in programme_members(gene_sets).items()} == dict.fromkeys("ANPY", 20)


def test_the_t_cell_inflamed_set_has_its_eighteen_genes(gene_sets):
    assert (gene_sets["gene_set"] == "t_cell_inflamed").sum() == 18


@pytest.mark.parametrize(
    ("gene_set", "up", "down"),
    [
        ("proliferation", 11, 0),
        ("antigen_presentation", 7, 0),
        ("emt", 6, 6),
        ("tuft", 8, 0),
        ("notch", 5, 0),
        ("metastasis", 2, 0),
        ("myc_family", 3, 0),
    ],
)
def test_sets_that_are_ranked_have_the_genes_of_their_source(gene_sets, gene_set, up, down):
    assert tuple(map(len, directed_members(gene_sets, gene_set))) == (up, down)


def test_genes_from_memory_say_that_they_are(gene_sets):
    remembered = gene_sets[gene_sets["certainty"] == "unverified"]
    assert set(remembered["gene_symbol"]) == {"DTX1", "HEY1", "HEYL", "NRARP"}
    assert remembered["citation"].str.contains("from memory").all()


def test_the_signature_has_25_genes_on_each_side_higher_on_their_own(ne_signature):
    difference = ne_signature["ne_reference_log2"] - ne_signature["non_ne_reference_log2"]
    is_ne = ne_signature["group"] == "ne"
    assert is_ne.sum() == 25
    assert len(ne_signature) == 50
    assert (difference[is_ne] > 0).all()
    assert (difference[~is_ne] < 0).all()


def test_the_published_vectors_score_near_plus_and_minus_one(ne_signature):
    vectors = ne_signature.set_index("gene_symbol")[["ne_reference_log2", "non_ne_reference_log2"]]
    scores = ne_scores(vectors, ne_signature)
    r = np.corrcoef(vectors.to_numpy().T)[0, 1]
    assert scores["ne_reference_log2"] == pytest.approx((1 - r) / 2)
    assert scores["non_ne_reference_log2"] == pytest.approx((r - 1) / 2)
    assert scores["ne_reference_log2"] > 0.9


def test_no_alias_is_the_symbol_of_a_gene_that_the_tables_name(resources, gene_aliases, gene_sets, ne_signature):
    approved = [*gene_sets["gene_symbol"], *ne_signature["gene_symbol"], *LINEAGE_FACTORS.values()]
    if (resources / "driver_genes.tsv").exists():
        approved += read_table(resources / "driver_genes.tsv", DRIVER_GENES)["gene_symbol"].tolist()
    check_aliases(gene_aliases, approved)


def test_every_gene_of_the_stage_and_every_driver_has_one_ensembl_id(resources, gene_aliases, gene_sets, ne_signature):
    identifiers = gene_aliases[gene_aliases["kind"] == "ensembl_gene_id"]
    assert identifiers["alias"].map(lambda alias: ENSEMBL_GENE_ID.fullmatch(alias) is not None).all()
    assert identifiers["gene_symbol"].is_unique
    genes = {*gene_sets["gene_symbol"], *ne_signature["gene_symbol"], *LINEAGE_FACTORS.values()}
    if (resources / "driver_genes.tsv").exists():
        genes |= set(read_table(resources / "driver_genes.tsv", DRIVER_GENES)["gene_symbol"])
    assert genes - set(identifiers["gene_symbol"]) == set()


@pytest.mark.parametrize(
    ("alias", "gene"),
    [
        ("MLL2", "KMT2D"),
        ("MLL3", "KMT2C"),
        ("MYCL1", "MYCL"),
        ("KIAA1211", "CRACD"),
        ("FAM57B", "TLCD3B"),
        ("CYR61", "CCN1"),
        ("C11orf53", "POU2AF2"),
        # Facts known apart from the compilation: Ensembl's own ids of four genes.
        ("ENSG00000141510", "TP53"),
        ("ENSG00000139687", "RB1"),
        ("ENSG00000136997", "MYC"),
        ("ENSG00000139352", "ASCL1"),
        # And NCBI's of the same.
        ("7157", "TP53"),
        ("5925", "RB1"),
        ("4609", "MYC"),
        ("429", "ASCL1"),
    ],
)
def test_old_names_met_in_published_tables_are_mapped(gene_aliases, alias, gene):
    assert gene_aliases.set_index("alias").loc[alias, "gene_symbol"] == gene


@pytest.mark.parametrize("ambiguous", ["TTF1", "TAZ", "LGALS2", "MAGI1", "CDKN2", "MRP1", "HIF-1", "NSP"])
def test_names_that_could_mean_another_gene_are_left_out(gene_aliases, ambiguous):
    assert ambiguous not in set(gene_aliases["alias"])


def test_symbols_replaced_since_the_source_are_previous_symbols_of_hgnc(gene_aliases, gene_sets):
    renamed = gene_sets[gene_sets["gene_symbol"] != gene_sets["symbol_in_source"]]
    known = gene_aliases.set_index("alias")
    assert len(renamed) == 5
    for printed, gene in zip(renamed["symbol_in_source"], renamed["gene_symbol"], strict=True):
        assert known.loc[printed, ["gene_symbol", "kind"]].tolist() == [gene, "previous_symbol"]


def test_gene_sets_and_signature_are_what_their_script_compiles(script, shared_data, resources, tmp_path):
    script("compile_regulators").compile_gene_sets(shared_data, tmp_path)
    for name in ("gene_sets.tsv", "ne_signature.tsv"):
        assert (tmp_path / name).read_bytes() == (resources / name).read_bytes()


def test_every_regulator_has_the_targets_of_its_list(regulons):
    counts = {"ASCL1": 133, "ATOH1": 150, "MYC": 50, "NEUROD1": 346, "POU2F3": 244, "YAP1": 22}
    assert regulons.groupby("source").size().to_dict() == counts


def test_targets_without_a_sign_of_their_own_weigh_one_and_say_so(regulons):
    assert set(regulons["weight"]) == {1.0}
    assert regulons["citation"].str.endswith("; the sign is assumed").all()


def test_targets_that_the_literature_names_are_in_the_lists(regulons):
    edges = set(zip(regulons["source"], regulons["target"], strict=True))
    # Borromeo 2016 names RET, NFIB and DLL3 as targets of ASCL1; CCN1 and CCN2 are the best known ones of YAP1.
    named = {("ASCL1", "RET"), ("ASCL1", "DLL3"), ("YAP1", "CCN1"), ("YAP1", "CCN2"), ("POU2F3", "ASCL2")}
    assert named <= edges


def test_regulons_are_what_their_script_compiles(script, shared_data, resources, tmp_path):
    script("compile_regulators").compile_regulons(shared_data, tmp_path)
    assert (tmp_path / "regulons.tsv").read_bytes() == (resources / "regulons.tsv").read_bytes()


def test_targets_renamed_since_their_source_are_found_by_the_old_symbol(script, gene_aliases, regulons):
    known = dict(zip(gene_aliases["alias"], gene_aliases["gene_symbol"], strict=True))
    renamed = script("regulator_gene_sets").RENAMED
    # NCBI's compilation of 2022 still has these two as current symbols.
    assert {old: known.get(old) for old in renamed if known.get(old) != renamed[old]} == {
        "C4orf47": None,
        "SOGA1": None,
    }
    assert not set(renamed) & set(regulons["target"])


@pytest.mark.parametrize("kind", ["ensembl_gene_id", "entrez_gene_id"])
def test_every_gene_that_a_score_uses_has_one_id_of_each_kind(
    resources, gene_aliases, gene_sets, ne_signature, kind, regulons
):
    identified = gene_aliases.loc[gene_aliases["kind"] == kind, "gene_symbol"]
    assert identified.is_unique
    users = genes_used(gene_sets, ne_signature, read_table(resources / "resistance_rules.tsv", RESISTANCE_RULES))
    genes = {*users, *regulons["target"], *regulons["source"]}
    genes |= set(read_table(resources / "driver_genes.tsv", DRIVER_GENES)["gene_symbol"])
    assert genes - set(identified) == set()


def test_entrez_ids_are_integers_and_nothing_else_is(gene_aliases):
    is_integer = gene_aliases["alias"].str.fullmatch("[0-9]+")
    assert (is_integer == (gene_aliases["kind"] == "entrez_gene_id")).all()


def test_the_calibration_is_what_its_script_fits(script, lines, resources, tmp_path):
    fitting = script("fit_subtype_calibration")
    fitting.write_calibration(tmp_path / "refitted.tsv", fitting.fit_rows(lines))
    assert (tmp_path / "refitted.tsv").read_bytes() == (resources / "subtype_calibration.tsv").read_bytes()


def test_the_steepness_is_at_the_optimum_of_the_penalised_likelihood(script):
    fitting = script("fit_subtype_calibration")
    rng = np.random.default_rng(3)
    positions, classes = rng.uniform(0, 1, (60, 4)), rng.integers(0, 4, 60)
    positions[np.arange(60), classes] += 0.4
    steepness = fitting.fit(positions, classes, 0.1)
    odds = np.exp(steepness * positions)
    shares = odds / odds.sum(axis=1, keepdims=True)
    # Where the derivative is 0: what the labels hold of the positions is what the probabilities expect of them.
    slope = (positions[np.arange(60), classes] - (shares * positions).sum(axis=1)).sum() - 0.1 * steepness
    assert steepness > 1
    assert slope == pytest.approx(0, abs=1e-4)


def test_labels_that_say_nothing_give_no_steepness(script):
    fitting = script("fit_subtype_calibration")
    positions = np.tile(np.array([[0.9, 0.1, 0.1, 0.1]]), (4, 1))
    assert fitting.fit(positions, np.arange(4), 0.1) == pytest.approx(0, abs=1e-4)


def test_the_anchors_are_the_extremes_of_all_lines_and_need_no_label(script, lines):
    fitting = script("fit_subtype_calibration")
    least, most = fitting.anchors(lines.scores)
    assert least == pytest.approx(lines.scores[list("ANPY")].min().to_numpy(), abs=5e-4)
    assert most == pytest.approx(lines.scores[list("ANPY")].max().to_numpy(), abs=5e-4)
    assert len(lines.scores) == 48


def test_a_line_left_out_moves_neither_its_own_anchors_nor_its_own_fit(script, lines):
    fitting = script("fit_subtype_calibration")
    whole, without = (Calibration.from_rows(fitting.fit_rows(lines, left_out=name)) for name in (None, "NCIH2029"))
    extreme = lines.scores["A"].idxmax()
    _, most = fitting.anchors(lines.scores.drop(index=[extreme]))
    assert Calibration.from_rows(fitting.fit_rows(lines, left_out=extreme)).most["A"] == most[0] < whole.most["A"]
    relabelled = dataclasses.replace(lines, labels={**lines.labels, "NCIH2029": "P"})
    again = Calibration.from_rows(fitting.fit_rows(relabelled, left_out="NCIH2029"))
    assert again == without


def test_lines_left_out_of_the_fit_are_called_as_labelled(script, lines):
    left_out = script("fit_subtype_calibration").left_out_calls(lines)
    assert len(left_out) == 25
    assert lines.discordant & set(left_out) == {"NCIH2227"}
    assert sum(one.leading == one.label for one in left_out.values()) == 22
    undisputed = [one for line, one in left_out.items() if line not in lines.discordant]
    assert -np.mean([np.log(one.probabilities[one.label]) for one in undisputed]) == pytest.approx(0.226, abs=0.002)


def test_constants_are_complete_and_every_choice_says_so(resources):
    rows = list(read_rows(resources / "subtype_calibration.tsv", SUBTYPE_CALIBRATION))
    calibration = Calibration.from_rows(rows)
    assert calibration.steepness > 0
    for row in rows:
        assert str(row["citation"]).startswith("choice: ") == (row["certainty"] == "choice")


@pytest.mark.parametrize("share", [0.1, 0.3, 0.5])
def test_stroma_mixed_into_a_tumour_never_makes_it_a_yap1_tumour(script, lines, resources, shared_data, share):
    printed = pd.read_csv(shared_data / "sclc_lines_expression" / "log2_tpm_plus_1.tsv", sep="\t", index_col=0)
    tpm = np.exp2(printed.rename(index=script("regulator_gene_sets").RENAMED)) - 1
    # Non-neuroendocrine lines stand for stroma: they express the YAP1 programme as fibroblasts do.
    stroma = tpm[["NCIH196", "NCIH841", "SW1271", "NCIH2286"]].mean(axis=1)
    members = programme_members(read_table(resources / "gene_sets.tsv", GENE_SETS))
    calibration = Calibration.from_rows(list(read_rows(resources / "subtype_calibration.tsv", SUBTYPE_CALIBRATION)))
    outcomes = {}
    for line in lines.fitted:
        letter = lines.labels[line]
        if letter == "Y":
            continue
        mixed = np.log2((1 - share) * tpm[line] + share * stroma + 1).to_frame("mixed")
        without = rank_scores(mixed, {name: members[name] for name in WITHOUT_STROMA}).loc["mixed"]
        evidence = Evidence(
            scores=rank_scores(mixed, members).loc["mixed"].to_dict(),
            scores_without_stroma=without.to_dict(),
            genes=dict.fromkeys(LETTERS, 20),
            factors={name: 5.0 if name in (letter, "Y") else 0.0 for name in LETTERS},
            specimen="tumour_tissue",
        )
        call = call_subtype(evidence, calibration, min_probability=0.6, min_margin=0.2)
        outcomes[line] = (call.subtype, f"SCLC-{letter}")
    wrong = {line: call for line, (call, label) in outcomes.items() if call not in (label, "unclassified")}
    assert wrong == {}
    assert len(outcomes) == 20
    assert sum(call == label for call, label in outcomes.values()) >= 17


@pytest.fixture
def call_lines(lines, resources):
    """Return a function that calls the columns of a table of log2(TPM + 1) by the shipped constants, as cell lines."""
    calibration = Calibration.from_rows(list(read_rows(resources / "subtype_calibration.tsv", SUBTYPE_CALIBRATION)))

    def caller(log2):
        scores = rank_scores(log2, lines.members)
        without = rank_scores(log2, {letter: lines.members[letter] for letter in WITHOUT_STROMA})
        genes = {letter: len(set(lines.members[letter]) & set(log2.index)) for letter in LETTERS}
        calls = {}
        for name in log2.columns:
            evidence = Evidence(scores.loc[name].to_dict(), without.loc[name].to_dict(), genes, specimen="cell_line")
            call = call_subtype(evidence, calibration, min_probability=0.6, min_margin=0.2)
            calls[name] = call.subtype
        return calls

    return caller


def fewer_genes(rng, lines):
    kept = [gene for genes in lines.members.values() for gene in rng.choice(genes, 16, replace=False)]
    return lines.log2.loc[sorted(kept)]


def other_lengths(rng, lines):
    # Log-normal with a deviation of 0.7: the middle two thirds of genes are half to twice the usual length.
    tpm = np.exp2(lines.log2) - 1
    return np.log2(tpm.mul(np.exp(rng.normal(0, 0.7, len(tpm))), axis=0) + 1)


def shallow_counts(rng, lines):
    tpm = np.exp2(lines.log2) - 1
    return np.log2(pd.DataFrame(rng.poisson(tpm), index=tpm.index, columns=tpm.columns) + 1.0)


@pytest.mark.parametrize("disturb", [fewer_genes, other_lengths, shallow_counts])
def test_disturbed_lines_keep_their_call_or_lose_it_but_get_no_other_type(lines, call_lines, disturb):
    rng = np.random.default_rng(1)
    before = call_lines(lines.log2)
    pairs = [(before[line], call) for _ in range(8) for line, call in call_lines(disturb(rng, lines)).items()]
    assert sum(one == other for one, other in pairs) / len(pairs) > 0.93
    assert not [pair for pair in pairs if len({*pair}) == 2 and not {*pair} & {"hybrid", "unclassified"}]


def test_the_scale_of_a_sample_changes_no_score_of_its_programmes(lines):
    tpm = np.exp2(lines.log2) - 1
    for factor in (0.01, 30.0):
        scaled = rank_scores(np.log2(tpm * factor + 1), lines.members)
        # Zeros stay zeros and the order stays; rounding may part or join single ties.
        np.testing.assert_allclose(scaled, lines.scores[list(scaled.columns)], atol=1e-3)


def test_lines_of_two_types_mixed_go_from_one_through_hybrid_to_the_other(lines, call_lines):
    tpm = np.exp2(lines.log2) - 1
    of_type = {letter: [line for line in lines.fitted if lines.labels[line] == letter] for letter in "AN"}
    shares = {}
    for share in (0.0, 0.1, 0.3, 0.5, 0.7, 1.0):
        mixed = {
            f"{first} {second}": np.log2(share * tpm[first] + (1 - share) * tpm[second] + 1)
            for first in of_type["A"]
            for second in of_type["N"]
        }
        calls = list(call_lines(pd.DataFrame(mixed)).values())
        shares[share] = {name: calls.count(name) / len(calls) for name in ("SCLC-N", "hybrid", "SCLC-A")}
        assert not {"SCLC-P", "SCLC-Y"} & set(calls)
    for name, expected in (("SCLC-N", sorted), ("SCLC-A", lambda values: sorted(values, reverse=True))):
        course = [shares[share][name] for share in sorted(shares, reverse=True)]
        assert course == expected(course)
    assert shares[0.0]["SCLC-N"] == 1
    assert shares[1.0]["SCLC-A"] > 0.9
    assert max(shares[share]["hybrid"] for share in (0.3, 0.5)) > 0.3


def test_a_sample_whose_genes_stand_in_chance_order_is_hardly_ever_called(lines, call_lines):
    rng = np.random.default_rng(4)
    names = [f"S{number}" for number in range(1000)]
    noise = pd.DataFrame(rng.normal(3, 1, (80, 1000)), index=lines.log2.index, columns=names)
    calls = list(call_lines(noise).values())
    # The floor lets 5 % of chance orders pass; type P, whose anchors lie lowest, takes most of them.
    assert calls.count("SCLC-P") < 70
    assert calls.count("unclassified") > 880
