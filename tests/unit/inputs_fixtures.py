"""A small sound cohort of files, changed where a test asks for it, and the faults that are found in it."""

from __future__ import annotations

import pytest
import yaml

from sclcohort.errors import InputFaultsError
from sclcohort.inputs.check_inputs import run

VCF = (
    "##fileformat=VCFv4.2\n##contig=<ID=chr1,length=1000>\n"
    '##FORMAT=<ID=AD,Number=R,Type=Integer,Description="Depths">\n'
    "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tTUMOR\tNORMAL\n"
    "chr1\t10\t.\tA\tT\t.\tPASS\t.\tAD\t5,5\t9,0\n"
)
SEG = "ID\tchrom\tloc.start\tloc.end\tnum.mark\tseg.mean\nS1\tchr1\t1\t900\t9\t0.1\n"


@pytest.fixture
def cohort(tmp_path, monkeypatch):
    """Write a cohort of one patient with two samples and every kind of file; return its folder."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "s1.vcf").write_text(VCF)
    (tmp_path / "data" / "cohort.seg").write_text(SEG)
    (tmp_path / "genome.fa").write_text(">chr1\n" + "A" * 1000 + "\n")
    gene = "chr1\tx\tgene\t1\t900\t.\t+\t.\tID=gene:G1;biotype=protein_coding"
    (tmp_path / "genes.gff3").write_text(f"##gff-version 3\n{gene}\n")
    (tmp_path / "tpm.tsv").write_text("gene\tR1\tR2\nASCL1\t1\t2\n")
    write_samples(tmp_path)
    write_config(tmp_path)
    return tmp_path


def write_samples(folder, *changes, header=None, first=None):
    """Write data/samples.tsv: S1 with everything, S2 with RNA only; cells of S1 and S2 may be changed."""
    rows = [
        {"sample_id": "S1", "patient_id": "P1", "variants": "s1.vcf", "variants_sample": "TUMOR", "purity": "0.7"},
        {"sample_id": "S2", "patient_id": "P1", "expression_sample": "R2"},
    ]
    rows[0] |= {"normal_sample": "NORMAL", "copy_number": "cohort.seg", "expression_sample": "R1", "day": "0"}
    for row, change in zip(rows, changes, strict=False):
        row.update(change)
    columns = header or sorted({name for row in rows for name in row})
    lines = ["\t".join(columns), *("\t".join(row.get(name, "") for name in columns) for row in rows)]
    (folder / "data" / "samples.tsv").write_text("\n".join(lines) + "\n")


def write_config(folder, **changes):
    """Write config.yaml; a change to None leaves the key out."""
    config = {
        "cohort": "toy",
        "samples": "data/samples.tsv",
        "reference": {"fasta": "genome.fa", "gff": "genes.gff3"},
        "expression": {"matrix": "tpm.tsv", "unit": "tpm"},
    } | changes
    text = yaml.safe_dump({name: value for name, value in config.items() if value is not None})
    (folder / "config.yaml").write_text(text)


def faults_of(**files):
    with pytest.raises(InputFaultsError) as raised:
        run(config="config.yaml", **files)
    return [str(fault) for fault in raised.value.faults]
