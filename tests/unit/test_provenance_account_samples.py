"""The conservation law: every row of the sheet ends as analysed, partly analysed or refused, with its reason."""

from __future__ import annotations

import itertools
import logging

import pytest

from sclcohort.contracts import (
    COMPLETENESS,
    COPY_NUMBER_STATUS,
    EXPRESSION_STATUS,
    SAMPLES,
    STRUCTURAL_VARIANT_STATUS,
    VARIANT_STATUS,
)
from sclcohort.errors import StepError
from sclcohort.provenance.account_samples import LAYERS, account, run
from sclcohort.tables import read_rows, write_rows

DONE = {"variants": "imported", "structural_variants": "imported", "copy_number": "imported", "expression": "scored"}


class Run:
    """Status tables of a made-up run, in two chunks, and the step on them."""

    def __init__(self, folder, samples: dict[str, dict[str, str]]) -> None:
        """Take, per sample, the state of each layer; a layer left out has no data."""
        self.folder = folder
        self.samples = samples
        sheet = [
            {"sample_id": sample, "patient_id": "P1", "chunk": "0001"} | {LAYERS[layer]: "data" for layer in states}
            for sample, states in samples.items()
        ]
        write_rows(folder / "samples.tsv", SAMPLES, sheet)
        chunks = {"0001": list(samples)[:2], "0002": list(samples)[2:]}
        self.files = {
            "variants": [self.write("variants", VARIANT_STATUS, chunk, names) for chunk, names in chunks.items()],
            "structural_variants": [
                self.write("structural_variants", STRUCTURAL_VARIANT_STATUS, chunk, names)
                for chunk, names in chunks.items()
            ],
            "copy_number": [
                self.write("copy_number", COPY_NUMBER_STATUS, chunk, names) for chunk, names in chunks.items()
            ],
            "expression": [self.write("expression", EXPRESSION_STATUS, "all", list(samples))],
        }

    def write(self, layer, contract, chunk, names):
        path = self.folder / f"{layer}.{chunk}.status.tsv"
        rows = []
        for name in names:
            state = self.samples[name].get(layer, "not_provided")
            state, _, reason = state.partition(": ")
            rows.append({"sample_id": name, "state": state, "reason": reason})
        write_rows(path, contract, rows)
        return path

    def account(self, *, accept_refused: bool = False):
        run(
            samples=self.folder / "samples.tsv",
            variant_status=tuple(self.files["variants"]),
            structural_variant_status=tuple(self.files["structural_variants"]),
            copy_number_status=tuple(self.files["copy_number"]),
            expression_status=self.files["expression"][0],
            accept_refused=accept_refused,
            completeness=self.folder / "completeness.tsv",
        )
        return self.completeness()

    def completeness(self):
        return {row["sample_id"]: row for row in read_rows(self.folder / "completeness.tsv", COMPLETENESS)}


@pytest.fixture
def mixed(tmp_path):
    """Return a run of four samples: all well, no data, one layer refused, all refused."""
    return Run(
        tmp_path,
        {
            "S1": dict(DONE),
            "S2": {},
            "S3": {"variants": "imported", "copy_number": "refused: E-CN-018 all.seg: no such sample"},
            "S4": {"expression": "refused: constant"},
        },
    )


def test_a_run_without_refusals_ends_well_and_says_so(tmp_path, caplog):
    caplog.set_level(logging.INFO)
    rows = Run(tmp_path, {"S1": dict(DONE), "S2": {"variants": "imported"}, "S3": {}}).account()
    assert {row["outcome"] for row in rows.values()} == {"analysed"}
    assert rows["S1"]["layers_analysed"] == "variants,structural_variants,copy_number,expression"
    assert (rows["S2"]["layers_analysed"], rows["S2"]["reason"]) == ("variants", None)
    assert (rows["S3"]["layers_analysed"], rows["S3"]["reason"]) == (None, "the sheet names no data of this sample")
    assert caplog.messages == ["3 samples: 3 analysed, 0 partly analysed, 0 refused"]


def test_refused_data_end_the_run_with_a_message_that_lists_them_all_after_the_table_is_written(mixed):
    with pytest.raises(StepError) as caught:
        mixed.account()
    assert str(caught.value).splitlines() == [
        "4 samples: 2 analysed, 1 partly analysed, 1 refused; refused:",
        "  S3 copy_number: E-CN-018 all.seg: no such sample",
        "  S4 expression: constant",
        "fix: mend these inputs and run again, or write accept: [refused_samples] in the configuration to go on "
        "without them",
    ]
    rows = mixed.completeness()
    assert {sample: row["outcome"] for sample, row in rows.items()} == {
        "S1": "analysed",
        "S2": "analysed",
        "S3": "partly_analysed",
        "S4": "refused",
    }
    assert (rows["S3"]["layers_analysed"], rows["S3"]["layers_refused"]) == ("variants", "copy_number")
    assert rows["S3"]["reason"] == "copy_number: E-CN-018 all.seg: no such sample"


def test_accepted_refusals_are_no_error_and_still_told(mixed, caplog):
    assert set(mixed.account(accept_refused=True)) == {"S1", "S2", "S3", "S4"}
    warned = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert warned == [
        "refused, and accepted by the configuration: S3 copy_number: E-CN-018 all.seg: no such sample",
        "refused, and accepted by the configuration: S4 expression: constant",
    ]


def test_data_that_the_sheet_names_and_no_step_read_count_as_refused(tmp_path):
    lost = Run(tmp_path, {"S1": {"variants": "imported", "expression": "not_provided"}})
    with pytest.raises(StepError, match=r"S1 expression: the sheet names data \(expression_sample\), and no step read"):
        lost.account()
    assert lost.completeness()["S1"]["outcome"] == "partly_analysed"


def test_a_refusal_without_a_reason_says_that(tmp_path):
    with pytest.raises(StepError, match="S1 variants: no reason given"):
        Run(tmp_path, {"S1": {"variants": "refused"}}).account()


@pytest.mark.parametrize("states", list(itertools.product(["absent", "done", "refused", "lost"], repeat=len(LAYERS))))
def test_every_combination_of_layers_has_one_outcome_and_no_layer_is_lost(states):
    row, statuses = {"sample_id": "S1"}, {}
    for layer, state in zip(LAYERS, states, strict=True):
        row[LAYERS[layer]] = None if state == "absent" else "data"
        found = {"absent": "not_provided", "lost": "not_provided", "done": DONE[layer], "refused": "refused"}[state]
        statuses[layer] = {"state": found, "reason": "why"}
    result = account(row, statuses)
    analysed = (result["layers_analysed"] or "").split(",") if result["layers_analysed"] else []
    refused = (result["layers_refused"] or "").split(",") if result["layers_refused"] else []
    named = [layer for layer, state in zip(LAYERS, states, strict=True) if state != "absent"]
    assert sorted(analysed + refused) == sorted(named)
    expected = "analysed" if not refused else "partly_analysed" if analysed else "refused"
    assert result["outcome"] == expected
    assert (result["reason"] is None) == (not refused and bool(analysed))


def test_a_status_table_that_forgets_repeats_or_invents_a_sample_is_an_error_that_names_all(mixed):
    mixed.write("variants", VARIANT_STATUS, "0001", ["S1"])
    mixed.write("copy_number", COPY_NUMBER_STATUS, "0002", ["S1", "S3", "S4"])
    mixed.samples["S9"] = {}
    mixed.write("expression", EXPRESSION_STATUS, "all", ["S1", "S2", "S3", "S4", "S9"])
    with pytest.raises(StepError) as caught:
        mixed.account(accept_refused=True)
    assert str(caught.value).splitlines()[1:-1] == [
        "  variants: S2 is missing",
        "  copy_number: S1 stands twice",
        "  expression: S9 is not in the sheet",
    ]
    assert not (mixed.folder / "completeness.tsv").exists()
