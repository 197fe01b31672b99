"""Shifts of internet maps and back, against the pairs that public projects publish."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecodash.boundaries.datums import bd09_of_gcj02, from_wgs84, gcj02_of_wgs84, to_wgs84
from ecodash.domain.boundaries import Datum

METRE = 1 / 111_320

# (longitude, latitude) in WGS-84 and GCJ-02: eviltransform's table of Shanghai, Shenzhen and Beijing.
GCJ_PAIRS = [
    ((121.5272106, 31.1774276), (121.531541859215, 31.17530398364597)),
    ((113.912316, 22.543847), (113.9171764808363, 22.540796131694766)),
    ((116.377817, 39.911954), (116.38404722455657, 39.91334545536069)),
]
# coordtransform's table, from one place of each datum to the next. (eviltransform's BD-09 leaves out a factor of 3000/180
# in both sines, and so lies up to 40 m off what Baidu's maps and the other projects have: it is no witness here.)
PLACE = (116.404, 39.915)
BD_OF_GCJ = (116.41036949371029, 39.92133699351021)
GCJ_OF_WGS = (116.41024449916938, 39.91640428150164)
BD_OF_WGS = (116.41662724378733, 39.922699552216216)


@pytest.mark.parametrize(("wgs", "gcj"), [*GCJ_PAIRS, (PLACE, GCJ_OF_WGS)])
def test_gcj02_is_that_of_the_published_pairs(wgs: tuple[float, float], gcj: tuple[float, float]) -> None:
    # Some of the sources take a slightly other ellipsoid: they differ by a few centimetres.
    assert gcj02_of_wgs84(np.array([wgs]))[0] == pytest.approx(gcj, abs=0.1 * METRE)
    assert to_wgs84(np.array([gcj]), Datum.GCJ02)[0] == pytest.approx(wgs, abs=0.1 * METRE)


def test_bd09_is_that_of_the_published_pairs() -> None:
    assert bd09_of_gcj02(np.array([PLACE]))[0] == pytest.approx(BD_OF_GCJ, abs=1e-9)
    assert from_wgs84(np.array([PLACE]), Datum.BD09)[0] == pytest.approx(BD_OF_WGS, abs=1e-9)
    assert to_wgs84(np.array([BD_OF_WGS]), Datum.BD09)[0] == pytest.approx(PLACE, abs=1e-9)


@given(st.floats(75, 134), st.floats(18, 53), st.sampled_from([Datum.WGS84, Datum.CGCS2000, Datum.GCJ02, Datum.BD09]))
def test_there_and_back_is_the_same_place_within_a_millimetre(lon: float, lat: float, datum: Datum) -> None:
    place = np.array([[lon, lat]])
    assert to_wgs84(from_wgs84(place, datum), datum) == pytest.approx(place, abs=0.001 * METRE)


def test_the_shift_is_hundreds_of_metres_and_cgcs2000_none() -> None:
    place = np.array([[107.73, 29.86]])
    off = np.abs(gcj02_of_wgs84(place) - place).max() / METRE
    assert 200 < off < 700
    assert 500 < np.abs(bd09_of_gcj02(place) - place).max() / METRE < 1_000
    assert (to_wgs84(place, Datum.CGCS2000) == place).all()
    assert not to_wgs84(np.empty((0, 2)), Datum.GCJ02).size
