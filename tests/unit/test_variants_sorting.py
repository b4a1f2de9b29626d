from __future__ import annotations

import random
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sclcohort.variants.sorting import Sorter


class Item(NamedTuple):
    number: int
    text: str


@given(st.lists(st.tuples(st.integers(0, 9), st.text(max_size=3))), st.integers(1, 7))
def test_items_come_out_in_order_however_little_memory_there_is(tmp_path_factory, items, limit):
    sorter = Sorter(tmp_path_factory.mktemp("runs"), limit, tuple)
    for item in items:
        sorter.extend([item])
    assert list(sorter) == sorted(items)
    assert list(sorter) == sorted(items)
    assert sorter.size == len(items)


@pytest.mark.parametrize("shuffled", [False, True])
def test_no_more_than_the_limit_and_a_block_is_held(tmp_path, shuffled):
    items = [Item(number, str(number)) for number in range(20_000)]
    if shuffled:
        random.Random(1).shuffle(items)
    sorter = Sorter(tmp_path / "runs", 1000, Item._make)
    sorter.extend(iter(items))
    assert sorter.held < 1000
    assert list(sorter) == sorted(items)
    sorter.spill()
    assert all(item.text == str(item.number) for item in sorter)
    assert sorter.held == 0
    assert list(sorter) == sorted(items)
