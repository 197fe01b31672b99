"""The language belongs to the context that set it."""

import threading

from ecodash import i18n


def test_another_thread_does_not_hear_this_ones_language() -> None:
    heard: list[str] = []
    with i18n.speaking("en"):
        thread = threading.Thread(target=lambda: heard.append(i18n.language()))
        thread.start()
        thread.join()
        assert i18n.is_english()
    assert (heard, i18n.language()) == (["zh"], "zh")


def test_an_unknown_language_is_chinese_and_an_unknown_message_stays_as_it_is() -> None:
    with i18n.speaking("fr"):
        assert i18n.language() == "zh"
    with i18n.speaking("en"):
        assert i18n.gettext("没有这句话的译文。") == "没有这句话的译文。"
        assert i18n.gettext("") == ""
