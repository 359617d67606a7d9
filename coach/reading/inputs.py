"""What the sentence model is shown of a turn: the customer's last answer (and a little before it), then the turn.

Training and reading build their inputs here, so that the model meets at work what it met at school.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from tokenizers import Tokenizer

from coach.domain.reading import (
    Fault,
    Frame,
    Function,
    Leading,
    LeadingKind,
    Move,
    Openness,
    Speaker,
    Tell,
    Utterance,
)

CONTEXT_TOKENS = 48
"""Of what was said before, so many tokens are read. Training shows more, so that the model learns where to look; in reading
more brings nothing that could be measured, and takes a fifth longer."""
TRAINING_CONTEXT_TOKENS = 64
TURN_TOKENS = 96

ONE_OF: dict[str, tuple[str, ...]] = {
    "openness": tuple(Openness),
    "frame": tuple(Frame),
    "leading": tuple(Leading),
    "leading_kind": tuple(LeadingKind),
    "uptake": ("0", "1", "2"),
}
"""Labels of which exactly one holds."""

ANY_OF: dict[str, tuple[str, ...]] = {
    "function": tuple(Function),
    "moves": tuple(Move),
    "faults": tuple(Fault),
    "tell": tuple(Tell),
    "customer": ("generalisation", "cue", "off_topic"),
    "address": ("machine",),
}
"""Sets of labels. `address`: whether the words are meant for the machine behind a simulated customer."""

HEADS: dict[str, tuple[str, ...]] = ONE_OF | ANY_OF


def head_slices() -> dict[str, slice]:
    """Where each head's logits lie in the model's one row of output."""
    at, out = 0, {}
    for name, labels in HEADS.items():
        out[name] = slice(at, at + len(labels))
        at += len(labels)
    return out


def context_text(context: Sequence[Utterance]) -> str:
    """The last customer turn; before it, shortened from the left by the tokenizer, what led there."""
    return " / ".join(u.text.strip() for u in context[-3:] if u.text.strip())


class Encoded(NamedTuple):
    ids: list[int]
    types: list[int]


def encode(
    tokenizer: Tokenizer, context: Sequence[Utterance], text: str, context_tokens: int = CONTEXT_TOKENS
) -> Encoded:
    """Token ids and segment ids of `[CLS] context [SEP] turn [SEP]`. The ends of long texts are kept."""
    before = tokenizer.encode(context_text(context), add_special_tokens=False).ids[-context_tokens:]
    turn = tokenizer.encode(text, add_special_tokens=False).ids[-TURN_TOKENS:]
    cls, sep = tokenizer.encode("").ids[:2]  # the two marks that stand around any text
    first = [cls, *before, sep]
    second = [*turn, sep]
    return Encoded(first + second, [0] * len(first) + [1] * len(second))


def batch(rows: Sequence[Encoded]) -> dict[str, np.ndarray]:
    """Padded int64 arrays of shape (rows, longest), named as the model's inputs."""
    longest = max(len(r.ids) for r in rows)
    ids, types, mask = (np.zeros((len(rows), longest), dtype=np.int64) for _ in range(3))
    for i, row in enumerate(rows):
        ids[i, : len(row.ids)] = row.ids
        types[i, : len(row.types)] = row.types
        mask[i, : len(row.ids)] = 1
    return {"input_ids": ids, "token_type_ids": types, "attention_mask": mask}


def customer_turn(text: str) -> tuple[tuple[Utterance, ...], str]:
    """A customer's turn is read alone."""
    return (), text


def says(speaker: Speaker, text: str) -> Utterance:
    """Short for an utterance."""
    return Utterance(speaker=speaker, text=text)
