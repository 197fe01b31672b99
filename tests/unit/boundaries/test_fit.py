"""The datum of a file, told by the county's outline; outlines of another source stand for what offices bring."""

import json

import numpy as np
import pytest
import shapely

from ecodash.boundaries import fit
from ecodash.domain.boundaries import Clarity, Datum
from tests.boundaries import FENGDU, outline_of, shifted, towns


def another_survey() -> shapely.Geometry:
    """丰都县's outline as a survey of its own would draw it: every vertex some tens of metres off."""
    random = np.random.default_rng(3)
    rough = shapely.simplify(outline_of(FENGDU), 0.001)
    rings = [shapely.get_coordinates(part.exterior)[:-1] for part in shapely.get_parts(rough)]
    parts = [fit.valid(shapely.Polygon(ring + random.normal(0, 0.0005, ring.shape))) for ring in rings]
    return shapely.union_all(parts)


@pytest.mark.parametrize("datum", [Datum.WGS84, Datum.GCJ02, Datum.BD09])
def test_the_right_datum_fits_best_and_clearly(datum: Datum) -> None:
    found = fit.fits(shifted([another_survey()], datum)[0], outline_of(FENGDU))
    assert (found[0].datum, fit.clarity(found)) == (datum, Clarity.CLEAR)
    assert found[0].overlap > 0.97
    assert found[0].gap_m < 100
    assert all(other.gap_m > 250 for other in found[1:])


@pytest.mark.parametrize("datum", [Datum.WGS84, Datum.GCJ02, Datum.BD09])
def test_a_third_of_the_county_tells_by_the_border_it_shares(datum: Datum) -> None:
    part = shapely.union_all(list(towns().values())[:10])
    found = fit.fits(shifted([part], datum)[0], outline_of(FENGDU))
    assert (found[0].datum, fit.clarity(found)) == (datum, Clarity.PARTIAL)


def test_a_piece_from_the_middle_tells_nothing() -> None:
    middle = shapely.buffer(outline_of(FENGDU).centroid, 0.05)
    found = fit.fits(middle, outline_of(FENGDU))
    assert fit.clarity(found) is Clarity.UNCLEAR
    assert np.isnan(found[0].gap_m)


def test_without_an_outline_nothing_is_known() -> None:
    assert fit.clarity([]) is Clarity.UNKNOWN


def test_overlap_is_area_shared_over_area_covered() -> None:
    assert fit.overlap_of(shapely.box(0, 0, 2, 1), shapely.box(1, 0, 3, 1)) == pytest.approx(1 / 3)
    assert fit.overlap_of(shapely.box(0, 0, 1, 1), shapely.box(2, 0, 3, 1)) == 0
    assert json.dumps(fit.overlap_of(shapely.Polygon(), shapely.Polygon())) == "0.0"
