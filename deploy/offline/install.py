"""Install from this folder, without the internet: a Python environment of the wheels that lie here, and nothing else.

Needs nothing but Python's standard library. Messages are for whoever installs.
"""

import hashlib
import os
import platform
import subprocess
import sys
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent


def stop(what: str) -> None:
    """End with a message."""
    sys.exit(f"没有安装：{what}")


def told() -> dict[str, str]:
    """What VERSION says of this bundle."""
    lines = (HERE / "VERSION").read_text(encoding="utf-8").splitlines()
    return dict(line.split(": ", 1) for line in lines if ": " in line)


def check_files() -> None:
    """That every file is there as it was packed."""
    for line in (HERE / "SHA256SUMS").read_text(encoding="utf-8").splitlines():
        digest, name = line.split("  ", 1)
        path = HERE / name
        if not path.is_file():
            stop(f"缺少文件 {name}。请重新复制整个安装包。")
        with path.open("rb") as stream:
            if hashlib.sha256(stream.read()).hexdigest() != digest:
                stop(f"文件 {name} 与打包时不同。请重新复制整个安装包。")


def check_machine(bundle: dict[str, str]) -> None:
    """That this machine is of the kind the wheels are for."""
    own = "win_amd64" if sys.platform == "win32" else f"{sys.platform}_{platform.machine()}"
    if own != bundle["platform"]:
        stop(f"这个安装包用于 {bundle['platform']}，本机是 {own}。请换用相应的安装包。")
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    if version != bundle["python"]:
        stop(f"需要 Python {bundle['python']}，现在用的是 {version}（{sys.executable}）。请安装后用它运行 install.py。")


def environment() -> dict[str, str]:
    """Without any setting by which pip would look elsewhere."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "PYTHON"))}
    return kept | {"PIP_CONFIG_FILE": os.devnull, "PYTHONNOUSERSITE": "1"}


def install(folder: Path) -> Path:
    """The environment; its Python."""
    # Without pip: Linux distributions leave out what venv would make it of. It lies here as a wheel, which Python can run.
    venv.EnvBuilder(clear=True, symlinks=os.name != "nt").create(folder)
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    pip = next((HERE / "pip").glob("pip-*.whl"))
    common = [
        str(python),
        f"{pip}/pip",
        "--disable-pip-version-check",
        "install",
        "--quiet",
        "--no-cache-dir",
        "--no-index",
    ]
    wanted = ["--find-links", str(HERE / "wheels"), "--require-hashes", "--only-binary=:all:"]
    command = [*common, *wanted, "-r", str(HERE / "requirements.lock")]
    if subprocess.run(command, env=environment(), check=False).returncode:
        stop("安装 Python 软件包时出错，原因见上面的提示。")
    return python


def main() -> None:
    """Check, install, try."""
    bundle = told()
    print(f"EcoDash {bundle['version']}（{bundle['commit']}）")
    check_machine(bundle)
    print("核对文件……", flush=True)
    check_files()
    print("安装……（约一分钟）", flush=True)
    python = install(HERE / ".venv")
    tried = [str(python), "-m", "ecodash", "--help"]
    if subprocess.run(tried, cwd=HERE, env=environment(), stdout=subprocess.DEVNULL, check=False).returncode:
        stop("装好的程序不能运行，原因见上面的提示。")
    start = "run.bat" if os.name == "nt" else "./run.sh"
    print(f"安装完成。运行 {start} 启动；设置写在 ecodash.env（见“离线安装.md”）。")


if __name__ == "__main__":
    main()
