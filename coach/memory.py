"""The memory: every finding, embedded in Chroma, to be found again by meaning.

The record is the truth; the memory can be lost, damaged or away at any time. Findings reach it through the record's
outbox and are rebuilt from it. An embedded store is locked against a second process and probed in a child process
before it is opened, for a damaged one can take its reader down with it.
"""

from __future__ import annotations

import fcntl
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from coach import settings
from coach.domain.finding import Finding
from coach.embeddings import SIZE, Embedder
from coach.errors import MemoryUnavailable
from coach.record import Pending, Record

COLLECTION = "findings"
SAME_KIND_ENOUGH = 0.35
"""The cosine from which an earlier finding of the same kind is “this again” [J]."""
PROBE_SECONDS = 60
SERVER_SECONDS = 10
"""So long a Chroma server may take for one answer."""
BATCH = 20
"""Small writes: a kill during a large one can wedge a collection of Chroma's."""

_PROBE = """
import sys
from coach.settings import quieten_libraries
quieten_libraries()
import chromadb
from chromadb.config import Settings
client = chromadb.PersistentClient(sys.argv[1], settings=Settings(anonymized_telemetry=False))
for found in client.list_collections():
    collection = client.get_collection(found.name, embedding_function=None)
    if collection.count():
        collection.get(limit=1)
        collection.query(query_embeddings=[[0.05] * int(sys.argv[2])], n_results=collection.count())
"""


class Met(NamedTuple):
    """An earlier occurrence: the turn that was said then, and when."""

    quote: str
    made: datetime
    interview_id: str
    turn: int
    nearness: float


class Memory:
    """Findings by meaning. Opened at the first use; every call raises MemoryUnavailable when the store is away."""

    def __init__(self, embedder: Embedder, *, folder: Path | None = None, url: str | None = None) -> None:
        """Give a folder for the embedded store, or the URL of a Chroma server."""
        self._embedder, self._folder, self._url = embedder, folder, url
        self._client: Any = None
        self._collection: Any = None
        self._lock = threading.RLock()
        self._lock_file: Any = None

    @property
    def where(self) -> str:
        return _without_password(self._url) if self._url else str(self._folder)

    # -- use ------------------------------------------------------------------------------------------------------

    def add(self, pending: Sequence[Pending]) -> None:
        """Embeds and stores findings; one that is there already is replaced."""
        if not pending:
            return
        documents = [p.finding.document for p in pending]
        self._call(
            "upsert",
            ids=[p.id for p in pending],
            documents=documents,
            embeddings=self._embedder.embed(documents).tolist(),
            metadatas=[_metadata(p, self._embedder.name) for p in pending],
        )

    def forget(self, ids: Sequence[str]) -> None:
        """Deletes findings; one that is not there is no error."""
        if ids:
            self._call("delete", ids=list(ids))

    def met_before(self, person: str, interview_id: str, finding: Finding, before: datetime) -> Met | None:
        """The nearest earlier finding of the same kind, of the same person, in another interview; or None."""
        found = self._call(
            "query",
            query_embeddings=self._embedder.embed([finding.document]).tolist(),
            n_results=1,
            where={
                "$and": [
                    {"person": person},
                    {"kind": finding.kind},
                    {"interview_id": {"$ne": interview_id}},
                    {"made": {"$lt": before.timestamp()}},
                ]
            },
            include=["metadatas", "distances"],
        )
        if not found["ids"][0]:
            return None
        meta, nearness = found["metadatas"][0][0], 1 - found["distances"][0][0]
        if nearness < SAME_KIND_ENOUGH:
            return None
        made = datetime.fromisoformat(meta["made_iso"])
        return Met(meta["quote"], made, meta["interview_id"], meta["turn"], nearness)

    def count(self) -> int:
        """How many findings the memory holds."""
        return int(self._call("count"))

    def sync(self, record: Record) -> int:
        """Brings over what waits in the record's outbox. Returns how many findings came."""
        moved = 0
        with self._lock:
            while gone := record.to_forget():
                self.forget(gone)
                record.forgotten(gone)
            while waiting := record.pending(BATCH):
                self.add(waiting)
                record.remembered([p.id for p in waiting])
                moved += len(waiting)
        return moved

    def rebuild(self, record: Record) -> int:
        """Makes the memory anew from the record. A damaged or older store is moved aside, not deleted."""
        with self._lock:
            self.close()
            if self._folder is not None:
                self._take_lock()
                if self._folder.exists() and any(self._folder.iterdir()):
                    self._folder.rename(self._folder.with_name(f"{self._folder.name}.old-{time.time_ns()}"))
                self._open(probe=False)
            else:
                self._drop()
                self._open(probe=False)
            record.forget_memory()
            return self.sync(record)

    def close(self) -> None:
        """Lets go of the store and its lock. The next call opens it again."""
        with self._lock:
            self._collection = None
            if self._client is not None:
                for let_go in (*(s.close for s in _sessions(self._client)), self._client.close):
                    with suppress(Exception):  # whatever ails it, it is let go of
                        let_go()
                self._client = None
            if self._lock_file is not None:
                self._lock_file.close()
                self._lock_file = None

    # -- the store ------------------------------------------------------------------------------------------------

    def _call(self, name: str, **arguments: Any) -> Any:
        with self._lock:
            if self._collection is None:
                self._open()
            try:
                return getattr(self._collection, name)(**arguments)
            except Exception as e:
                # Chroma's errors share no base; whatever it was, the memory is away and the record is whole.
                self.close()
                raise MemoryUnavailable(f"The memory at {self.where} failed ({_short(e)}). {_REMEDY}") from e

    def _open(self, probe: bool = True) -> None:
        if self._folder is not None:
            self._take_lock()
            if probe and (self._folder / "chroma.sqlite3").exists():
                self._probe(self._folder)
        try:
            self._client = self._connect()
            self._collection = self._client.get_or_create_collection(
                COLLECTION, embedding_function=None, configuration={"hnsw": {"space": "cosine"}}
            )
        except MemoryUnavailable:
            raise
        except Exception as e:
            # As above: one sentence, whatever Chroma raises.
            self.close()
            raise MemoryUnavailable(f"The memory at {self.where} cannot be opened ({_short(e)}). {_REMEDY}") from e

    def _connect(self) -> Any:
        settings.quieten_libraries()
        import chromadb
        from chromadb.config import Settings

        quiet = Settings(anonymized_telemetry=False)
        if self._url:
            parts = urlsplit(self._url)
            secure = parts.scheme == "https"
            try:
                port = parts.port or (443 if secure else 8000)
            except ValueError:
                port = 0
            if not port or parts.scheme not in ("http", "https") or not parts.hostname:
                raise MemoryUnavailable(f"COACH_CHROMA_URL: {self.where!r} is no http address, as http://host:8000.")
            _knock(f"{parts.scheme}://{parts.netloc.rpartition('@')[2].partition(':')[0]}:{port}")
            client = chromadb.HttpClient(host=parts.hostname, port=port, ssl=secure, settings=quiet)
            # Chroma's client waits for ever by default.
            for session in _sessions(client):
                session.timeout = SERVER_SECONDS
            return client
        assert self._folder is not None  # the constructor's contract: a folder or a URL
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Chroma keeps one system per path and process; a folder that was moved aside must not be met again.
        from chromadb.api.shared_system_client import SharedSystemClient

        SharedSystemClient.clear_system_cache()
        return chromadb.PersistentClient(str(self._folder), settings=quiet)

    def _drop(self) -> None:
        with suppress(Exception):  # no such collection is what we want
            self._client = self._connect()
            self._client.delete_collection(COLLECTION)
        self.close()

    def _take_lock(self) -> None:
        assert self._folder is not None  # only the embedded store has a lock
        if self._lock_file is not None:
            return
        try:
            self._folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            file = (self._folder.parent / f"{self._folder.name}.lock").open("a+")
        except OSError as e:
            raise MemoryUnavailable(
                f"The memory at {self._folder} cannot be made ({e.strerror}); check COACH_DATA and its permissions."
            ) from e
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as e:
            file.close()
            raise MemoryUnavailable(
                f"The memory at {self._folder} is in use by another process; close that one, or give each its own"
                " COACH_DATA, or share a Chroma server by COACH_CHROMA_URL."
            ) from e
        self._lock_file = file

    def _probe(self, folder: Path) -> None:
        try:
            done = subprocess.run(
                [sys.executable, "-c", _PROBE, str(folder), str(SIZE)],
                capture_output=True,
                timeout=PROBE_SECONDS,
                check=False,
                env=settings.child_environment(),
            )
            code = done.returncode
        except subprocess.TimeoutExpired:
            code = -1
        if code != 0:
            self.close()
            raise MemoryUnavailable(f"The memory at {folder} is damaged. {_REMEDY}")


_REMEDY = "Interviews go on without it; `coach memory rebuild` makes it anew from the record."


def _without_password(url: str) -> str:
    """An address as it may be shown."""
    head, at, tail = url.rpartition("@")
    return f"{head.split('://')[0]}://…@{tail}" if at else url


def _sessions(client: Any) -> list[Any]:
    """The connections of a server's client, none of an embedded one; Chroma itself neither bounds nor closes them."""
    servers = (getattr(c, "_server", None) for c in (client, getattr(client, "_admin_client", None)))
    return [s._session for s in servers if s is not None and hasattr(s, "_session")]


def _knock(address: str) -> None:
    """Raises where nothing answers at the address within half the time that a server has."""
    with urllib.request.urlopen(f"{address}/api/v2/heartbeat", timeout=SERVER_SECONDS / 2) as answer:  # noqa: S310  # http and https alone come here
        answer.read(1000)


def _metadata(p: Pending, embedding: str) -> dict[str, str | int | float | bool]:
    return {
        "person": p.person,
        "interview_id": p.interview_id,
        "persona": p.persona_id,
        "turn": p.finding.turn,
        "kind": p.finding.kind,
        "skill": p.finding.skill.value,
        "strength": p.finding.strength,
        "quote": p.finding.quote,
        "made": p.made.timestamp(),
        "made_iso": p.made.isoformat(),
        "embedding": embedding,
    }


def _short(error: Exception) -> str:
    text = str(error).strip().splitlines()
    return text[0][:140] if text else type(error).__name__
