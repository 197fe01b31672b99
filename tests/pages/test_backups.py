"""备份: made by a click, checked, and deleted after a second word."""

from pathlib import Path

from streamlit.testing.v1 import AppTest

from ecodash.settings import load_settings
from tests.pages.conftest import Open


def buttons(app: AppTest) -> dict[str, str]:
    """Key → label of what may be clicked."""
    return {str(one.key): one.label for one in app.button}


def test_made_checked_and_deleted(open_app: Open, bare_with_regions: Path) -> None:
    app = open_app(bare_with_regions, "backups")
    assert not app.exception
    assert app.title[0].value == "备份"
    assert "还没有备份" in app.warning[0].value
    app.button(key="backup_make").click().run()
    assert not app.exception
    assert "备份已完成并核对无误" in app.success[0].value
    assert "最近一次备份" in app.info[0].value
    folder = load_settings().home / "backups"
    (first,) = [one.name for one in folder.iterdir()]
    assert any("完好" in one.value for one in app.markdown)

    app.button(key=f"backup_check_{first}").click().run()
    assert "完好：文件未被改动" in app.success[0].value

    app.button(key=f"backup_delete_{first}").click().run()
    assert "删除后不能找回" in app.markdown[-1].value
    app.button(key="backup_delete_sure").click().run()
    assert "最后一份完好的备份" in app.error[0].value
    app.button(key="backup_delete_cancel").click().run()
    assert "backup_delete_sure" not in buttons(app)

    app.button(key="backup_make").click().run()
    app.button(key=f"backup_delete_{first}").click().run()
    app.button(key="backup_delete_sure").click().run()
    assert "已删除" in app.success[0].value
    assert len(list(folder.iterdir())) == 1


def test_a_damaged_one_is_told(open_app: Open, bare_with_regions: Path) -> None:
    app = open_app(bare_with_regions, "backups")
    app.button(key="backup_make").click().run()
    (folder,) = (load_settings().home / "backups").iterdir()
    (folder / "ecodash.duckdb").write_bytes(b"nothing")
    app.button(key=f"backup_check_{folder.name}").click().run()
    assert "请不要用它恢复" in app.error[0].value
    assert any("✕ 有问题" in one.value for one in app.markdown)
    # The page does not rest on a backup that cannot be put back.
    assert "还没有备份" in app.warning[0].value
