"""Groups questions that ask for the same, so that staff see what is missing and how often."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from knowledge.retrieval import embed_texts

Vector = npt.NDArray[np.float32]

# Two questions this like each other (cosine) ask for the same. Of eight questions in two wordings
# each, the two were between 0.80 and 0.98 alike, different ones at most 0.60.
LIKENESS_FLOOR = 0.77
# What is embedded within a second or so; the rest comes the next time the page is opened.
EMBEDDED_AT_ONCE = 200

_vectors: dict[int, Vector] = {}


@dataclass(frozen=True)
class Group:
    """The questions' keys, the newest first; the first one leads."""

    keys: tuple[int, ...]


def group_questions(
    texts: Mapping[int, str], embed: Callable[[Sequence[str]], Vector] = embed_texts
) -> tuple[list[Group], int]:
    """Group questions, the newest first given; also say how many are not grouped yet."""
    forget_all_but(texts)
    missing = [key for key in texts if key not in _vectors]
    now, later = missing[:EMBEDDED_AT_ONCE], missing[EMBEDDED_AT_ONCE:]
    if now:
        _vectors.update(zip(now, embed([texts[key] for key in now]), strict=True))
    known = {key: _vectors[key] for key in texts if key in _vectors}
    return group_alike(known, floor=LIKENESS_FLOOR), len(later)


def forget_all_but(texts: Mapping[int, str]) -> None:
    """What has been deleted is not kept here either."""
    for key in list(_vectors):
        if key not in texts:
            del _vectors[key]


def group_alike(vectors: Mapping[int, Vector], *, floor: float) -> list[Group]:
    """Put each into the group whose leader it is most like; the largest group first. Pure."""
    leaders: list[Vector] = []
    members: list[list[int]] = []
    for key, vector in vectors.items():
        likenesses = np.stack(leaders) @ vector if leaders else np.zeros(0)
        place = int(likenesses.argmax()) if leaders else -1
        if place >= 0 and likenesses[place] >= floor:
            members[place].append(key)
        else:
            leaders.append(vector)
            members.append([key])
    return sorted((Group(tuple(keys)) for keys in members), key=lambda group: -len(group.keys))
