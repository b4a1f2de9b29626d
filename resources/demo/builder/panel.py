"""The BED of a tumour that was sequenced on a panel: coding exons of its genes, or of the first part of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from builder.genome import Genome
    from builder.model import Tumour

# Bases that a panel's probes cover beside an exon.
PADDING = 20


def panel_file(tumour: Tumour) -> str:
    """Return the name of a tumour's BED below the demo folder; empty without a panel."""
    return f"targets/{tumour.sample_id}.panel.bed" if tumour.calls is not None and tumour.calls.panel else ""


def panel_text(genome: Genome, tumour: Tumour) -> str:
    """Return the BED: from 0, end left out, in the order of the genome."""
    panel = tumour.calls.panel if tumour.calls is not None else {}
    lines = []
    for gene in genome.genes.values():
        coding = gene.transcripts[0].coding
        kept = coding[: round(len(coding) * panel.get(gene.spec.symbol, 0))]
        lines += [
            f"{gene.spec.contig}\t{piece.start_0based - PADDING}\t{piece.end + PADDING}\t{gene.spec.symbol}"
            for piece in sorted(kept, key=lambda piece: piece.start_0based)
        ]
    return "\n".join(lines) + "\n"
