"""The English catalogue says everything the code may say, and says it whole."""

import re
from string import Formatter

from tools import messages

EXTRACTED = messages.extracted()
KNOWN = {str(message.id): message for message in messages.known() if message.id}
NAMED_IN_CHINESE = (
    "丰都县", "湘潭县", "“万”", "“亿”", "“无”", '"万"', '"亿"', '"无"', "红", "黑", "垃圾清运量", "separated by 、",
    "是 (yes)", "否 (no)", "查看员 (viewer)", "填报员 (reporter)", "审核员 (reviewer)", "管理员 (administrator)",
    "“腾讯身份验证器”",
)  # fmt: skip
"""What an English sentence may quote: places, words as they stand in files, and the name of a program."""


def fields(message: str) -> list[tuple[str, str, str]]:
    return sorted(
        (name, spec or "", made or "") for _, name, spec, made in Formatter().parse(message) if name is not None
    )


def test_the_catalogue_holds_the_messages_of_the_code_and_no_others() -> None:
    assert sorted(EXTRACTED - set(KNOWN)) == [], "make messages"
    assert sorted(set(KNOWN) - EXTRACTED) == [], "make messages"


def test_every_message_has_its_english() -> None:
    assert sorted(name for name, message in KNOWN.items() if not message.string or message.fuzzy) == []


def test_both_languages_have_the_same_places_for_figures() -> None:
    differing = [
        name for name, message in KNOWN.items() if message.string and fields(name) != fields(str(message.string))
    ]
    assert differing == []


def test_english_is_english() -> None:
    left = []
    for chinese, message in KNOWN.items():
        english = str(message.string)
        for quoted in NAMED_IN_CHINESE:
            english = english.replace(quoted, "")
        if re.search(r"[\u3000-\u303f\u4e00-\u9fff\uff01-\uff5e]", english):
            left.append((chinese, str(message.string)))
    assert left == []


def test_the_file_changes_only_where_words_do() -> None:
    written = messages.PO.read_text(encoding="utf-8")
    assert "Date" not in written
    assert "\n#:" not in written
    assert messages.render({name: str(message.string) for name, message in KNOWN.items()}) == written.encode()
