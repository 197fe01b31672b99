"""What stands on a page's cards, read from their markup; and what is folded away, opened."""

from dataclasses import dataclass

from lxml import html
from streamlit.testing.v1 import AppTest


@dataclass(frozen=True)
class Card:
    """One headline figure: its name, its value with unit, its change, and what stands behind it."""

    name: str
    value: str
    change: str
    backed: str


def card(app: AppTest, indicator: str) -> Card:
    """The card of an indicator, by code."""
    drawn = next(element.proto.body for element in app.get("html") if 'class="cards"' in element.proto.body)
    item = html.fromstring(drawn).xpath(f'.//li[@data-indicator="{indicator}"]')[0]
    name, value, change, backed = (part.text_content() for part in item)
    return Card(name, value, change, backed)


def opened(app: AppTest, key: str) -> AppTest:
    """The page with a popover or a folded part of it open."""
    app.session_state[key] = True
    return app.run()
