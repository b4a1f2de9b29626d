"""Masked artefacts: what matches, what does not, and what the reader refuses."""

from __future__ import annotations

from pathlib import Path

import pytest

from sclcohort.contracts import ARTEFACTS
from sclcohort.drivers.artefacts import Artefact, Artefacts, read_artefacts
from sclcohort.drivers.changes import parse_protein_change
from sclcohort.drivers.genes import read_driver_genes
from sclcohort.errors import TableError
from sclcohort.tables import read_rows, write_rows
from tests.unit.drivers_fixtures import variant


@pytest.fixture
def artefacts(repository):
    return read_artefacts(repository / "resources" / "artefacts.tsv")


def named(gene: str, hgvs_p: str):
    return variant(gene_symbol=gene, hgvs_p=hgvs_p)


@pytest.mark.parametrize(
    ("gene", "hgvs_p"),
    [
        ("FMN2", "p.P939_P949del"),
        ("FMN2", "p.P950_P960del"),  # one repeat unit further, as the 3' rule may place it
        ("FMN2", "p.P928_P938del"),
        ("FMN2", "p.L941_P951del"),
        ("KMT2C", "p.Y816fs"),
        ("KMT2C", "p.Y816*"),
    ],
)
def test_the_known_artefacts_are_masked_wherever_their_repeat_is_named(artefacts, gene, hgvs_p):
    reason = artefacts.mask(named(gene, hgvs_p))
    assert reason is not None
    assert reason.startswith(f"masked as the recurrent artefact {gene}")
    assert "Ghandi" in reason


@pytest.mark.parametrize(
    ("gene", "hgvs_p"),
    [
        ("FMN2", "p.P939del"),
        ("FMN2", "p.P939_P948del"),  # ten residues
        ("FMN2", "p.P951_P961del"),  # more than one unit away
        ("FMN2", "p.P939_P949dup"),
        ("FMN2", "p.P939_P949delinsA"),
        ("FMN2", "p.P939S"),
        ("FMN2", ""),
        ("KMT2C", "p.Y816C"),
        ("KMT2C", "p.Y817fs"),
        ("KMT2D", "p.Y816fs"),
        ("TP53", "p.P939_P949del"),
    ],
)
def test_nothing_else_is_masked(artefacts, gene, hgvs_p):
    assert artefacts.mask(named(gene, hgvs_p)) is None


def test_a_final_percent_sign_stands_for_any_ending():
    masks = Artefacts([Artefact("KMT2C", "p.Y816%", "why", "source")])
    assert masks.mask(named("KMT2C", "p.Y816fs")) is not None
    assert masks.mask(named("KMT2C", "p.Y816*")) is not None
    assert masks.mask(named("KMT2C", "p.Y81fs")) is None


def test_a_deletion_of_one_residue_stands_for_itself_only():
    masks = Artefacts([Artefact("FMN2", "p.P10del", "why", "source")])
    assert masks.mask(named("FMN2", "p.P10del")) is not None
    assert masks.mask(named("FMN2", "p.P11del")) is None


@pytest.mark.parametrize("name", ["Y816fs", "p.", "p.%", "c.2447dup"])
def test_a_row_that_names_no_protein_change_is_refused(tmp_path: Path, name):
    path = tmp_path / "artefacts.tsv"
    row = {"gene_symbol": "KMT2C", "hgvs_p": name, "reason": "why", "citation": "source", "certainty": "computed"}
    write_rows(path, ARTEFACTS, [row])
    with pytest.raises(TableError, match=r"gene KMT2C column hgvs_p .* give a protein change"):
        read_artefacts(path)


def test_every_row_names_a_driver_gene_and_a_change(repository):
    genes = read_driver_genes(repository / "resources" / "driver_genes.tsv")
    for row in read_rows(repository / "resources" / "artefacts.tsv", ARTEFACTS):
        assert row["gene_symbol"] in genes
        assert parse_protein_change(row["hgvs_p"].removesuffix("%")) is not None
