"""The expression matrix: TPM of programme genes, markers and a synthetic background, one column a tumour.

Levels are means of our own, of the order seen in SCLC cell lines, on the scale log2(TPM + 1). Within a programme
genes lie on one ladder of levels in an order of their own, the same ladder for every programme: so that two
programmes planted at one level tie, and a programme that is on stands above one that is off gene by gene.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import NormalDist
from typing import TYPE_CHECKING

from builder.signatures import FACTORS, INFLAMED, MARKERS, NEUROENDOCRINE, NON_NEUROENDOCRINE, PROGRAMMES
from builder.streams import Stream

if TYPE_CHECKING:
    from builder.model import Expression

BACKGROUND_GENES = 1700
# A few genes hold most of a million, as those of ribosomes and mitochondria do; so the median of the others is that of
# a transcriptome, a few TPM, and the targets of a regulator may stand above it.
ABUNDANT_GENES, ABUNDANT = 40, (12.2, 0.8)
# A column of the matrix that no tumour of the sheet has, as cohort matrices often hold.
EXTRA_COLUMN = "REFERENCE_POOL"
MILLION_IN_CENTS = 100_000_000
ON, OFF = (4.6, 1.6), (0.9, 0.7)
NOISE = 0.3


@dataclass(frozen=True)
class Profile:
    """Levels of one kind of tumour, log2(TPM + 1).

    Parameters
    ----------
    subtype, components : str
        What it should be called; components of a hybrid.
    programmes : mapping
        (mean, spread over genes) of the programmes that are not off.
    factors : tuple of float
        ASCL1, NEUROD1, POU2F3, YAP1.
    neuroendocrine, non_neuroendocrine, inflamed : float
        Mean level of the set.
    markers : mapping
        Markers that differ from `signatures.MARKERS`.
    """

    subtype: str
    programmes: Mapping[str, tuple[float, float]]
    factors: tuple[float, float, float, float]
    neuroendocrine: float
    non_neuroendocrine: float
    inflamed: float = 1.6
    components: str = ""
    markers: Mapping[str, float] = field(default_factory=dict)


# A little of the YAP1 programme is in every tumour tissue: stroma expresses it.
_STROMA = {"Y": (1.4, 0.55)}
_FLAT = dict.fromkeys(PROGRAMMES, (1.5, 0.8))
PROFILES: Mapping[str, Profile] = {
    "A": Profile("SCLC-A", {"A": ON} | _STROMA, (7.2, 0.4, 0.2, 0.7), 5.6, 1.7, markers={"NKX2-1": 5.6}),
    "N": Profile("SCLC-N", {"N": ON} | _STROMA, (0.5, 6.6, 0.2, 0.8), 4.8, 1.9, markers={"MYC": 4.2, "DLL3": 3.8}),
    "P": Profile("SCLC-P", {"P": ON} | _STROMA, (0.3, 0.2, 6.2, 1.2), 0.9, 3.8, markers={"SOX9": 4.0, "AVIL": 5.5}),
    "Y": Profile(
        "SCLC-Y", {"Y": ON}, (0.3, 0.3, 0.1, 5.6), 0.7, 5.4,
        markers={
            "REST": 4.4, "HES1": 5.0, "VIM": 9.0, "NOTCH2": 5.6, "HEY1": 4.6, "HEYL": 4.0, "NRARP": 4.8,
            "EPCAM": 3.0, "FN1": 8.0, "MMP2": 5.6, "SNAI2": 4.8, "ZEB2": 4.4,
        },
    ),
    "I": Profile(
        "SCLC-I", {"Y": (2.7, 0.7)}, (0.5, 0.4, 0.2, 2.8), 0.9, 3.6, inflamed=6.0,
        markers={
            "B2M": 11.6, "HLA-A": 10.0, "HLA-B": 10.3, "HLA-C": 9.8, "TAP1": 6.8, "TAP2": 5.8, "TAPBP": 7.0,
            "GZMB": 4.6, "CD3E": 5.0,
        },
    ),
    "A+N": Profile("hybrid", {"A": ON, "N": ON} | _STROMA, (6.4, 6.1, 0.2, 0.7), 5.4, 1.7, components="A+N"),
    "unclassified": Profile("unclassified", _FLAT, (0.7, 0.6, 0.5, 0.8), 2.2, 2.4),
}  # fmt: skip


def expression_text(columns: Sequence[tuple[Expression, str]]) -> str:
    """Return the matrix as TSV: genes in rows, by name; TPM with two decimals, each column exactly a million.

    Parameters
    ----------
    columns : sequence of (Expression, str)
        What is planted, and the id whose random streams are used.
    """
    tables = [_column(planted, identity) for planted, identity in columns]
    names = [planted.column for planted, _ in columns]
    lines = ["\t".join(["gene", *names])]
    for gene in sorted(tables[0]):
        shown = [f"{cents[gene] // 100}.{cents[gene] % 100:02d}" for cents in tables]
        lines += ["\t".join([gene, *shown])]
    return "\n".join(lines) + "\n"


def _column(planted: Expression, identity: str) -> dict[str, int]:
    """Return hundredths of TPM by gene."""
    levels = _levels(PROFILES[planted.profile], identity)
    cents = {gene: round(100 * (2**level - 1)) for gene, level in levels.items()}
    cents |= {gene: round(100 * tpm) for gene, tpm in planted.tpm.items()}
    unknown = sorted(set(planted.tpm) - set(levels))
    if unknown:
        raise ValueError(f"{identity}: {', '.join(unknown)} are no genes of the matrix")
    background = {f"SYN-EXPR-{number:04d}": _background(number, identity) for number in range(1, BACKGROUND_GENES + 1)}
    left = MILLION_IN_CENTS - sum(cents.values())
    whole = sum(background.values())
    cents |= {gene: int(left * share / whole) for gene, share in background.items()}
    # What rounding leaves over goes to the most abundant gene, where it is nothing.
    most = max(background, key=lambda gene: background[gene])
    cents[most] += MILLION_IN_CENTS - sum(cents.values())
    return cents


def _background(number: int, identity: str) -> float:
    usual = Stream("background", number).normal(*(ABUNDANT if number <= ABUNDANT_GENES else (0, 2.6)))
    return float(2 ** (usual + Stream("background", number, identity).normal(0, 0.4)))


def _levels(profile: Profile, identity: str) -> dict[str, float]:
    """Return log2(TPM + 1) of every gene that is not background; later sets overrule earlier ones."""
    levels: dict[str, float] = {}
    for name, genes, mean in (
        ("ne", NEUROENDOCRINE, profile.neuroendocrine),
        ("non-ne", NON_NEUROENDOCRINE, profile.non_neuroendocrine),
        ("inflamed", INFLAMED, profile.inflamed),
    ):
        levels |= _on_ladder(name, genes, mean, 0.3 * mean**0.5, identity)
    for letter, genes in PROGRAMMES.items():
        mean, spread = profile.programmes.get(letter, OFF)
        levels |= _on_ladder(letter, genes, mean, spread, identity)
    marked = MARKERS | dict(profile.markers) | dict(zip(FACTORS, profile.factors, strict=True))
    levels |= {gene: _noisy(level, identity, gene) for gene, level in marked.items()}
    return levels


def _on_ladder(name: str, genes: Sequence[str], mean: float, spread: float, identity: str) -> dict[str, float]:
    order = Stream("ladder", name).shuffled(genes)
    steps = [NormalDist(mean, spread).inv_cdf((place + 0.5) / len(order)) for place in range(len(order))]
    return {gene: _noisy(step, identity, gene) for gene, step in zip(order, steps, strict=True)}


def _noisy(level: float, identity: str, gene: str) -> float:
    # Noise in proportion near zero, so that a gene that is off stays off.
    noise = Stream(identity, "expression", gene).normal(0, NOISE)
    return max(0.0, level + noise * min(1.0, level))
