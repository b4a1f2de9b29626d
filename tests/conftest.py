"""What all tests share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent


@pytest.fixture
def repository() -> Path:
    """Return the root of the repository."""
    return REPOSITORY


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of real data that SCLCOHORT_SHARED_DATA names; skip where it does not."""
    folder = os.environ.get("SCLCOHORT_SHARED_DATA", "")
    if not folder or not Path(folder).is_dir():
        pytest.skip("SCLCOHORT_SHARED_DATA names no folder: real data are not here to test on")
    return Path(folder)
