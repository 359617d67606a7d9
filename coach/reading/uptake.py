"""How strongly a turn takes up what was said before it, as one number: for ranking, not for grading.

Three things that can be seen without training: nearness in meaning, words of theirs said again, and having said anything
at all. Each is scaled to about the same spread in ordinary talk, and they count alike.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from coach.embeddings import Embedder
from coach.words import stem, words

NEARNESS = 4.0
"""Cosines of one talk's turns spread over a quarter of what the logarithms below do [J]."""


def strengths(embedder: Embedder, pairs: Sequence[tuple[str, str]]) -> list[float]:
    """The strength of each (what was said before, the turn); higher is stronger, the scale has no unit."""
    before = embedder.embed([b for b, _ in pairs])
    turns = embedder.embed([t for _, t in pairs])
    out = []
    for (earlier, turn), cosine in zip(pairs, (before * turns).sum(1), strict=True):
        theirs, mine = ({stem(w) for w in words(text)} for text in (earlier, turn))
        out.append(NEARNESS * float(cosine) + math.log1p(len(theirs & mine)) + math.log1p(len(words(turn))))
    return out
