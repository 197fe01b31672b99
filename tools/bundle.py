"""`python -m tools.bundle` (make bundle): everything an installation without the internet needs, as one folder and one file.

The folder holds the software as committed, the wheels of requirements.lock with their hashes, pip itself, and what installs
and starts it (deploy/offline). Wheels only: a package that has none for the platform ends this with its name.
"""

import argparse
import gzip
import hashlib
import io
import platform
import re
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from packaging.markers import Marker

from ecodash import __version__
from ecodash.settings import PROJECT_ROOT

LEFT_OUT = ("tests", "bench", "tools", ".ci", "Dockerfile", ".dockerignore")
"""What nobody needs who installs from a bundle."""
OFFLINE = PROJECT_ROOT / "deploy" / "offline"
_ENTRY = re.compile(
    r"^([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^]]*\])?==([^\s;\\]+)\s*(?:;\s*([^\\]+?))?\s*\\?$", re.MULTILINE
)
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})\b")


class BundleFault(Exception):
    """The bundle cannot be made; nothing of it is left behind."""


@dataclass(frozen=True)
class Target:
    """What machine a bundle is for.

    Args:
        name: as it stands in the file's name.
        tags: pip's names of the platform, the newest first.
        markers: what the markers of a lock are asked for.
    """

    name: str
    tags: tuple[str, ...]
    markers: tuple[tuple[str, str], ...]


def targets(glibc: int) -> dict[str, Target]:
    """The platforms a bundle can be made for.

    Args:
        glibc: the newest 2.x that wheels for Linux may want: 28 is that of Kylin V10 and UOS 20.
    """
    linux = (("sys_platform", "linux"), ("platform_system", "Linux"), ("os_name", "posix"))
    windows = (("sys_platform", "win32"), ("platform_system", "Windows"), ("os_name", "nt"))
    found = {"win_amd64": Target("win_amd64", ("win_amd64",), (*windows, ("platform_machine", "AMD64")))}
    for machine in ("x86_64", "aarch64"):
        tags = (f"manylinux_2_{minor}_{machine}" for minor in range(glibc, 4, -1))
        names = (*tags, f"manylinux2014_{machine}", f"manylinux2010_{machine}", f"manylinux1_{machine}")
        found[f"linux_{machine}"] = Target(f"linux_{machine}", names, (*linux, ("platform_machine", machine)))
    return found


@dataclass(frozen=True)
class Pinned:
    """A package of a lock: its version, the hashes its files may have, and where it is wanted."""

    name: str
    version: str
    hashes: frozenset[str]
    marker: str = ""

    def is_for(self, target: Target, python: str) -> bool:
        """Whether it is wanted on a platform."""
        if not self.marker:
            return True
        wanted = dict(target.markers) | {
            "python_version": python, "python_full_version": f"{python}.0",
            "implementation_name": "cpython", "platform_python_implementation": "CPython",
        }  # fmt: skip
        return Marker(self.marker).evaluate(wanted)


def read_lock(text: str) -> list[Pinned]:
    """The packages of a lock.

    Raises:
        BundleFault: an entry cannot be read, or has no hash.
    """
    found = []
    for entry in re.split(r"\n(?=[^\s#])", text.strip()):
        match = _ENTRY.match(entry)
        hashes = frozenset(_HASH.findall(entry))
        if match is None or not hashes:
            raise BundleFault(f"an entry of the lock has no version or no hash: {entry[:80]!r}")
        found.append(Pinned(match[1].lower(), match[2], hashes, (match[3] or "").strip()))
    return found


def plain_lock(packages: Iterable[Pinned]) -> str:
    """A lock without markers: pip asks those of the machine it runs on, which may be another than the target."""
    return "".join(
        f"{one.name}=={one.version} \\\n    "
        + " ".join(f"--hash=sha256:{digest}" for digest in sorted(one.hashes))
        + "\n"
        for one in packages
    )


# ── wheels ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def download(packages: Sequence[Pinned], target: Target, python: str, folder: Path) -> None:
    """Fetch the wheels of some packages, and look at each.

    Raises:
        BundleFault: a package has no wheel for the platform, or what came is not what the lock says.
    """
    folder.mkdir(parents=True)
    lock = folder.parent / "plain.lock"
    lock.write_text(plain_lock(packages), encoding="utf-8")
    abi = f"cp{python.replace('.', '')}"
    chosen = [f"--platform={tag}" for tag in target.tags] + [f"--abi={one}" for one in (abi, "abi3", "none")]
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "download", "--quiet", "--no-deps"]
    command += ["--only-binary=:all:", "--require-hashes", f"--python-version={python}", "--implementation=cp", *chosen]
    done = subprocess.run(
        [*command, "-d", str(folder), "-r", str(lock)], check=False, text=True, stderr=subprocess.PIPE
    )
    lock.unlink()
    if done.returncode:
        raise BundleFault(f"not every package has a wheel for {target.name}:\n{done.stderr.strip()}")
    check_wheels(packages, folder)


def check_wheels(packages: Sequence[Pinned], folder: Path) -> None:
    """That a folder holds one wheel of each package, no other, and each as the lock says.

    Raises:
        BundleFault: it does not.
    """
    left = {path.name: path for path in folder.iterdir()}
    for one in packages:
        begin = f"{one.name.replace('-', '_').replace('.', '_')}-{one.version}-".lower()
        mine = [
            path for name, path in left.items() if name.lower().replace(".", "_").startswith(begin.replace(".", "_"))
        ]
        if len(mine) != 1 or mine[0].suffix != ".whl":
            raise BundleFault(f"{one.name} {one.version}: {len(mine)} wheels, not one")
        if digest_of(mine[0]) not in one.hashes:
            raise BundleFault(f"{mine[0].name} is not what the lock says")
        del left[mine[0].name]
    if left:
        raise BundleFault(f"wheels that no package of the lock wants: {', '.join(sorted(left))}")


def digest_of(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


# ── the folder and the file ────────────────────────────────────────────────────────────────────────────────────────


def copy_source(folder: Path, *, is_working_tree: bool) -> str:
    """The software as committed, or as it lies there; what it is called: a commit."""
    commit = _git("rev-parse", "--short=12", "HEAD").strip()
    if not is_working_tree:
        archive = subprocess.run(
            ["git", "archive", "--format=tar", "HEAD"], cwd=PROJECT_ROOT, check=True, stdout=subprocess.PIPE
        ).stdout
        with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
            tar.extractall(folder, members=[one for one in tar if not _is_left_out(one.name)], filter="data")
        return commit
    for name in filter(None, _git("ls-files", "-coz", "--exclude-standard").split("\0")):
        source, goal = PROJECT_ROOT / name, folder / name
        if not _is_left_out(name) and source.is_file():
            goal.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, goal)
    return f"{commit}+changes"


def _is_left_out(name: str) -> bool:
    return name.partition("/")[0] in LEFT_OUT


def _git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=PROJECT_ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout


def write_sums(folder: Path) -> None:
    """SHA256SUMS of everything in a folder, as sha256sum reads it."""
    lines = (f"{digest_of(path)}  {path.relative_to(folder).as_posix()}\n" for path in files_of(folder))
    text = "".join(lines)
    (folder / "SHA256SUMS").write_text(text, encoding="utf-8")


def files_of(folder: Path) -> Iterator[Path]:
    """Every file in a folder and below, in the order of their names."""
    yield from sorted(path for path in folder.rglob("*") if path.is_file())


def pack(folder: Path, file: Path, when: int) -> None:
    """A folder as one file: the same content gives the same bytes.

    Args:
        when: the time every file in it bears.
    """
    with (
        file.open("wb") as raw,
        gzip.GzipFile("", "wb", 6, raw, mtime=when) as packed,
        tarfile.open(fileobj=packed, mode="w|", format=tarfile.GNU_FORMAT) as tar,
    ):
        for path in files_of(folder):
            entry = tar.gettarinfo(path, f"{folder.name}/{path.relative_to(folder).as_posix()}")
            entry.uid = entry.gid = 0
            entry.uname = entry.gname = "root"
            entry.mtime = when
            entry.mode = 0o755 if path.suffix == ".sh" else 0o644
            with path.open("rb") as stream:
                tar.addfile(entry, stream)


def make(target: Target, python: str, out: Path, *, is_working_tree: bool = False) -> Path:
    """Make a bundle; the file. Its folder lies beside it.

    Raises:
        BundleFault: a package has no wheel for the platform, or what came is not what the lock says.
    """
    name = f"ecodash-{__version__}-{target.name}-py{python}"
    folder, file = out / name, out / f"{name}.tar.gz"
    shutil.rmtree(folder, ignore_errors=True)
    file.unlink(missing_ok=True)
    folder.mkdir(parents=True)
    try:
        commit = copy_source(folder, is_working_tree=is_working_tree)
        wanted = [
            one for one in read_lock((folder / "requirements.lock").read_text("utf-8")) if one.is_for(target, python)
        ]
        download(wanted, target, python, folder / "wheels")
        # pip itself, which a Python of Linux distributions may lack; its hash is in the lock for developers.
        dev = read_lock((PROJECT_ROOT / "requirements-dev.lock").read_text("utf-8"))
        download([one for one in dev if one.name == "pip"], target, python, folder / "pip")
        for one in OFFLINE.iterdir():
            shutil.copy2(one, folder / one.name)
        told = {"version": __version__, "commit": commit, "platform": target.name, "python": python}
        (folder / "VERSION").write_text("".join(f"{key}: {value}\n" for key, value in told.items()), encoding="utf-8")
        for script in folder.glob("*.sh"):
            script.chmod(0o755)
        write_sums(folder)
        pack(folder, file, int(_git("log", "-1", "--format=%ct")))
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        file.unlink(missing_ok=True)
        raise
    return file


def _own_platform() -> str:
    return "win_amd64" if sys.platform == "win32" else f"linux_{platform.machine()}"


def main(arguments: Sequence[str] | None = None) -> None:
    """Make bundles as the command line says."""
    reading = argparse.ArgumentParser(prog="python -m tools.bundle", description=__doc__)
    known = targets(28)
    reading.add_argument("--platform", action="append", choices=sorted(known), help="default: this machine's")
    reading.add_argument("--glibc", type=int, default=28, help="newest 2.x that wheels for Linux may want; default 28")
    reading.add_argument("--python", default="3.11", help="default 3.11")
    reading.add_argument("--out", type=Path, default=PROJECT_ROOT / "dist")
    reading.add_argument("--working-tree", action="store_true", help="files as they lie there, not as committed")
    chosen = reading.parse_args(arguments)
    for name in chosen.platform or [_own_platform()]:
        target = targets(chosen.glibc).get(name)
        if target is None:
            sys.exit(f"no bundle is made for {name}; --platform says which there are")
        try:
            file = make(target, chosen.python, chosen.out, is_working_tree=chosen.working_tree)
        except BundleFault as fault:
            sys.exit(f"{name}: {fault}")
        print(f"{file} ({file.stat().st_size / 1e6:.0f} MB)")


if __name__ == "__main__":
    main()
