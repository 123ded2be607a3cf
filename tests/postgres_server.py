"""A real PostgreSQL for tests, started from the programs that `make postgres` finds."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import pytest
import sqlalchemy as sa

PATIENCE_S = 60


class PostgresServer:
    """A server in a folder of its own, on a socket there. As root it runs as another user."""

    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="qw-pg-"))  # a socket's path must be short
        self.user = None
        if os.getuid() == 0:  # which the server refuses
            known = {entry.pw_name for entry in pwd.getpwall()}
            self.user = "postgres" if "postgres" in known else "nobody"
            shutil.chown(self.folder, self.user)
        made = ["-D", "data", "-U", "quotewell", "-A", "trust", "-E", "UTF8", "--no-sync"]
        self.run("initdb", *made).wait(PATIENCE_S)
        self.start()

    @staticmethod
    def programs():
        places = [Path(os.environ.get("QUOTEWELL_POSTGRES", "/nowhere"))]
        places += [Path(found).resolve().parent for found in [shutil.which("initdb")] if found]
        places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
        for place in places:
            if (place / "initdb").exists() and (place / "postgres").exists():
                return place
        raise RuntimeError("no PostgreSQL; type: make postgres")

    def run(self, program, *words):
        with (self.folder / "log").open("ab") as log:
            return subprocess.Popen(
                [self.programs() / program, *words],
                cwd=self.folder,
                user=self.user,
                env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
                stdout=log,
                stderr=log,
            )

    def start(self):
        options = ["-c", "listen_addresses=", "-c", "fsync=off", "-c", "shared_buffers=32MB"]
        self.server = self.run("postgres", "-D", "data", "-k", str(self.folder), *options)
        until = time.monotonic() + PATIENCE_S
        while True:
            try:
                return self.ask("SELECT 1")
            except sa.exc.OperationalError:
                if time.monotonic() > until or self.server.poll() is not None:
                    pytest.fail((self.folder / "log").read_text())
                time.sleep(0.05)

    def stop(self):
        self.server.send_signal(signal.SIGQUIT)  # at once, every connection cut
        self.server.wait(PATIENCE_S)

    def address(self, database="postgres"):
        return f"postgresql://quotewell@/{database}?host={self.folder}"

    def new_database(self):
        name = f"ledger_{time.monotonic_ns()}"
        self.ask(f"CREATE DATABASE {name}")
        return self.address(name)

    def ask(self, command):
        url = sa.make_url(self.address()).set(drivername="postgresql+psycopg")
        engine = sa.create_engine(url, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(sa.text(command))


@pytest.fixture(scope="module")
def server():
    """A server for the tests of one file."""
    server = PostgresServer()
    yield server
    server.stop()
    shutil.rmtree(server.folder)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request):
    """Where a new ledger or library is: in its home, or in a database of the server."""
    if request.param == "sqlite":
        return ""
    return request.getfixturevalue("server").new_database()
