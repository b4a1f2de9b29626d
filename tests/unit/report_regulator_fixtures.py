"""What the regulators stage adds to the synthetic tables of `report_fixtures`: complete scores, and activities."""

from __future__ import annotations

import random
from typing import Any

REGULATORS = ("ASCL1", "ATOH1", "MYC", "NEUROD1", "POU2F3", "YAP1")
# Two of the regulators have too few targets in any matrix of these tables.
TOO_FEW = ("ATOH1",)
WITHOUT_COMPOSITE_OF_EVERY = 9


def regulate(builder: Any, *, regulators: tuple[str, ...] = REGULATORS, seed: int = 5) -> Any:
    """Fill the composite of most scored samples, and the activity of `regulators` in every sample."""
    draw = random.Random(seed)
    calls = {row["sample_id"]: row["subtype"] for row in builder.rows["subtypes"]}
    leanings = {call: {one: draw.gauss(0, 4) for one in regulators} for call in sorted(set(calls.values()))}
    for place, row in enumerate(builder.rows["scores"]):
        sample, score = row["sample_id"], row.get("ne_score")
        if score is not None and place % WITHOUT_COMPOSITE_OF_EVERY != 4:
            parts = [round(draw.uniform(*ends), 4) for ends in ((0.2, 0.9), (-0.4, 0.9), (0.0, 0.9))]
            row |= dict(zip(("proliferation", "metastasis", "myc_family"), parts, strict=True))
            row |= {"ne_low_shift": -score, "aggression": (sum(parts) - score) / 4}
        for regulator in regulators:
            cell: dict[str, Any] = {"sample_id": sample, "regulator": regulator, "state": "not_assessable"}
            if score is None:
                cell["reason"] = "no expression"
            elif regulator in TOO_FEW:
                cell |= {"targets_measured": 3, "genes": 18000, "reason": "3 targets measured, 5 needed"}
            else:
                t = draw.gauss(2, 1.5) + leanings[calls[sample]][regulator]
                p = min(1.0, 0.8 / (1 + abs(t)) ** 3)
                cell |= {"state": "assessed", "score": t, "p_value": p, "p_adjusted": p}
                cell |= {"targets_measured": 120, "genes": 18000}
            builder.rows["activity"].append(cell)
    return builder
