"""Fields that the configuration names (`variants.fields`), for callers that the workflow does not know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sclcohort.errors import StepError
from sclcohort.variants.dialects import Counts, Dialect
from sclcohort.variants.info_counts import InfoCounts

ROLES = ("depth", "ref_depth", "alt_depth", "vaf")
# FORMAT fields that tags of INFO become.
_COLUMNS = {"depth": "DP", "ref_depth": "RD", "alt_depth": "AD", "vaf": "AF"}
PLACE = "in"


def read_fields(items: Sequence[str]) -> dict[str, str]:
    """Return the named fields by their role.

    Parameters
    ----------
    items : sequence of str
        ``role=FIELD``, with the roles depth, ref_depth, alt_depth, vaf, and ``in=FORMAT`` or ``in=INFO``.

    Raises
    ------
    StepError
        Another role, or fields that say nothing of the reads of the alternate allele.
    """
    fields = dict(item.split("=", 1) for item in items)
    unknown = sorted(set(fields) - {*ROLES, PLACE})
    if unknown:
        raise StepError(f"variants.fields has {', '.join(unknown)}; name {', '.join(ROLES)} and {PLACE}")
    if fields and not {"alt_depth", "vaf"} & set(fields):
        raise StepError("variants.fields names no field for the alternate allele; name alt_depth or vaf")
    return fields


def dialect_of(fields: Mapping[str, str]) -> Dialect:
    """Return the dialect of named FORMAT fields.

    One field as `ref_depth` and `alt_depth` lists both, reference first; `alt_depth` alone counts the alternate allele.
    """
    reference, alternate = fields.get("ref_depth"), fields.get("alt_depth")
    counts: tuple[Counts, ...] = ()
    if alternate is not None and reference is None:
        counts = (Counts("alternate", (alternate,)),)
    elif alternate is not None and reference is not None:
        same = reference == alternate
        counts = (Counts("listed", (alternate,)) if same else Counts("apart", (reference, alternate)),)
    fractions = (fields["vaf"],) if "vaf" in fields else ()
    # Number is what the header says, apart from a list of both alleles, which many headers call "any number".
    numbers = {alternate: "R"} if alternate is not None and reference == alternate else {}
    depth = fields.get("depth", "DP")
    return Dialect("generic", (), (), counts, fractions=fractions, numbers=numbers, depth=depth)


def info_counts_of(fields: Mapping[str, str]) -> tuple[InfoCounts, Dialect]:
    """Return where INFO holds the reads, and the dialect that reads the FORMAT fields made of it."""
    tags = {role: fields[role] for role in ROLES if role in fields}
    made = {_COLUMNS[role]: tag for role, tag in tags.items()}
    if tags.get("ref_depth") == tags.get("alt_depth") and "alt_depth" in tags:
        made = {name: tag for name, tag in made.items() if name != "RD"}
        dialect = dialect_of({"depth": "DP", "ref_depth": "AD", "alt_depth": "AD", "vaf": "AF"})
    else:
        dialect = dialect_of({role: _COLUMNS[role] for role in tags})
    return InfoCounts("generic", made, {}, frozenset(made.values())), dialect
