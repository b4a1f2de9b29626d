"""Volumes from what was measured: formulas by hand, and one method for all measurements of a series."""

from __future__ import annotations

import math

import pytest

from sclcohort.growth.volumes import Measurement, ellipsoid_ml, volumes_of


def test_a_sphere_of_10_mm_has_its_textbook_volume():
    assert ellipsoid_ml(10, 10) == pytest.approx(4 / 3 * math.pi * 0.5**3)


def test_an_ellipsoid_of_40_by_20_mm_worked_by_hand():
    # 4/3 pi a b c with the half axes 2, 1 and 1 cm.
    assert ellipsoid_ml(40, 20) == pytest.approx(4 / 3 * math.pi * 2)


def test_measured_volumes_are_taken_as_they_are():
    volumes = volumes_of([Measurement(0, 1.5), Measurement(9, 4.0)])
    assert (volumes.method, volumes.ml, volumes.note) == ("volume", (1.5, 4.0), "")


def test_both_diameters_on_all_days_give_ellipsoids_the_longest_alone_spheres():
    both = [Measurement(0, None, 40, 20), Measurement(9, None, 50, 20)]
    assert volumes_of(both).method == "ellipsoid"
    assert volumes_of(both).ml == pytest.approx((ellipsoid_ml(40, 20), ellipsoid_ml(50, 20)))
    longest = [Measurement(0, None, 40), Measurement(9, None, 50)]
    assert volumes_of(longest).method == "sphere"
    assert volumes_of(longest).ml == pytest.approx((ellipsoid_ml(40, 40), ellipsoid_ml(50, 50)))
    assert volumes_of(longest).note == ""


def test_a_short_diameter_that_is_missing_once_is_used_nowhere_and_the_note_says_so():
    # Sphere against ellipsoid would let the constant lesion grow four-fold.
    volumes = volumes_of([Measurement(0, None, 40, 20), Measurement(9, None, 40), Measurement(12, None, 40, 20)])
    assert volumes.method == "sphere"
    assert len(set(volumes.ml)) == 1
    assert "short diameter is missing on 1 of 3 days" in volumes.note


def test_volumes_and_diameters_do_not_mix():
    volumes = volumes_of([Measurement(0, 1.5), Measurement(9, None, 40, 20)])
    assert (volumes.method, volumes.ml) == ("", ())
    assert "Volumes were measured on 1 of 2 days" in volumes.note
