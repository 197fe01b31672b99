"""/geo/{digest}.json: shapes by their content's name."""

from datetime import UTC, datetime

import pytest
import shapely

from ecodash import actions, queries
from ecodash.domain.access import operator
from ecodash.domain.boundaries import BoundarySet, Datum
from tests.boundaries import FENGDU, geojson
from tests.builders import TOWN_A, TOWN_B
from tests.web.conftest import Site

NOW = datetime(2026, 11, 4, 2, 0, tzinfo=UTC)
CLERK = operator("测试员", "page")


@pytest.fixture
def kept(site: Site) -> BoundarySet:
    shapes = [shapely.box(107.5, 29.8, 107.6, 29.9), shapely.box(107.6, 29.8, 107.7, 29.9)]
    data = geojson(shapes, {"code": [TOWN_A, TOWN_B]})
    draft = actions.read_boundaries(site.workspace, data, "a.geojson", county=FENGDU, now=NOW, datum=Datum.WGS84)
    return actions.save_boundaries(site.workspace, draft, actor=CLERK, now=NOW)


def test_shapes_are_served_whole_and_may_be_kept_for_good(site: Site, kept: BoundarySet) -> None:
    answer = site.client.get(kept.path, headers={"accept-encoding": "identity"})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/geo+json")
    assert answer.content == queries.boundary_geojson(site.workspace, kept.digest)
    assert answer.headers["cache-control"] == "private, max-age=31536000, immutable"
    assert answer.headers["x-content-type-options"] == "nosniff"
    packed = site.client.get(kept.path, headers={"accept-encoding": "gzip"})
    assert (packed.headers["content-encoding"], packed.content) == ("gzip", answer.content)


def test_a_browser_that_has_them_is_told_so(site: Site, kept: BoundarySet) -> None:
    tag = site.client.get(kept.path).headers["etag"]
    again = site.client.get(kept.path, headers={"if-none-match": tag})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)


def test_what_is_unknown_malformed_or_withdrawn_is_not_found(site: Site, kept: BoundarySet) -> None:
    for path in ("/geo/" + "0" * 64 + ".json", "/geo/x.json", f"/geo/{kept.digest.upper()}.json", "/geo/' or 1=1.json"):
        answer = site.client.get(path)
        assert (answer.status_code, answer.headers["cache-control"]) == (404, "no-store")
        assert answer.json()["error"]["what"]
    actions.withdraw_boundaries(site.workspace, kept.number, actor=CLERK, now=NOW)
    assert site.client.get(kept.path).status_code == 404
