"""`python -m tools.try_bundle FILE` (make bundle-test): unpack a bundle, install it and run it with the network cut off.

Where the system lets us, in a network of its own that has nothing but the loopback (unshare --net); elsewhere pip is told of
no index, and proxies and names lead nowhere. That nothing is reached is tried first, in the same surroundings.
"""

import argparse
import http.cookiejar
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

_PORT = "8599"
_OUTSIDE = ("192.0.2.1", 443)
"""An address that belongs to nobody (RFC 5737)."""
_POISON = {
    "PIP_NO_INDEX": "1",
    "http_proxy": "http://127.0.0.1:9",
    "https_proxy": "http://127.0.0.1:9",
    "HTTP_PROXY": "http://127.0.0.1:9",
    "HTTPS_PROXY": "http://127.0.0.1:9",
    "no_proxy": "127.0.0.1,localhost",
}


def main() -> None:
    """Try a bundle; ends with a message at the first thing that is not as it should be."""
    reading = argparse.ArgumentParser(prog="python -m tools.try_bundle", description=__doc__)
    reading.add_argument("file", type=Path)
    reading.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    chosen = reading.parse_args()
    if chosen.inside:
        _try(chosen.file.resolve())
        return
    own = [sys.executable, "-m", "tools.try_bundle", str(chosen.file.resolve()), "--inside"]
    apart = ["unshare", "--net", "--"] if _may_cut_off() else []
    print(
        "网络：" + ("独立的网络空间，只有回环" if apart else "不能建立独立的网络空间，改为堵住代理和软件源"), flush=True
    )
    sys.exit(subprocess.run([*apart, *own], env={**os.environ, **_POISON}, check=False).returncode)


def _may_cut_off() -> bool:
    if shutil.which("unshare") is None:
        return False
    return subprocess.run(["unshare", "--net", "--", "true"], check=False, capture_output=True).returncode == 0


def _try(file: Path) -> None:
    is_cut_off = _raise_loopback()
    if is_cut_off and _reaches_outside():
        sys.exit("the network is not cut off")
    with tempfile.TemporaryDirectory(prefix="ecodash-bundle-") as work:
        begun = time.monotonic()
        with tarfile.open(file) as tar:
            tar.extractall(work, filter="data")
        (folder,) = Path(work).iterdir()
        _say("已解开", begun)
        subprocess.run(["./install.sh"], cwd=folder, check=True)
        _say("已安装", begun)
        python = str(folder / ".venv/bin/python")
        home = Path(work) / "home"
        environment = {**os.environ, "ECODASH_HOME": str(home), "PORT": _PORT}
        subprocess.run([python, "-m", "ecodash", "init", "--sample"], cwd=folder, env=environment, check=True)
        _say("已装入示例", begun)
        _run(folder, environment)
        _say("已运行", begun)
        _refuses_altered(folder)


def _run(folder: Path, environment: dict[str, str]) -> None:
    """Start the app as the bundle says, and look at what a stranger and a program see."""
    app = subprocess.Popen(["./run.sh"], cwd=folder, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        health = _wait(f"http://127.0.0.1:{_PORT}/healthz")
        print("/healthz", json.dumps(health, ensure_ascii=False), flush=True)
        if health["status"] == "bad" or not health["watermark"]:
            sys.exit("the installation is not well")
        page = _get("/map", accept="text/html")
        if "登录" not in page or "设置链接" not in page:
            sys.exit("the page of signing in does not say how to begin")
        print("/map → 登录页", len(page), flush=True)
        assert app.stdout is not None
        link = next(line.strip() for line in app.stdout if "/setup/" in line)
        if "<form" not in _get("/setup/" + link.rpartition("/")[2], accept="text/html"):
            sys.exit("the link of the first start shows no form")
        print("/setup/… → 第一个管理员的表单", flush=True)
    finally:
        app.terminate()
        app.wait(60)
    app = subprocess.Popen(["./run.sh"], cwd=folder, env={**environment, "ECODASH_OPEN": "1"})
    try:
        _wait(f"http://127.0.0.1:{_PORT}/healthz")
        index = _get("/map", accept="text/html")
        script = index.partition('src="./static/js/')[2].partition('"')[0]
        if not script or len(_get(f"/static/js/{script}")) < 10_000:
            sys.exit("the app's own page has no script")
        if "<table" not in _get("/print/ranking", accept="text/html"):
            sys.exit("a page of figures is not drawn")
        print("试用模式：页面、脚本、打印页都有应答", flush=True)
    finally:
        app.terminate()
        app.wait(60)


def _refuses_altered(folder: Path) -> None:
    """A file that was altered on the way is found before anything is installed."""
    altered = folder / "app.py"
    altered.write_text(altered.read_text("utf-8") + "\n", encoding="utf-8")
    done = subprocess.run(["./install.sh"], cwd=folder, check=False, capture_output=True, text=True)
    if done.returncode == 0 or "app.py" not in done.stderr:
        sys.exit("an altered file was installed")
    print("改动过的文件：", done.stderr.strip(), flush=True)


def _raise_loopback() -> bool:
    """Switch the loopback of a network of our own on; whether this is one."""
    names = [line.split(":")[0].strip() for line in Path("/proc/net/dev").read_text("utf-8").splitlines()[2:]]
    if names != ["lo"]:
        return False
    import fcntl
    import socket
    import struct

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as plug:
        up_and_running = struct.pack("16sH14s", b"lo", 0x1 | 0x40, b"")
        fcntl.ioctl(plug, 0x8914, up_and_running)  # SIOCSIFFLAGS
    return True


def _reaches_outside() -> bool:
    import socket

    try:
        socket.create_connection(_OUTSIDE, timeout=3).close()
    except OSError as error:
        print("外面：", error, flush=True)
        return False
    return True


def _wait(url: str) -> dict[str, object]:
    for _ in range(600):
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                found: dict[str, object] = json.load(answer)
                return found
        except OSError:
            time.sleep(0.2)
    sys.exit(f"{url} does not answer")


def _get(path: str, accept: str = "*/*") -> str:
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
    asked = urllib.request.Request(f"http://127.0.0.1:{_PORT}{path}", headers={"Accept": accept})
    try:
        with opener.open(asked, timeout=60) as answer:
            return str(answer.read().decode("utf-8", "replace"))
    except urllib.error.HTTPError as error:
        sys.exit(f"{path}: {error}")


def _say(what: str, begun: float) -> None:
    print(f"{what}：第 {time.monotonic() - begun:.0f} 秒", flush=True)


if __name__ == "__main__":
    main()
