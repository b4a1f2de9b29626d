"""Consequences and names against bcftools csq, against translation, and against published names."""

from __future__ import annotations

import random
import re
import runpy
import subprocess
import sys
from types import SimpleNamespace

import pysam
import pytest

from sclcohort.variants.hgvs import name_change
from sclcohort.variants.hgvs_c import name_coding_change
from sclcohort.variants.residues import coding_sequence_of, residues_changed
from tests.workflow_runs import REPOSITORY

UNIT = REPOSITORY / "tests" / "unit"
F = SimpleNamespace(**runpy.run_path(str(UNIT / "variants_fixtures.py")))
H = SimpleNamespace(**runpy.run_path(str(UNIT / "hgvs_fixtures.py")))
REAL = SimpleNamespace(**runpy.run_path(str(UNIT / "test_variants_real_data.py")))
DEMO = REPOSITORY / "resources" / "demo"
KINDS = {"substitution": 500, "several": 200, "deletion": 200, "insertion": 200}
CODING = {"missense", "truncating", "synonymous", "inframe_indel", "stop_lost", "splice", "other_coding"}


class Gene:
    """A gene of the demo: its coding bases one by one, from the GFF3 by the parser of the tests."""

    def __init__(self, name: str, rows: list[dict], genome: pysam.FastaFile) -> None:
        self.name, self.contig, self.strand = name, rows[0]["contig"], rows[0]["strand"]
        spans = sorted((row["start_0based"], row["end"]) for row in rows)
        places = [place for start, end in spans for place in range(start, end)]
        self.places = places if self.strand == "+" else places[::-1]
        self.genome = genome.fetch(self.contig).upper()
        bases = "".join(self.genome[place] for place in places)
        self.cds = bases if self.strand == "+" else H.other_strand(bases)
        self.protein = F.translated(self.cds)[:-1]

    def edit(self, stream: random.Random, kind: str) -> tuple[int, str, str] | None:
        """Return an edit inside one exon: coding offset, bases there, bases instead; None where it would cross."""
        offset = stream.randrange(len(self.cds))
        length = {"substitution": 1, "several": stream.randint(2, 4), "insertion": 0}.get(kind, stream.randint(1, 9))
        ends = self.places[offset], self.places[min(offset + max(length, 2), len(self.cds)) - 1]
        if abs(ends[1] - ends[0]) >= max(length, 2) or offset + length > len(self.cds):
            return None
        before = self.cds[offset : offset + length]
        if kind == "insertion":
            return offset, "", "".join(stream.choice("ACGT") for _ in range(stream.randint(1, 9)))
        if kind == "deletion":
            return offset, before, ""
        return offset, before, "".join(stream.choice([base for base in "ACGT" if base != old]) for old in before)

    def allele(self, offset: int, before: str, after: str) -> tuple[str, int, str, str]:
        """Return an edit as VCF writes it, with a base before it where nothing is left or was there."""
        places = sorted(self.places[offset : offset + len(before)])
        if self.strand == "-":
            before, after = H.other_strand(before), H.other_strand(after)
        start = places[0] if places else self.places[offset] + (self.strand == "-")
        if before and after:
            return self.contig, start + 1, before, after
        anchor = self.genome[start - 1]
        return self.contig, start, anchor + before, anchor + after


def vcf_of(alleles: list[tuple[str, int, str, str]], contigs: dict[str, int]) -> str:
    """Return a VCF of alleles in genome order; the depth of the alternate allele is 20 plus the allele's number."""
    lines = ["##fileformat=VCFv4.2", *(f"##contig=<ID={name},length={size}>" for name, size in contigs.items())]
    lines.append('##FORMAT=<ID=AD,Number=R,Type=Integer,Description="x">')
    lines.append("\t".join(["#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO", "FORMAT", "TUMOR"]))
    rank = {name: place for place, name in enumerate(contigs)}
    order = sorted(range(len(alleles)), key=lambda number: (rank[alleles[number][0]], alleles[number][1]))
    for number in order:
        contig, position, ref, alt = alleles[number]
        lines.append(f"{contig}\t{position}\t.\t{ref}\t{alt}\t.\tPASS\t.\tAD\t50,{20 + number}")
    return "\n".join(lines) + "\n"


def plain_csq(folder, alleles, contigs, fasta, gff) -> dict[tuple, dict[str, tuple[str, str]]]:
    """Return what ``bcftools csq -l`` says of alleles: transcript to its words and its change of residues."""
    (folder / "sites.vcf").write_text(vcf_of(sorted(alleles), contigs))
    command = "import sys, pysam.bcftools; pysam.bcftools.csq(*sys.argv[1:], catch_stdout=False)"
    arguments = ["-l", "-f", fasta, "-g", gff, "-o", folder / "csq.vcf", folder / "sites.vcf"]
    subprocess.run([sys.executable, "-c", command, *map(str, arguments)], check=True, capture_output=True)
    found = {}
    for line in (folder / "csq.vcf").read_text().splitlines():
        cells = line.split("\t")
        if line.startswith("#") or "BCSQ=" not in cells[7]:
            continue
        own = found.setdefault((cells[0], int(cells[1]), cells[3], cells[4]), {})
        for entry in cells[7].split("BCSQ=")[1].split(";")[0].split(","):
            words, _, transcript, *rest = entry.split("|")
            known = own.get(transcript, ((), ""))
            fresh = tuple(word for word in words.split("&") if word not in known[0])
            own[transcript] = known[0] + fresh, known[1] or (rest[2] if len(rest) > 2 else "")
    return found


@pytest.fixture(scope="module")
def thousand(tmp_path_factory):
    """More than a thousand random coding variants of the demo genome, imported, each with its edit."""
    folder = tmp_path_factory.mktemp("thousand")
    stream = random.Random(20)
    reference = F.MiniReference(folder, {}, {})
    reference.fasta, reference.gff = DEMO / "genome.fa", DEMO / "genes.gff3"
    reference.prepare(F.write_drivers(folder / "drivers.tsv", {"TP53": ""}))
    rows = {}
    for row in H.exon_rows(reference.gff):
        rows.setdefault(row["transcript_id"], []).append(row)
    with pysam.FastaFile(str(reference.files["genome"])) as genome:
        contigs = dict(zip(genome.references, genome.lengths, strict=True))
        genes = [Gene(name, own, genome) for name, own in rows.items()]
    genes = [gene for gene in genes if len(gene.cds) % 3 == 0 and gene.cds[:3] == "ATG"]
    edits = {}
    for kind, wanted in KINDS.items():
        for number in range(wanted):
            gene, edit = genes[number % len(genes)], None
            while edit is None:
                edit = gene.edit(stream, kind)
            changed = gene.cds[: edit[0]] + edit[2] + gene.cds[edit[0] + len(edit[1]) :]
            edits[gene.name, changed] = gene, kind, edit
    alleles = [gene.allele(*edit) for gene, _, edit in edits.values()]
    done = F.import_chunk(folder / "run", reference, {"S1": vcf_of(alleles, contigs)})
    found = {}
    for row in done.rows("S1"):
        found.setdefault(row["alt_depth_reads"] - 20, []).append(row)
    named = [(*one, changed) for (_, changed), one in edits.items()]
    return SimpleNamespace(edits=named, rows=found, contigs=contigs, reference=reference, folder=folder)


def own_row(thousand, number: int) -> dict | None:
    """Return the row of an edit on the transcript it was made on."""
    rows = [row for row in thousand.rows.get(number, []) if row["transcript_id"] == thousand.edits[number][0].name]
    return rows[0] if rows else None


def test_the_variants_are_a_thousand_of_every_kind_on_both_strands(thousand):
    rows = [own_row(thousand, number) for number in range(len(thousand.edits))]
    seen = [(edit[0].strand, edit[1]) for edit, row in zip(thousand.edits, rows, strict=True) if row]
    assert len(seen) >= 1000
    for strand in "+-":
        for kind, wanted in KINDS.items():
            assert seen.count((strand, kind)) > wanted / 5
    assert {row["consequence_class"] for row in rows if row} == CODING - {"other_coding"}


def test_consequences_are_those_of_bcftools_csq(thousand):
    rows = [row for own in thousand.rows.values() for row in own]
    alleles = {(row["chrom"], row["position_1based"], row["ref"], row["alt"]) for row in rows}
    model = thousand.reference.files["genome"], thousand.reference.gff
    csq = plain_csq(thousand.folder, alleles, thousand.contigs, *model)
    for row in rows:
        words, _ = csq[row["chrom"], row["position_1based"], row["ref"], row["alt"]][row["transcript_id"]]
        assert row["consequence"] == "&".join(words)


def applied(name: str, protein: str) -> str:
    """Return a protein changed as a name says, up to a new stop."""
    change = re.match(r"^p\.([A-Z])(\d+)(?:_([A-Z])(\d+))?(delins|del|dup|ins)?([A-Z*]*)$", name)
    assert change, name
    first, last = int(change[2]), int(change[4] or change[2])
    assert (protein[first - 1], protein[last - 1]) == (change[1], change[3] or change[1])
    before, touched, after = protein[: first - 1], protein[first - 1 : last], protein[last:]
    inserted = touched[:1] + change[6] + touched[1:]
    middle = {None: change[6], "delins": change[6], "del": "", "dup": touched * 2, "ins": inserted}[change[5]]
    return (before + middle + after).split("*")[0]


def protein_name(thousand, transcripts, gene: Gene, row: dict) -> str:
    """Return the name in a row; where csq gave no residues (a deletion beside a splice site), by those of the gene."""
    if row["hgvs_p"]:
        return row["hgvs_p"]
    assert "splice_region" in row["consequence"]
    allele = row["position_1based"], row["ref"], row["alt"]
    change = residues_changed(transcripts[gene.name], gene.cds, *allele)
    return name_change(frozenset(row["consequence"].split("&")), change, gene.protein).hgvs_p


def test_protein_names_are_what_translation_says(thousand):
    compared, transcripts = 0, H.transcripts_of(H.exon_rows(thousand.reference.gff))
    for number, (gene, _, _, changed) in enumerate(thousand.edits):
        row = own_row(thousand, number)
        if row is None or row["consequence_class"] == "splice":
            continue
        protein, after = gene.protein, F.translated(changed)
        name = protein_name(thousand, transcripts, gene, row)
        compared += 1
        if changed[:3] != "ATG" and "start_lost" in row["consequence"]:
            assert (name, row["consequence_class"]) == ("p.M1?", "truncating")
        elif after == protein + "*":
            assert name.endswith("=")
            assert row["consequence_class"] == "synonymous"
        elif name.endswith("ext"):
            assert after.startswith(protein[:-3])
            assert row["consequence_class"] in ("stop_lost", "truncating")
        elif name.endswith("fs") or (len(changed) - len(gene.cds)) % 3:
            place = next(i for i, (a, b) in enumerate(zip(protein + "*", after, strict=False)) if a != b)
            assert name == f"p.{protein[place]}{place + 1}{'*' if after[place] == '*' else 'fs'}"
            assert row["consequence_class"] == "truncating"
        else:
            assert applied(name, protein) == after.removesuffix("*"), (row, after)
            assert (row["consequence_class"] == "truncating") == name.endswith("*")
    assert compared > 900


def test_coding_names_applied_to_the_gene_give_the_changed_sequence(thousand):
    transcripts = H.transcripts_of(H.exon_rows(thousand.reference.gff))
    with pysam.FastaFile(str(thousand.reference.files["genome"])) as genome:
        bases = H.bases_of(genome)
        for number, (gene, kind, (offset, before, after), _) in enumerate(thousand.edits):
            row = own_row(thousand, number)
            if row is None:
                continue
            transcript = transcripts[gene.name]
            name = name_coding_change(transcript, row["position_1based"], row["ref"], row["alt"], bases)
            low, high = min(gene.places) - 60, max(gene.places) + 61
            stretch, turned = gene.genome[low:high], gene.strand == "-"
            labels = [transcript.position(place) for place in range(low, high)]
            if turned:
                stretch, labels = H.other_strand(stretch), labels[::-1]
            at = (high - 1 - gene.places[offset]) if turned else gene.places[offset] - low
            changed = stretch[:at] + after + stretch[at + len(before) :]
            places = {label: place for place, label in enumerate(labels) if label}
            assert H.applied(name, places, stretch) == changed, (name, kind, row)
            if kind == "substitution":
                assert name == f"c.{offset + 1}{before}>{after}"


# --- published names -------------------------------------------------------------------------------

# As ClinVar and the literature name them on the RefSeq transcripts of the slices. Indels are where a name can be
# wrong by its place: of each, the name is the rightmost of several that give the same sequence.
PUBLISHED = """
TP53 c.524G>A p.R175H | TP53 c.743G>A p.R248Q | TP53 c.818G>A p.R273H | TP53 c.1024C>T p.R342*
PIK3CA c.1633G>A p.E545K | PIK3CA c.3140A>G p.H1047R | EP300 c.4195G>A p.D1399N | CREBBP c.4337G>A p.R1446H
RB1 c.958C>T p.R320* | APC c.4348C>T p.R1450* | PTEN c.388C>T p.R130* | CDKN2A c.238C>T p.R80*
ATM c.9023G>A p.R3008H | NFE2L2 c.85G>A p.D29N | NFE2L2 c.235G>A p.E79K
TP53 c.216dup p.V73fs | TP53 c.216del p.V73fs | TP53 c.723del p.C242fs | STK11 c.842dup p.L282fs
PTEN c.800del p.K267fs | PTEN c.968dup p.N323fs | PTEN c.968del p.N323fs | PTEN c.955_958del p.T319*
PTEN c.17_18del p.K6fs | APC c.3927_3931del p.E1309fs | APC c.3183_3187del p.Q1062* | APC c.4666dup p.T1556fs
BRCA2 c.5946del p.S1982fs | BRCA2 c.6275_6276del p.L2092fs | BRCA2 c.1813dup p.I605fs
ATM c.1564_1565del p.E522fs | CDKN2A c.225_243del p.A76fs | NOTCH1 c.7541_7542del p.P2514fs
TP53 c.375+1G>A | TP53 c.376-1G>A | TP53 c.672+1G>A | TP53 c.673-2A>T | TP53 c.782+1G>T | TP53 c.994-1G>A
PTEN c.493-1G>A | PTEN c.801+1G>A | PTEN c.1026+1G>T | BRCA2 c.7976+1G>A | CDKN2A c.150+2T>C | APC c.1958+3A>G
CDKN2A c.458-105A>G | CDKN2A c.-34G>T | BRCA2 c.-26G>A | BRCA2 c.*105A>C | TP53 c.*1175A>C
"""
# Known from outside this repository: genome positions (GRCh38, then GRCh37) of alleles as VCF files have them.
PLACES = {
    ("TP53", "c.524G>A"): (7675088, 7578406, "C", "T"),
    ("PIK3CA", "c.3140A>G"): (179234297, 178952085, "A", "G"),
    ("PIK3CA", "c.1633G>A"): (179218303, 178936091, "G", "A"),
}
MARGIN = 60


def published_allele(model, symbol: str, name: str) -> tuple[str, int, str, str]:
    """Return the allele that a published name describes, left-aligned, by the places of coding bases alone."""
    contig, strand, places = model.genes[symbol]
    step = 1 if strand == "+" else -1

    def place(label: str) -> int:
        found = re.match(r"^([-*]?)(\d+)([-+]\d+)?$", label)
        number, offset = int(found[2]), int(found[3] or 0)
        if found[1]:
            return places[0] - step * number if found[1] == "-" else places[-1] + step * number
        return places[number - 1] + step * offset

    def base(at: int) -> str:
        pieces = model.stretches[contig]
        return next((text[at - start].upper() for start, text in pieces if start <= at < start + len(text)), "N")

    first, last = re.match(r"^c\.([-*+\d]+)(?:_([-*+\d]+))?", name).groups()
    ends = place(first), place(last or first)
    low, high = min(ends) - MARGIN, max(ends) + MARGIN + 1
    stretch = "".join(base(at) for at in range(low, high))
    inside = (place(label) - low if strand == "+" else high - 1 - place(label) for label in (first, last or first))
    at = dict(zip((first, last or first), inside, strict=True))
    if strand == "+":
        changed = H.applied(name, at, stretch)
    else:
        changed = H.other_strand(H.applied(name, at, H.other_strand(stretch)))
    start = next(i for i, (old, new) in enumerate(zip(stretch, changed, strict=False)) if old != new)
    grown = len(changed) - len(stretch)
    if not grown:
        return contig, low + start + 1, stretch[start], changed[start]
    size = abs(grown)
    longer = changed if grown > 0 else stretch
    while longer[start - 1] == longer[start + size - 1]:
        start -= 1
    alleles = stretch[start - 1 : start + max(-grown, 0)], changed[start - 1 : start + max(grown, 0)]
    return contig, low + start, *alleles


@pytest.mark.parametrize("build", REAL.BUILDS)
def test_published_changes_have_their_published_names(shared_data, build):
    source = shared_data / "driver_gene_slices"
    stretches, gff = REAL.slices_of(source / f"slices_{build}.fa.gz"), source / f"driver_models_{build}.gff3"
    model = REAL.Model(gff, stretches)
    transcripts = {(one.contig, one.start_0based): one for one in H.transcripts_of(H.exon_rows(gff)).values()}

    def bases(contig: str, start: int, end: int) -> str:
        found = next(((s, text) for s, text in stretches[contig] if s <= start < s + len(text)), None)
        return found[1][start - found[0] : end - found[0]].upper() if found else "N" * (end - start)

    for entry in re.split(r"[|\n]", PUBLISHED.strip()):
        symbol, name, *protein_name = entry.split()
        contig, position, ref, alt = published_allele(model, symbol, name)
        transcript = transcripts[contig, min(model.genes[symbol][2])]
        assert name_coding_change(transcript, position, ref, alt, bases) == name
        if (symbol, name) in PLACES:
            known = PLACES[symbol, name]
            assert (position, ref, alt) == (known[build == "GRCh37"], *known[2:])
        coding = coding_sequence_of(transcript, bases)
        assert coding == model.coding(symbol)
        change = residues_changed(transcript, coding, position, ref, alt)
        assert bool(change) == bool(protein_name)
        if change:
            terms = frozenset(["frameshift"] if (len(ref) - len(alt)) % 3 else [])
            assert name_change(terms, change, F.translated(coding)[:-1]).hgvs_p == protein_name[0]
