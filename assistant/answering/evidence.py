"""The door to the knowledge: its functions, run beside the event loop in a bounded pool.

Embedding and searching take the processor for tens of milliseconds, and the database blocks;
neither may hold up the sockets of the other readers.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from typing import Any, NamedTuple, ParamSpec, Protocol, TypeVar
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt
from asgiref.sync import sync_to_async
from django.db import close_old_connections

from assistant.answering.weighing import Weigher
from knowledge.retrieval import RetiredDocument, Retrieval
from knowledge.types import DocumentKind, RankedPassage

THREADS = 4
REMEMBERED_TEXTS = 4000
REMEMBERED_LOOK_UPS = 500
REMEMBERED_WEIGHERS = 4

Vector = npt.NDArray[np.float32]

P = ParamSpec("P")
T = TypeVar("T")

_pool = ThreadPoolExecutor(max_workers=THREADS, thread_name_prefix="answering")


class Knowledge(Protocol):
    """What answering needs of knowledge.retrieval; tests pass a fake."""

    def retrieve(
        self,
        question: str,
        *,
        limit: int = 12,
        as_of: date | None = None,
        candidate: int | None = None,
        vector: Vector | None = None,
        kinds: Sequence[DocumentKind] | None = None,
    ) -> Retrieval: ...

    def retrieve_each(
        self,
        question: str,
        *,
        limits: Mapping[DocumentKind, int],
        as_of: date | None = None,
        candidate: int | None = None,
        vector: Vector | None = None,
    ) -> Retrieval: ...

    def find_retired(
        self,
        question: str,
        *,
        live_since: datetime | None = None,
        vector: Vector | None = None,
    ) -> RetiredDocument | None: ...

    def mend_question(self, text: str) -> str: ...

    def list_briefings(
        self, *, as_of: date | None = None, candidate: int | None = None
    ) -> Sequence[RankedPassage]: ...

    def find_first_day(self) -> date | None: ...

    def embed_question(self, text: str) -> Vector: ...

    def embed_texts(self, texts: list[str]) -> Vector: ...


def run_beside(function: Callable[P, T]) -> Callable[P, Awaitable[T]]:
    """Make a blocking function awaitable, in the pool, with a database connection that works."""

    def with_fresh_connection(*args: P.args, **kwargs: P.kwargs) -> T:
        close_old_connections()
        try:
            return function(*args, **kwargs)
        finally:
            close_old_connections()

    awaitable: Any = sync_to_async(with_fresh_connection, thread_sensitive=False, executor=_pool)
    result: Callable[P, Awaitable[T]] = awaitable
    return result


class RememberedTexts:
    """Remembers the embeddings of texts that are compared with many questions."""

    def __init__(self, *, limit: int = REMEMBERED_TEXTS) -> None:
        self._limit = limit
        self._vectors: OrderedDict[str, Vector] = OrderedDict()
        self._lock = threading.Lock()

    def embed(self, texts: Sequence[str], knowledge: Knowledge) -> Vector:
        """Return one row for each text."""
        with self._lock:
            known = {text: self._vectors[text] for text in texts if text in self._vectors}
        missing = [text for text in dict.fromkeys(texts) if text not in known]
        if missing:
            known.update(zip(missing, knowledge.embed_texts(missing), strict=True))
        with self._lock:
            for text, vector in known.items():
                self._vectors[text] = vector
                self._vectors.move_to_end(text)
            while len(self._vectors) > self._limit:
                self._vectors.popitem(last=False)
        return np.stack([known[text] for text in texts])


_remembered: WeakKeyDictionary[Knowledge, RememberedTexts] = WeakKeyDictionary()


def embed_remembered(texts: Sequence[str], knowledge: Knowledge) -> Vector:
    """Embed texts that come again and again: examples, briefings, rules."""
    return _remembered.setdefault(knowledge, RememberedTexts()).embed(texts, knowledge)


class LookedUp(NamedTuple):
    """What was looked up, in which state of the knowledge: the same gives the same passages."""

    words: str
    kind: DocumentKind
    limit: int
    as_of: date | None
    live_since: datetime | None
    candidate: int | None = None


class RememberedPassages:
    """Remembers what was found for words that answers look up again and again."""

    def __init__(self, *, limit: int = REMEMBERED_LOOK_UPS) -> None:
        self._limit = limit
        self._found: OrderedDict[LookedUp, tuple[RankedPassage, ...]] = OrderedDict()
        self._lock = threading.Lock()

    def look_up(self, asked: LookedUp, knowledge: Knowledge) -> tuple[RankedPassage, ...]:
        with self._lock:
            found = self._found.get(asked)
        if found is None:
            found = knowledge.retrieve(
                asked.words,
                limit=asked.limit,
                as_of=asked.as_of,
                candidate=asked.candidate,
                kinds=(asked.kind,),
            ).passages
        with self._lock:
            self._found[asked] = found
            self._found.move_to_end(asked)
            while len(self._found) > self._limit:
                self._found.popitem(last=False)
        return found


_looked_up: WeakKeyDictionary[Knowledge, RememberedPassages] = WeakKeyDictionary()


def look_up_remembered(asked: LookedUp, knowledge: Knowledge) -> tuple[RankedPassage, ...]:
    """Find passages for words that come again and again: the pilot's end, a briefing's support."""
    return _looked_up.setdefault(knowledge, RememberedPassages()).look_up(asked, knowledge)


def make_look_up(
    knowledge: Knowledge, as_of: date | None, live_since: datetime | None, candidate: int | None
) -> Callable[[str, DocumentKind, int], Sequence[RankedPassage]]:
    """Search for other words than the question's, in the same state of the knowledge."""

    def look_up(words: str, kind: DocumentKind, limit: int) -> Sequence[RankedPassage]:
        return look_up_remembered(
            LookedUp(words, kind, limit, as_of, live_since, candidate), knowledge
        )

    return look_up


# One for each state of the knowledge that is asked: of now, of a day, of a candidate.
State = tuple[date | None, datetime | None, int | None]


class RememberedWeighers:
    """Remembers what is known of all briefings; to learn it takes a good part of a second."""

    def __init__(self, *, limit: int = REMEMBERED_WEIGHERS) -> None:
        self._limit = limit
        self._weighers: OrderedDict[State, Weigher] = OrderedDict()
        # Held while one is made: no two threads make the same.
        self._lock = threading.Lock()

    def get(self, state: State, knowledge: Knowledge) -> Weigher:
        with self._lock:
            if state not in self._weighers:
                as_of, _, candidate = state
                briefings = knowledge.list_briefings(as_of=as_of, candidate=candidate)
                self._weighers[state] = Weigher(briefings, knowledge.embed_texts)
            self._weighers.move_to_end(state)
            while len(self._weighers) > self._limit:
                self._weighers.popitem(last=False)
            return self._weighers[state]


_weighers: WeakKeyDictionary[Knowledge, RememberedWeighers] = WeakKeyDictionary()


def get_weigher(
    knowledge: Knowledge,
    *,
    as_of: date | None,
    live_since: datetime | None,
    candidate: int | None = None,
) -> Weigher:
    """What weighs the briefings that are live in this state of the knowledge."""
    remembered = _weighers.setdefault(knowledge, RememberedWeighers())
    return remembered.get((as_of, live_since, candidate), knowledge)
