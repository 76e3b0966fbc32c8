"""The network as files, which all processes of a machine map into their memory: one copy for all, written by whichever has the turn.

A version is a folder named by the log's stand, with an array a file. It appears whole, and is there until the next one; who still has it
mapped keeps it. Whoever comes when no other process is there removes what those before have left: a crash may have left half of it.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Mapping
from pathlib import Path
from tempfile import mkdtemp
from typing import Any
from weakref import finalize

import numpy as np
from numpy.typing import NDArray

from graph.analyses.kept.columns import Columns
from graph.analyses.kept.known import Known
from graph.analyses.kept.reading import Post
from graph.changes import Stand
from graph.locks import FileLock
from graph.network import Network

__all__ = ["Copies"]

_COLUMNS = ("a", "b", "out", "back", "level", "since")
_ROWS = ("indptr", "indices", "weights", "edges")
_POSTS = "posts.json"
_TURN = "turn.lock"


class Copies:
    """Those of one log, in a folder for the owner alone. OSError where that cannot be made, or used."""

    def __init__(self, folder: Path, log: str) -> None:
        folder.mkdir(0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        if alone := FileLock.exclusive(folder / "users.lock"):
            with alone:
                # What else somebody may keep in a folder of this name stays.
                for each in folder.glob(f"*/{_TURN}"):
                    shutil.rmtree(each.parent, ignore_errors=True)
        # Another one may be at the same for a moment.
        while not (used := FileLock.shared(folder / "users.lock")):
            time.sleep(0.001)
        finalize(self, used.close)
        self.log = log
        self._folder = folder / log
        self._folder.mkdir(exist_ok=True)
        self._last: Known | None = None
        # The ids seldom change: these are the last ones, as they are in the file.
        self._ids: NDArray[np.bytes_] = np.zeros(0, np.bytes_)
        self._place: Mapping[str, int] = {}

    def turn(self) -> FileLock | None:
        """The right to write the next version, until it is closed; None while another process has it."""
        return FileLock.exclusive(self._folder / _TURN)

    def newest(self) -> Known | None:
        """The newest version, mapped; None where there is none, or it is damaged."""
        while versions := self._versions():
            stand = max(versions)
            try:
                return self._read(stand, versions[stand])
            except (FileNotFoundError, ValueError, TypeError, EOFError):
                # Unless the next one has just taken its place.
                if self.stand() == stand:
                    break
        return None

    def stand(self) -> Stand | None:
        """That of the newest version."""
        return max(self._versions(), default=None)

    def written(self, known: Known) -> Known:
        """The same as a copy, which is the newest version from now on. Only for who has the turn."""
        self._write(known)
        return self.newest() or known

    def clear(self) -> None:
        """Removes all versions: they are not of this log."""
        for version in self._versions().values():
            shutil.rmtree(version, ignore_errors=True)

    def _write(self, known: Known) -> None:
        # Whoever had the turn before may have been killed.
        for left in self._folder.glob("draft-*"):
            shutil.rmtree(left, ignore_errors=True)
        draft, older = Path(mkdtemp(prefix="draft-", dir=self._folder)), self._versions()
        # One that is damaged.
        shutil.rmtree(older.pop(known.stand, draft / "none"), ignore_errors=True)
        try:
            (draft / _POSTS).write_text(json.dumps(known.posts))
            version = self._folder / f"{known.stand.rebuilt}-{known.stand.number}"
            if self._last and known.columns is self._last.columns and (same := older.pop(self._last.stand, None)):
                # The log has grown by what changes nobody's acquaintances.
                (draft / _POSTS).replace(same / _POSTS)
                same.rename(version)
            else:
                self._save(known, draft)
                draft.rename(version)
        finally:
            for each in (draft, *older.values()):
                shutil.rmtree(each, ignore_errors=True)

    def _save(self, known: Known, folder: Path) -> None:
        np.save(folder / "ids", self._named(known.place))
        for name in _COLUMNS:
            np.save(folder / name, getattr(known.columns, name))
        for name in _ROWS:
            np.save(folder / name, getattr(known.network, name))

    def _versions(self) -> dict[Stand, Path]:
        names = [name.split("-") for name in os.listdir(self._folder)]
        return {Stand(int(name[0]), int(name[1]), self.log): self._folder / "-".join(name) for name in names if name[0].isdigit()}

    def _read(self, stand: Stand, version: Path) -> Known:
        place = self._placed(_mapped(version / "ids.npy"))
        columns = Columns(place, *(_mapped(version / f"{name}.npy") for name in _COLUMNS))
        indptr, indices, weights, edges = (_mapped(version / f"{name}.npy") for name in _ROWS)
        posts = tuple(Post(*post) for post in json.loads((version / _POSTS).read_text()))
        self._last = Known(stand, columns, posts, Network(tuple(place), indptr, indices, weights, edges))
        return self._last

    def _placed(self, ids: NDArray[np.bytes_]) -> Mapping[str, int]:
        if not np.array_equal(ids, self._ids):
            self._ids, self._place = ids, {id.decode(): place for place, id in enumerate(ids.tolist())}
        return self._place

    def _named(self, place: Mapping[str, int]) -> NDArray[np.bytes_]:
        if place is not self._place:
            self._ids, self._place = np.array([id.encode() for id in place], np.bytes_), place
        return self._ids


def _mapped(file: Path) -> NDArray[Any]:
    # As if it could be written, though nobody does: for arrays that cannot, kernels would be compiled a second time.
    return np.asarray(np.load(file, mmap_mode="c"))
