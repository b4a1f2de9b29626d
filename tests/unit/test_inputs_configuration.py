"""Every fault of the configuration, with its key and its cure, and the defaults of the schema."""

from __future__ import annotations

import pytest

from sclcohort.errors import InputFaultsError
from sclcohort.inputs.configuration import read_configuration, resolve_configuration
from sclcohort.inputs.schemas import load_schema
from tests.unit import inputs_fixtures
from tests.unit.inputs_fixtures import faults_of, write_config

# Fixtures of a module are what pytest finds among its names.
cohort = inputs_fixtures.cohort


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"cohrt": "x"}, 'E-CFG-001 configuration column cohrt: unknown name; fix: did you mean "cohort"?'),
        ({"cohort": None}, "E-CFG-002 configuration column cohort: missing; fix: give it: Name of the cohort"),
        ({"cohort": "../up"}, 'E-CFG-003 configuration column cohort value "../up": not allowed here'),
        ({"samples_per_job": 0}, "fix: give an integer >= 1 and <= 1000; default 25"),
        ({"expression": {"matrix": "tpm.tsv", "unit": "tmp"}}, 'did you mean "tpm"? give one of tpm, fpkm, counts'),
        ({"expression": {"matrix": "tpm.tsv"}}, "column expression.unit: missing although a matrix is given"),
        (
            {"expression": {"matrix": "tpm.tsv", "unit": "tpm", "format": "featurecounts"}},
            'column expression.unit value "tpm": a table of format featurecounts holds counts; fix: change one',
        ),
        (
            {"expression": {"matrix": "tpm.tsv", "unit": "tpm", "gene_lengths": "genes.gff3"}},
            'expression.gene_lengths value "genes.gff3": is given although only counts need it; fix: leave it out',
        ),
        (
            {
                "expression": {
                    "matrix": "tpm.tsv",
                    "unit": "counts",
                    "format": "featurecounts",
                    "gene_lengths": "genes.gff3",
                }
            },
            "is given although the table of featureCounts has the lengths; fix: leave it out",
        ),
        (
            {"expression": {"matrix": "tpm.tsv", "unit": "counts", "gene_lengths": "genes.gff3"}},
            "E-FILE-003 configuration column expression.gene_lengths",
        ),
        (
            {"expression": {"matrix": "tpm.tsv", "unit": "counts", "gene_lengths": "absent.tsv"}},
            "E-FILE-001 configuration column expression.gene_lengths",
        ),
        (
            {"expression": {"matrix": "tpm.tsv", "unit": "tpm", "format": "salmon"}},
            "expression.tx2gene: missing although salmon quantifies transcripts; fix: give a table of transcripts",
        ),
        (
            {"expression": {"matrix": "tpm.tsv", "unit": "tpm", "tx2gene": "t.tsv"}},
            'expression.tx2gene value "t.tsv": is given although the format is not salmon; fix: leave it out',
        ),
        (
            {"expression": {"matrix": "tpm.tsv", "unit": "counts", "format": "salmon"}},
            'expression.unit value "counts": a table of format salmon holds tpm; fix: change one of the two',
        ),
        (
            {"expression": {"matrix": "tpm.tsv", "unit": "counts", "format": "star"}},
            "expression.strand: missing although STAR counts each strand; fix: say unstranded, forward or reverse",
        ),
        (
            {"expression": {"matrix": "tpm.tsv", "unit": "tpm", "strand": "reverse"}},
            'expression.strand value "reverse": is given although the format is not star; fix: leave it out',
        ),
        (
            {"regulators": {"regulon": {"file": "net.tsv"}}},
            "column regulators.regulon.sha256: missing although regulators.regulon.file is given; fix: give both",
        ),
        (
            {"regulators": {"regulon": {"file": "net.tsv", "sha256": "0" * 64}}},
            'E-FILE-001 configuration column regulators.regulon.file value "net.tsv"',
        ),
        (
            {"expression": {"hgnc": {"sha256": "0" * 64}}},
            "column expression.hgnc.file: missing although expression.hgnc.sha256 is given; fix: give both",
        ),
        (
            {"expression": {"hgnc": {"file": "hgnc.txt", "sha256": "0" * 64}}},
            'E-FILE-001 configuration column expression.hgnc.file value "hgnc.txt"',
        ),
        (
            {"expression": {"hgnc": {"file": "tpm.tsv", "sha256": "0" * 64}}},
            f"expression.hgnc.sha256 says {'0' * 64}; fix: restore the file",
        ),
        (
            {"regulators": {"regulon": {"file": "tpm.tsv", "sha256": "0" * 64}}},
            f"regulators.regulon.sha256 says {'0' * 64}; fix: restore the file",
        ),
        ({"copy_number": {"gain_min_copies": 9}}, "is above amplification_min_copies 8"),
        ({"copy_number": {"deep_deletion_max_copies": 1.8}}, "is above loss_max_copies 1.5"),
        ({"reference": {"fasta": "genome.fa"}}, "column reference.gff: missing, but sample S1 has variants"),
        ({"reference": {"fasta": "g", "gff": "g", "download": {"enabled": True}}}, "leave out one or the other"),
        ({"clinical": "absent.tsv"}, "E-SHEET-004 absent.tsv: cannot be read: No such file or directory"),
        ({"accept": ["everything"]}, 'column accept.0 value "everything": not allowed here'),
    ],
)
def test_a_faulty_configuration_says_where_what_and_how_to_mend_it(cohort, changes, line):
    write_config(cohort, **changes)
    assert any(line in fault for fault in faults_of())


@pytest.mark.parametrize("key", sorted(load_schema("config")["properties"]))
def test_every_key_with_one_letter_too_many_is_refused_with_the_right_one(cohort, key):
    write_config(cohort, **{f"{key}x": {}})
    assert any(f'did you mean "{key}"?' in fault for fault in faults_of())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("cohort: a\ncohort: b\n", "config.yaml:2: not valid YAML: the key 'cohort' stands twice"),
        ("a: &x 1\nb: *x\n", "aliases are not allowed"),
        ("cohort:\n\t- a\n", "not valid YAML"),
        ("just words\n", "holds no settings"),
        ("a: !!python/object:os.system {}\n", "not valid YAML"),
    ],
)
def test_traps_of_yaml_are_refused_with_their_line(tmp_path, text, message):
    (tmp_path / "config.yaml").write_text(text)
    with pytest.raises(InputFaultsError, match=message):
        read_configuration(tmp_path / "config.yaml")


def test_defaults_come_from_the_schema_at_every_level():
    config, faults = resolve_configuration({"cohort": "x", "samples": "s.tsv", "copy_number": {"gain_min_copies": 2.5}})
    assert faults == []
    assert config["copy_number"] == {
        "amplification_min_copies": 8,
        "gain_min_copies": 2.5,
        "loss_max_copies": 1.5,
        "deep_deletion_max_copies": 0.5,
        "amplification_min_ploidy_ratio": None,
        "focal_max_bases": 3_000_000,
    }
    assert config["reference"]["download"]["enabled"] is False
