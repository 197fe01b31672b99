"""What the installation chose for indicators, kept among its other choices."""

import json

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from ecodash.domain.indicator_choices import IndicatorChoice
from ecodash.store.engine import next_number
from ecodash.store.tables import setting

_PREFIX = "indicator."


def indicator_choices(connection: Connection) -> dict[str, IndicatorChoice]:
    """Code → what was chosen, of the indicators something was ever chosen for."""
    rows = connection.execute(
        sa.select(setting.c.name, setting.c.value)
        .where(setting.c.name.startswith(_PREFIX, autoescape=True))
        .order_by(setting.c.name)
    )
    return {row.name.removeprefix(_PREFIX): IndicatorChoice.from_content(json.loads(row.value)) for row in rows}


def set_indicator_choice(connection: Connection, code: str, choice: IndicatorChoice) -> None:
    """Choose for an indicator, in place of what was chosen before; what was answered from the choices ends to hold."""
    name, value = f"{_PREFIX}{code}", json.dumps(choice.to_content(), ensure_ascii=False)
    changed = connection.execute(sa.select(setting.c.name).where(setting.c.name == name)).first() is not None
    if changed:
        connection.execute(sa.update(setting).where(setting.c.name == name).values(value=value))
    else:
        connection.execute(sa.insert(setting).values(name=name, value=value))
    next_number(connection, "definition")
