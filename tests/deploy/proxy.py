"""nginx as deploy/nginx/ecodash.conf has it, in front of processes of the app: Debian's package, in a temporary folder."""

import base64
import hashlib
import os
import re
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ecodash.settings import PROJECT_ROOT

NGINX = "/usr/sbin/nginx"
SAMPLE = PROJECT_ROOT / "deploy" / "nginx" / "ecodash.conf"
_MAIN = """
{user}
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
events {{ worker_connections 1024; }}
http {{
    types {{ }}
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/ecodash.conf;
}}
"""


@dataclass(frozen=True)
class Proxy:
    """A running nginx.

    Args:
        port, plain_port: of https and of http, on every address of loopback.
        certificate: file of the one it shows.
        folder: with its logs.
    """

    port: int
    plain_port: int
    certificate: Path
    folder: Path

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    @property
    def key_digest(self) -> str:
        """How Chromium is told to believe this certificate (--ignore-certificate-errors-spki-list)."""
        command = ["openssl", "x509", "-in", str(self.certificate), "-pubkey", "-noout"]
        pem = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        der = base64.b64decode("".join(line for line in pem.splitlines() if "-----" not in line))
        return base64.b64encode(hashlib.sha256(der).digest()).decode()

    def log(self) -> str:
        return (self.folder / "access.log").read_text("utf-8")


@contextmanager
def running_nginx(folder: Path, ports: Sequence[int]) -> Iterator[Proxy]:
    """The sample before apps on these ports."""
    proxy = write(folder, ports)
    command = [NGINX, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")]
    checked = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait(proxy.port, process, folder)
        yield proxy
    finally:
        process.terminate()
        process.wait(timeout=30)


def write(folder: Path, ports: Sequence[int]) -> Proxy:
    """The sample with what its remarks ask to be changed, and a certificate, in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    port, plain = _free_port(), _free_port()
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(certificate)],
        check=True, capture_output=True,
    )  # fmt: skip
    site = SAMPLE.read_text("utf-8")
    servers = re.findall(r"^    server 127\.0\.0\.1:\d+ (.*?;).*$", site, re.MULTILINE)
    ours = "\n".join(f"    server 127.0.0.1:{one} {servers[0]}" for one in ports)
    site = re.sub(r"(?:^    server 127\.0\.0\.1:.*\n)+", f"{ours}\n", site, flags=re.MULTILINE)
    changes = {
        "listen 443 ": f"listen 127.0.0.1:{port} ",
        "listen 80;": f"listen 127.0.0.1:{plain};",
        "/etc/ssl/ecodash/fullchain.pem": str(certificate),
        "/etc/ssl/ecodash/privkey.pem": str(key),
        "/var/log/nginx/ecodash.log": str(folder / "access.log"),
    }
    for before, after in changes.items():
        assert before in site, f"{SAMPLE.name} has no {before} any more"
        site = site.replace(before, after)
    (folder / "ecodash.conf").write_text(site, "utf-8")
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(_MAIN.format(folder=folder, user=user), "utf-8")
    return Proxy(port, plain, certificate, folder)


def _wait(port: int, process: "subprocess.Popen[bytes]", folder: Path) -> None:
    for _ in range(200):
        assert process.poll() is None, (folder / "error.log").read_text("utf-8")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("nginx did not come up")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
