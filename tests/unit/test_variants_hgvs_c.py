from __future__ import annotations

import runpy
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sclcohort.variants.hgvs_c import name_coding_change

H = SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name("hgvs_fixtures.py"))))


class Layout:
    """A transcript laid out base by base in its own direction, and the same on the genome.

    `parts`: (kind, bases), kind one of flank, utr5, cds, intron, utr3; an exon is a run of parts
    other than intron and flank.
    """

    def __init__(self, parts: list[tuple[str, str]], strand: str) -> None:
        self.bases = "".join(text for _, text in parts)
        self.strand = strand
        self.labels: list[str] = []
        coding = 0
        for kind, text in parts:
            size = len(text)
            if kind == "cds":
                self.labels += [str(coding + i + 1) for i in range(size)]
                coding += size
            elif kind == "utr5":
                self.labels += [f"-{size - i}" for i in range(size)]
            elif kind == "utr3":
                self.labels += [f"*{i + 1}" for i in range(size)]
            elif kind == "intron":
                half = (size + 1) // 2
                self.labels += [f"{coding}+{i + 1}" for i in range(half)]
                self.labels += [f"{coding + 1}-{size - i}" for i in range(half, size)]
            else:
                self.labels += [""] * size
        self.genome = self.bases if strand == "+" else H.other_strand(self.bases)
        self.transcript = H.transcripts_of(self.rows(parts))["T"]

    def rows(self, parts: list[tuple[str, str]]) -> list[dict]:
        rows, at, number = [], 0, 0
        for place, (kind, text) in enumerate(parts):
            if kind == "cds":
                number += 1
                left = len(parts[place - 1][1]) if parts[place - 1][0] == "utr5" else 0
                right = len(parts[place + 1][1]) if parts[place + 1][0] == "utr3" else 0
                ends = [at, at + len(text), at - left, at + len(text) + right]
                if self.strand == "-":
                    size = len(self.bases)
                    ends = [size - ends[1], size - ends[0], size - ends[3], size - ends[2]]
                names = ("start_0based", "end", "exon_start_0based", "exon_end")
                row = {"transcript_id": "T", "contig": "1", "strand": self.strand, "exon_number": number}
                rows.append(row | dict(zip(names, ends, strict=True)))
            at += len(text)
        return rows[::-1]

    def name(self, start: int, removed: int, inserted: str, padding: int = 0) -> str:
        """Name the change that replaces bases, given in the transcript's direction, as a VCF may write it."""
        end = start + removed
        if self.strand == "-":
            start, end, inserted = len(self.bases) - end, len(self.bases) - start, H.other_strand(inserted)
        low, high = max(start - padding, 0), min(end + padding, len(self.bases))
        if low == high:
            low -= 1
        ref = self.genome[low:high]
        alt = self.genome[low:start] + inserted + self.genome[end:high]
        return name_coding_change(self.transcript, low + 1, ref, alt, self.fetch)

    def fetch(self, contig: str, start: int, end: int) -> str:
        assert contig == "1"
        return self.genome[max(start, 0) : end]


def recommended(strand: str) -> Layout:
    """Return the borders that the recommendations use as examples, with short exons and introns."""
    return Layout(
        [
            ("flank", "TTCA"),
            ("utr5", "CGAC"),
            ("cds", "ATGGAACAG"),
            ("intron", "GTAAAGTTTCAG"),
            ("cds", "GTTTTAGAT"),
            ("intron", "GTACCCAAG"),
            ("cds", "TCATAAACAGTAA"),
            ("utr3", "CCCTT"),
            ("flank", "TTAGC"),
        ],
        strand,
    )


@pytest.mark.parametrize("strand", ["+", "-"])
@pytest.mark.parametrize(
    ("start", "removed", "inserted", "expected"),
    [
        (8, 1, "T", "c.1A>T"),
        (4, 1, "T", "c.-4C>T"),
        (7, 1, "A", "c.-1C>A"),
        (17, 1, "A", "c.9+1G>A"),
        (22, 1, "A", "c.9+6G>A"),
        (23, 1, "C", "c.10-6T>C"),
        (27, 1, "C", "c.10-2A>C"),
        (38, 1, "A", "c.18+1G>A"),
        (42, 1, "T", "c.18+5C>T"),
        (43, 1, "T", "c.19-4C>T"),
        (47, 1, "A", "c.19T>A"),
        # The first base of the intron repeats the last of the exon, and the reverse: c.1704+1del, c.1813del.
        (16, 1, "", "c.9+1del"),
        (28, 1, "", "c.10del"),
        (29, 1, "", "c.10del"),
        # The next exon starts as this one ends: c.3921del, not c.3922del.
        (37, 1, "", "c.18del"),
        (37, 0, "T", "c.18dup"),
        (16, 0, "G", "c.9+1dup"),
        (28, 0, "G", "c.10dup"),
        (12, 2, "", "c.5_6del"),
        (14, 4, "", "c.7_9+1del"),
        (36, 12, "", "c.17_19del"),
        (60, 1, "", "c.*3del"),
        (58, 3, "", "c.30_*1del"),
        (58, 4, "", "c.30_*2del"),
        (6, 4, "", "c.-2_2del"),
        (8, 0, "T", "c.-1_1insT"),
        (17, 0, "C", "c.9_9+1insC"),
        (62, 0, "GG", "c.*2_*3insGG"),
        (12, 0, "TT", "c.4_5insTT"),
        (30, 0, "TT", "c.13_14dup"),
        (30, 0, "TTTTT", "c.14_15insTTTTT"),
        (11, 2, "CC", "c.4_5delinsCC"),
        (11, 1, "TC", "c.4delinsTC"),
        (11, 3, "T", "c.4_6delinsT"),
        (16, 3, "CC", "c.9_9+2delinsCC"),
    ],
)
def test_changes_at_borders_are_named_as_the_recommendations_name_them(strand, start, removed, inserted, expected):
    layout = recommended(strand)
    for padding in (0, 1, 3):
        assert layout.name(start, removed, inserted, padding) == expected


@pytest.mark.parametrize("strand", ["+", "-"])
@pytest.mark.parametrize(
    ("start", "removed", "inserted"),
    [
        (3, 1, "C"),
        (65, 1, "A"),
        (2, 3, ""),
        # Removed inside the last exon, it can lie behind its end, where the table knows nothing.
        (63, 1, ""),
        (65, 0, "T"),
    ],
)
def test_what_reaches_bases_without_position_has_no_name(strand, start, removed, inserted):
    assert recommended(strand).name(start, removed, inserted) == ""


def test_two_coding_parts_of_one_exon_have_no_intron_between_them():
    rows = [
        {"transcript_id": "T", "contig": "1", "strand": "+", "exon_number": 1, "exon_start_0based": 0, "exon_end": 30}
        | {"start_0based": start, "end": end}
        for start, end in ((5, 15), (16, 26))
    ]
    transcript = H.transcripts_of(rows)["T"]
    assert transcript.position(14) == "10"
    assert transcript.position(15) == ""
    assert transcript.position(16) == "11"


def test_a_long_repeat_is_followed_to_its_end():
    for strand in "+-":
        layout = Layout([("flank", "T"), ("cds", "ATG" + "CA" * 150 + "TAA"), ("flank", "G")], strand)
        assert layout.name(4, 2, "") == "c.302_303del"
        assert layout.name(4, 0, "CA") == "c.302_303dup"


# --- any transcript, any allele -------------------------------------------------------------------

BASES = st.text("AC", min_size=1, max_size=7) | st.text("ACGT", min_size=1, max_size=7)


@st.composite
def layouts(draw):
    parts = [("flank", draw(BASES)), ("utr5", draw(BASES)), ("cds", draw(BASES))]
    if draw(st.booleans()):
        del parts[1]
    for _ in range(draw(st.integers(0, 2))):
        parts += [("intron", draw(BASES)), ("cds", draw(BASES))]
    if draw(st.booleans()):
        parts.append(("utr3", draw(BASES)))
    return Layout([*parts, ("flank", draw(BASES))], draw(st.sampled_from("+-")))


@settings(max_examples=1500, deadline=None)
@given(layouts(), st.data())
def test_a_name_applied_to_the_genome_gives_what_the_allele_gives(layout, data):
    size = len(layout.bases)
    start = data.draw(st.integers(1, size - 1))
    removed = data.draw(st.integers(0, min(6, size - 1 - start)))
    inserted = data.draw(st.text("ACGT", min_size=0 if removed else 1, max_size=5))
    changed = layout.bases[:start] + inserted + layout.bases[start + removed :]
    if changed == layout.bases:
        return
    name = layout.name(start, removed, inserted, data.draw(st.integers(0, 2)))
    kind, first, last = H.concerned(layout.bases, changed)
    labels = ["" if not 0 <= place < size else layout.labels[place] for place in (first, last)]
    assert bool(name) == all(labels)
    if name:
        assert H.applied(name, {label: at for at, label in enumerate(layout.labels) if label}, layout.bases) == changed
        assert name.startswith("c." + (labels[0] if first == last else "_".join(labels)))
        found = next((word for word in ("delins", "del", "dup", "ins") if word in name), "substitution")
        assert found == kind


def test_rows_in_any_order_give_the_same_transcript():
    layout = recommended("-")
    parts = [("flank", "A"), ("cds", "ATG"), ("intron", "GTAG"), ("cds", "TAA"), ("flank", "A")]
    rows = layout.rows(parts)
    assert H.transcripts_of(rows) == H.transcripts_of(rows[::-1])
