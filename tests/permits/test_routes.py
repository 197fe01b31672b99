"""Every route over the store answers whom it should, and nobody else."""

from typing import Any

import pytest

from ecodash.domain.access import Right
from ecodash.domain.regions import COUNTRY_KEY, region_code
from ecodash.permits import Reach
from ecodash.web.handle import Handle
from ecodash.web.routes import build_routes
from tests.permits.asking import Ask, asker
from tests.permits.routes import ROUTES
from tests.permits.world import PEOPLE, PLACES, World, digest_of


@pytest.fixture
def ask(asked: World) -> Ask:
    return asker(asked, Handle(1, "http://127.0.0.1", "k" * 43))


def addresses(world: World, place: str) -> dict[str, str]:
    """An address of every route about a place; of a county's boundaries only for counties."""
    region = region_code(PLACES[place])
    found = {
        "GET /healthz": "/healthz",
        "GET /metrics": "/metrics",
        "GET /print/{page}": f"/print/ranking?region={region}&month=2026-10&indicator=garbage",
        "GET /screen": f"/screen?region={region}&indicator=garbage&pages=ranking",
        "GET /screen/{number}": f"/screen/{world.orders[place]}",
        "GET /screen/deck": f"/screen/deck?region={region}&indicator=garbage&pages=ranking",
        "GET /screen/assets/{name}": "/screen/assets/screen.css",
        "POST /api/import": "/api/import?name=a.csv",
        "POST /api/annotate": "/api/annotate?name=a.csv",
        "POST /api/backup": "/api/backup",
    }
    return found | ({"GET /geo/{digest}.json": f"/geo/{digest_of(place)}.json"} if place in world.boundaries else {})


def test_every_route_is_named() -> None:
    routes: Any = build_routes(lambda: None, lambda: None)  # type: ignore[arg-type,return-value]
    methods = {(method, one.path) for one in routes for method in one.methods if method != "HEAD"}
    assert {f"{method} {path}" for method, path in methods} == set(ROUTES), "keep tests/permits/routes.py complete"


@pytest.mark.parametrize("person", [name for name in PEOPLE if name != "操作员"])
def test_a_route_answers_whom_it_should(ask: Ask, asked: World, person: str) -> None:
    who, wrong = PEOPLE[person], []
    for place in PLACES:
        for route, address in addresses(asked, place).items():
            needed = ROUTES[route]
            answer = ask(who, route.partition(" ")[0], address)
            if route == "GET /metrics":
                is_answered = answer.status_code == 200
                if is_answered is not who.may(Right.ADMINISTER, COUNTRY_KEY) or answer.status_code not in (200, 403):
                    wrong.append(f"{route}: {answer.status_code}")
                continue
            may = needed is Reach.GIVEN or (needed is Reach.SIGNED_IN and answer.status_code != 403)
            if isinstance(needed, Right):
                may = who.may(needed, PLACES[place])
                if route.startswith("GET /geo"):
                    # A county's map is for everybody who may see anything in it.
                    lo, hi = PLACES[place], PLACES[place] + 10**6
                    may = may or any(lo <= key < hi or key == COUNTRY_KEY for key in who.regions(needed))
            if (answer.status_code == 200) is not may:
                wrong.append(f"{route} of {place}: {answer.status_code}")
            if not may and needed is not Reach.SIGNED_IN and answer.status_code not in (403, 404):
                wrong.append(f"{route} of {place}: {answer.status_code}")
    assert wrong == []
