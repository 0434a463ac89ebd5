"""Virtuoso 7, the server behind much of the linked data on the web: the Debian package virtuoso-opensource-7-bin."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from tests.benchmarks.peers import Data, Peer, binary, free_port

# Buffers as its own manual advises for some gigabytes of memory, memory of a query as Debian ships it; a query may give
# as many rows as it likes.
_CONFIG = """
[Database]
DatabaseFile = {directory}/virtuoso.db
ErrorLogFile = {directory}/virtuoso.log
LockFile = {directory}/virtuoso.lck
TransactionFile = {directory}/virtuoso.trx
xa_persistent_file = {directory}/virtuoso.pxa
[TempDatabase]
DatabaseFile = {directory}/temp.db
TransactionFile = {directory}/temp.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
ServerThreads = 100
NumberOfBuffers = {buffers}
MaxDirtyBuffers = {dirty}
MaxQueryMem = 2G
DirsAllowed = {data}, {directory}
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerThreads = 64
MaxKeepAlives = 100
KeepAliveTimeout = 60
[SPARQL]
ResultSetMaxRows = 100000000
"""


class Virtuoso(Peer):
    """Virtuoso over named graphs; without GRAPH it looks into all of them."""

    name = "virtuoso"

    def find(self) -> str:
        """See Peer."""
        self._binary, self._isql = binary("virtuoso-t"), binary("isql-vt")
        shown = subprocess.run([self._binary, "-?"], check=False, capture_output=True, text=True).stderr
        found = re.search(r"Version ([\d.]+)", shown)
        return found[1] if found else "7"

    def command(self, data: Data) -> list[str]:
        """See Peer."""
        self._sql = free_port()
        config = self._directory / "virtuoso.ini"
        buffers = 40_000 if data.quads < 1_000_000 else 170_000 if data.quads < 5_000_000 else 340_000
        config.write_text(
            _CONFIG.format(
                directory=self._directory.resolve(), data=data.path.parent.resolve(), sql=self._sql, http=self.port,
                buffers=buffers, dirty=buffers * 3 // 4,
            )
        )  # fmt: skip
        return [self._binary, "+foreground", "+configfile", str(config)]

    def fill(self, data: Data) -> None:
        """See Peer."""
        path = data.path.resolve()
        assert "'" not in str(path)
        self._run(f"ld_dir('{path.parent}', '{path.name}', 'urn:none');\nrdf_loader_run();\ncheckpoint;")
        failed = self._run("select ll_error from DB.DBA.load_list where ll_error is not null;")
        assert "0 Rows" in failed, failed

    def _run(self, commands: str) -> str:
        script = Path(self._directory / "commands.sql")
        script.write_text(commands)
        done = subprocess.run(
            [self._isql, f"127.0.0.1:{self._sql}", "dba", "dba", "ERRORS=STDOUT", str(script)],
            check=True,
            capture_output=True,
            text=True,
        )
        assert "*** Error" not in done.stdout, done.stdout
        return done.stdout
