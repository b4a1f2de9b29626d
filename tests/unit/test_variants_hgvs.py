from __future__ import annotations

import random
import re
import runpy
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sclcohort.variants.consequences import AminoAcids, parse_amino_acids
from sclcohort.variants.hgvs import Intron, name_change, name_splice

F = SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name("variants_fixtures.py"))))
H = SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name("hgvs_fixtures.py"))))
PROTEIN = F.PROTEIN


def name(change, *terms, protein=PROTEIN):
    found = name_change(frozenset(terms), parse_amino_acids(change), protein)
    return found.hgvs_p, found.position


@pytest.mark.parametrize(
    ("change", "terms", "expected"),
    [
        ("7R>7K", ["missense"], ("p.R7K", 7)),
        ("8ST>8SP", ["missense"], ("p.T9P", 9)),
        ("8ST>8AP", ["missense"], ("p.S8_T9delinsAP", 8)),
        ("12W>12*", ["stop_gained"], ("p.W12*", 12)),
        ("7R>7R*", ["stop_gained", "inframe_insertion"], ("p.S8*", 8)),
        ("8ST>8D*", ["stop_gained"], ("p.S8_T9delinsD*", 8)),
        ("4L", ["synonymous"], ("p.L4=", 4)),
        ("61*>61*", ["frameshift", "stop_retained"], ("p.*61=", 61)),
        ("5LLRST>5L*", ["frameshift"], ("p.L6*", 6)),
        ("5LLRST>5LWRST", ["frameshift"], ("p.L6fs", 6)),
        ("59QW*>59QRKK*", ["frameshift"], ("p.W60fs", 60)),
        ("60W*>60WRKK*", ["frameshift"], ("p.*61Rext", 61)),
        ("1M>1T", ["start_lost"], ("p.M1?", 1)),
        ("61*>61Q", ["stop_lost"], ("p.*61Qext", 61)),
        ("61*>61?", ["stop_lost", "inframe_deletion"], ("p.*61ext", 61)),
        ("60W*>60?", ["stop_lost"], ("p.*61ext", 61)),
        ("3KL>3K", ["inframe_deletion"], ("p.L6del", 6)),
        ("1MK>1M", ["inframe_deletion"], ("p.K3del", 3)),
        ("26KE>26K", ["inframe_deletion"], ("p.E27del", 27)),
        ("11VWQ>11V", ["inframe_deletion"], ("p.W12_Q13del", 12)),
        ("60W*>60*", ["inframe_deletion", "stop_retained"], ("p.W60del", 60)),
        ("59QW>59Q", ["inframe_deletion"], ("p.W60del", 60)),
        ("60W>60WW", ["inframe_insertion"], ("p.W60dup", 60)),
        ("60W>60WM", ["inframe_insertion"], ("p.W60_*61insM", 60)),
        ("60W>60W*", ["inframe_insertion", "stop_gained"], ("p.W60_*61=", 60)),
        ("59Q>59QW*", ["inframe_insertion", "stop_gained"], ("p.Q59_*61=", 59)),
        ("60W>60WW*", ["inframe_insertion", "stop_gained"], ("p.W60dup", 60)),
        ("58K>58K*", ["inframe_insertion", "stop_gained"], ("p.Q59*", 59)),
        ("7R>7RM", ["inframe_insertion"], ("p.R7_S8insM", 7)),
        ("8S>8MS", ["inframe_insertion"], ("p.R7_S8insM", 7)),
        ("7R>7RR", ["inframe_insertion"], ("p.R7dup", 7)),
        ("3K>3KL", ["inframe_insertion"], ("p.L6dup", 6)),
        ("13Q>13QWQ", ["inframe_insertion"], ("p.W12_Q13dup", 12)),
        ("8S>8YA", ["inframe_insertion"], ("p.S8delinsYA", 8)),
        ("8ST>8M", ["feature_truncation"], ("p.S8_T9delinsM", 8)),
    ],
)
def test_changes_are_named_by_what_changes_as_far_right_as_it_goes(change, terms, expected):
    assert name(change, *terms) == expected


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("7R>7RM", "p.R7delinsRM"),
        ("8S>8MS", "p.S8delinsMS"),
        ("7RS>7RMS", "p.R7_S8insM"),
        ("3KL>3K", "p.L4del"),
        ("7R>7K", "p.R7K"),
    ],
)
def test_without_the_protein_a_change_is_named_by_what_csq_shows(change, expected):
    assert name(change, "inframe_insertion", protein="")[0] == expected
    assert name(change, "inframe_insertion", protein="Q" * 60)[0] == expected


# TP53: coding bases 375 and 376 lie on both sides of an intron.
INTRONS = (Intron(1000, 1080, 125, 126), Intron(2000, 2100, 187, 187))


@pytest.mark.parametrize(
    ("position", "ref", "alt", "term", "expected"),
    [
        (1001, "G", "A", "splice_donor", "p.X125_splice"),
        (1080, "G", "A", "splice_acceptor", "p.X126_splice"),
        (2001, "G", "A", "splice_acceptor", "p.X187_splice"),
        (998, "ACGG", "A", "splice_donor", "p.X125_splice"),
        (1000, "C", "CTTTT", "splice_donor", "p.X125_splice"),
        (1080, "G", "GAA", "splice_acceptor", "p.X126_splice"),
        (500, "G", "A", "splice_donor", ""),
    ],
)
def test_splice_sites_are_named_by_the_residue_beside_their_intron(position, ref, alt, term, expected):
    assert name_splice(position, ref, alt, INTRONS, frozenset([term])).hgvs_p == expected


# --- against translation -----------------------------------------------------------------------------


def applied(name: str, protein: str = PROTEIN) -> str:
    """Return a protein changed as a name says; up to a new stop."""
    stem = name.removeprefix("p.")
    change = re.match(r"^([A-Z])(\d+)(?:_([A-Z])(\d+))?(delins|del|dup|ins)?([A-Z*]*)$", stem)
    first, last = int(change[2]), int(change[4] or change[2])
    assert protein[first - 1] == change[1]
    assert change[3] is None or protein[last - 1] == change[3]
    before, touched, after = protein[: first - 1], protein[first - 1 : last], protein[last:]
    inserted = touched[:1] + change[6] + touched[1:]
    middle = {None: change[6], "delins": change[6], "del": "", "dup": touched * 2, "ins": inserted}[change[5]]
    return (before + middle + after + "*").split("*")[0]


@st.composite
def changes_in_frame(draw):
    """Return a protein, and residues of it as csq may show them: with some that stay, before and after a change."""
    residues = st.text("AL", min_size=1, max_size=6) | st.text("ACDEFGHIKLMNPQRSTVWY", min_size=1, max_size=6)
    protein = "M" + "".join(draw(st.lists(residues, min_size=1, max_size=4)))
    start = draw(st.integers(1, len(protein) - 1))
    end = draw(st.integers(start + 1, len(protein)))
    first = draw(st.integers(start, end))
    last = draw(st.integers(first, end))
    inserted = draw(residues) if first == last or draw(st.booleans()) else ""
    shown = protein[start:first] + inserted + protein[last:end]
    return protein, start, protein[start:end], shown


@settings(max_examples=1500, deadline=None)
@given(changes_in_frame())
def test_names_of_any_protein_say_what_changed_as_far_right_as_it_goes(change):
    protein, start, ref, alt = change
    changed = protein[:start] + alt + protein[start + len(ref) :]
    found = name_change(frozenset(), AminoAcids(start + 1, ref, alt), protein)
    if changed == protein:
        assert found.hgvs_p.endswith("=")
        return
    kind, first, last = H.concerned(protein + "*", changed + "*")
    assert found.position == first + 1
    assert found.hgvs_p.startswith(f"p.{protein[first]}{first + 1}")
    assert next((word for word in ("delins", "del", "dup", "ins") if word in found.hgvs_p), "substitution") == kind
    if last < len(protein):
        assert applied(found.hgvs_p, protein) == changed


@pytest.fixture(scope="module")
def mutated(tmp_path_factory):
    """Hundreds of changes of both genes: their names, and the coding sequences they make."""
    reference = F.build_reference(tmp_path_factory.mktemp("reference"))
    stream = random.Random(5)
    truth, coding = [], {}
    for gene in reference.genes.values():
        bases = reference.sequences[gene.contig]
        edits = [
            (offset, 1, base) for offset in range(3, len(gene.cds) - 3) for base in "ACGT" if base != gene.cds[offset]
        ]
        # Indels keep away from exon edges, where csq names splice sites.
        for _ in range(150):
            offset = stream.choice([*range(57, 95), *range(118, 165)])
            length = stream.randint(1, 9)
            edits.append((offset, length, ""))
            edits.append((offset, 0, "".join(stream.choice("ACGT") for _ in range(stream.randint(1, 9)))))
        for offset, removed, inserted in edits:
            if removed == 1 and inserted:
                allele = gene.snv(bases, offset, inserted)
            elif removed:
                allele = gene.deletion(bases, offset, removed)
            else:
                allele = gene.insertion(bases, offset, inserted)
            key = (gene.name, gene.cds[:offset] + inserted + gene.cds[offset + removed :])
            truth.append(F.Truth(*allele, (50, 20 + len(coding)), (40, 0)))
            coding[20 + len(coding)] = key
    done = F.import_chunk(tmp_path_factory.mktemp("run"), reference, {"S1": F.vcf_of(reference, truth)})
    return [(row, coding[row["alt_depth_reads"]][1]) for row in done.rows("S1")]


def test_names_say_what_the_translated_sequence_is(mutated):
    kinds = set()
    for row, cds in mutated:
        if row["consequence_class"] == "splice":
            continue
        after, name = F.translated(cds), row["hgvs_p"]
        if len(cds) % 3:
            place = next(i for i, (a, b) in enumerate(zip(PROTEIN + "*", after, strict=False)) if a != b)
            stop = after[place] == "*"
            assert name == f"p.{PROTEIN[place]}{place + 1}{'*' if stop else 'fs'}"
            assert row["consequence_class"] == "truncating"
            kinds.add("frame")
            continue
        if name.endswith("="):
            assert after == PROTEIN + "*"
            continue
        assert applied(name) == after.removesuffix("*"), (name, row)
        assert (row["consequence_class"] == "truncating") == ("*" in name)
        kinds.add(re.sub(r"[A-Z*]\d+|_|(?<=ins)[A-Z*]+|[A-Z]$|^p\.", "", name) or "substitution")
    assert {"frame", "del", "dup", "ins", "delins", "substitution", "*"} <= kinds
    assert len(mutated) > 1000


def test_deletions_and_duplications_cannot_be_moved_further(mutated):
    for row, _ in mutated:
        found = re.match(r"^p\.[A-Z](\d+)(?:_[A-Z](\d+))?(del|dup)$", row["hgvs_p"] or "")
        if found:
            first, last = int(found[1]), int(found[2] or found[1])
            assert PROTEIN[first - 1] != (PROTEIN + "*")[last]
