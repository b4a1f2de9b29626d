"""Zygosity over the grid of truths, purities and depths: errors stay within what the setting allows."""

from __future__ import annotations

import pytest

from tests.performance.zygosity_grid import CALLS, DEPTHS, KNOWN, PURITIES, TRUTHS, distribution, error_rates

ALPHA = 0.01
BY_NAME = {truth.name: truth for truth in TRUTHS}
# A hit on more than one of several copies looks like a loss where the copies are not known, and reads cannot tell
# two hits on one copy from hits on both: these two errors are not bounded by the setting.
LOOKS_LIKE_LOSS = ("hit on 2 of 3", "hit on 2 of 4")
IN_CIS = "two hits in cis"


def rates(name, known, purity, depth, alpha=ALPHA):
    calls = distribution(BY_NAME[name], known, purity=purity, depth=depth, max_error_probability=alpha)
    assert sum(calls.values()) == pytest.approx(1, abs=1e-5)
    return error_rates(calls, is_biallelic=BY_NAME[name].is_biallelic)


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize("purity", PURITIES)
@pytest.mark.parametrize("known", KNOWN)
@pytest.mark.parametrize("alpha", [0.01, 0.05])
def test_no_call_is_wrong_more_often_than_the_error_probability(known, purity, depth, alpha):
    for name in BY_NAME:
        if name == IN_CIS or (known == "nothing" and name in LOOKS_LIKE_LOSS):
            continue
        wrong = rates(name, known, purity, depth, alpha)[1]
        assert wrong <= alpha + 1e-6, (name, wrong)


@pytest.mark.parametrize("known", KNOWN)
def test_two_hits_on_one_copy_are_called_biallelic_and_never_definite(known):
    calls = distribution(BY_NAME[IN_CIS], known, purity=0.6, depth=100, max_error_probability=ALPHA)
    assert calls["biallelic probable"] == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("name", LOOKS_LIKE_LOSS)
def test_a_hit_that_was_multiplied_needs_the_copies_to_be_told_from_a_loss(name):
    assert rates(name, "nothing", 0.6, 100)[1] > 0.2
    assert rates(name, "total copies", 0.6, 100)[1] <= ALPHA


@pytest.mark.parametrize(
    ("known", "name", "right"),
    [
        ("nothing", "one hit of 2", 0.5),
        ("nothing", "one copy left, hit", 0.6),
        ("nothing", "2 of 2, copy-neutral", 0.99),
        ("total copies", "one hit of 2", 0.99),
        ("total copies", "2 of 2, copy-neutral", 0.99),
        ("total copies", "3 of 3", 0.98),
        ("minor copies", "one hit of 2", 0.9999),
        ("minor copies", "3 of 3", 0.9999),
    ],
)
def test_at_depth_100_and_purity_six_tenths_most_calls_are_right(known, name, right):
    assert rates(name, known, 0.6, 100)[0] >= right


@pytest.mark.parametrize("name", ["one hit of 2", "one copy left, hit", "2 of 2, copy-neutral"])
@pytest.mark.parametrize("known", KNOWN[:2])
def test_more_reads_leave_less_open_down_to_the_error_probability(name, known):
    for purity in PURITIES[1:4]:
        few, more, many = (rates(name, known, purity, depth)[2] for depth in DEPTHS)
        assert more <= max(few, ALPHA)
        assert many <= max(more, ALPHA)


def test_a_deep_deletion_and_a_loss_under_the_hit_are_definite_and_no_hit_is_none_only_where_all_is_known():
    for known, name, call in [
        ("nothing", "deep deletion", "biallelic definite"),
        ("minor copies", "2 of 2, copy-neutral", "biallelic definite"),
        ("nothing", "no hit", "cannot tell"),
        ("total copies", "no hit", "none"),
    ]:
        calls = distribution(BY_NAME[name], known, purity=0.6, depth=100, max_error_probability=ALPHA)
        assert calls[call] == pytest.approx(1, abs=1e-5)
        assert set(calls) == set(CALLS)
