"""The header of an imported VCF: definitions kept, everything that could name a person or a place left out.

Command lines, paths, library names and free notes of the caller never reach our files (they may hold names
of patients); contigs are those of the reference; columns are called after our samples.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

DEFINITIONS = ("##INFO=", "##FORMAT=", "##FILTER=", "##ALT=")
# Callers often leave the number of values open ('.'), and then nobody can split them by allele.
PER_ALLELE = {"AD": "R", "AO": "A", "QA": "A", "AF": "A", "ADF": "R", "ADR": "R"}
# The tag that our own consequences take; what a file brings under that name moves aside.
OURS = "BCSQ"
THEIRS = "BCSQ_INPUT"


def clean_header(header: Sequence[str], contigs: Mapping[str, int], columns: Sequence[str], caller: str) -> list[str]:
    """Return the header lines of the imported VCF, without line ends.

    Parameters
    ----------
    header : sequence of str
        Header lines of the input, without the line of columns.
    contigs : mapping of str to int
        Contigs of the reference with their lengths, in order.
    columns : sequence of str
        Names of the sample columns, tumour first.
    caller : str
        Dialect; AD means the alternate reads alone in VarScan, one value per allele in all others.
    """
    lines = ["##fileformat=VCFv4.2", "##source=sclcohort"]
    for line in header:
        if line.startswith(DEFINITIONS):
            line = re.sub(rf"^##INFO=<ID={OURS},", f"##INFO=<ID={THEIRS},", line)
            lines.append(line if caller == "varscan2" else _with_number(line))
    lines += [f"##contig=<ID={name},length={bases}>" for name, bases in contigs.items()]
    fixed = ["#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO", "FORMAT"]
    return [*lines, "\t".join([*fixed, *columns])]


def _with_number(line: str) -> str:
    found = re.match(r"##FORMAT=<ID=([^,]+),Number=\.,", line)
    if found is None or found[1] not in PER_ALLELE:
        return line
    return line.replace("Number=.", f"Number={PER_ALLELE[found[1]]}", 1)


def declared_contigs(header: Sequence[str]) -> dict[str, int | None]:
    """Return the contigs that header lines declare, with their lengths where given."""
    contigs: dict[str, int | None] = {}
    for line in header:
        if line.startswith("##contig="):
            name = re.search(r"[<,]ID=([^,>]+)", line)
            bases = re.search(r"[<,]length=(\d+)", line)
            if name is not None:
                contigs[name[1]] = int(bases[1]) if bases else None
    return contigs
