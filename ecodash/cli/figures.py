"""Commands that answer with figures: rank, show."""

from typing import Annotated

import typer

from ecodash import answers
from ecodash.cli.base import AsOf, Json, MonthText, Within, opened, region_key_of, say, selection_of
from ecodash.domain.regions import Level


def rank(
    indicator: Annotated[str, typer.Option("--indicator", help="指标代码。")],
    month: MonthText = None,
    within: Within = None,
    level: Annotated[Level | None, typer.Option("--level", help="比较哪一级；默认有数据的最高一级。")] = None,
    as_of: AsOf = None,
    as_json: Json = False,
) -> None:
    """某指标在某月的排名；未上报的单列，不参与排名。"""
    with opened(as_json) as workspace:
        region = region_key_of(workspace, within) if within else None
        selection = selection_of(workspace, as_of=as_of, month=month, region=region, indicator=indicator, level=level)
        say(as_json, answers.ranking(workspace, selection), answers.ranking_text)


def show(
    region: Annotated[str, typer.Argument(help="地区代码，或不重名的名称。")],
    month: MonthText = None,
    as_of: AsOf = None,
    as_json: Json = False,
) -> None:
    """一个地区某月的全部指标，每个数值附来源。"""
    with opened(as_json) as workspace:
        selection = selection_of(workspace, as_of=as_of, month=month, region=region_key_of(workspace, region))
        say(as_json, answers.profile(workspace, selection), answers.profile_text)
