"""The reader: a turn and what came before it, to the codebook's labels.

One small sentence model, trained on turns written for this project (`evals/train_reader.py`), gives every label at
once with a calibrated confidence. A rule decides alone only where it restates the codebook's own arithmetic: an empty
turn, a nudge of at most four words, more than 45 words before the ask.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from coach.domain.reading import (
    CustomerReading,
    Fault,
    Frame,
    Function,
    Leading,
    LeadingKind,
    Move,
    Openness,
    QuestionReading,
    Tell,
    Utterance,
)
from coach.embeddings import open_model
from coach.reading.asks import effective_ask, sentences, words_before
from coach.reading.inputs import ANY_OF, ONE_OF, Encoded, batch, customer_turn, encode, head_slices
from coach.reading.marks import MARKS, words_for
from coach.words import words

MODEL = Path(__file__).parent / "model"
LONG_WORDS = 45
"""Words before the ask that make a turn long (codebook, faults)."""
BACKCHANNEL_WORDS = 4

_NUDGES = frozenset(
    "mm hm hmm mhm mmhm uh huh aha ah oh ok okay right yeah yes yep yup sure i see gotcha wow really go on interesting"
    " cool got it ha understood alright".split()
)
Array = NDArray[np.float32]


class QuestionReader(Protocol):
    """Reads one interviewer's turn. `version` names the reader in every score that rests on it."""

    version: str

    def read(self, text: str, context: Sequence[Utterance]) -> QuestionReading: ...


class BatchReader(QuestionReader, Protocol):
    """Reads many turns at once, and customers' turns: what an eval measures."""

    def read_many(self, turns: Sequence[tuple[str, Sequence[Utterance]]]) -> list[QuestionReading]: ...

    def read_customer(self, text: str) -> CustomerReading: ...


class OfflineReader:
    """The reader that needs no network. The same turn and context give the same reading."""

    def __init__(self, folder: Path = MODEL) -> None:
        self._folder = folder
        self._session = open_model(folder / "reader.onnx")
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._calibration = json.loads((folder / "calibration.json").read_text("utf-8"))
        self._slices = head_slices()
        self.version = f"offline-{self._calibration.get('version', '0')}"

    def read(self, text: str, context: Sequence[Utterance]) -> QuestionReading:
        """The labels of one turn; `context` is what was said before it, oldest first."""
        return self.read_many([(text, context)])[0]

    def read_many(self, turns: Sequence[tuple[str, Sequence[Utterance]]]) -> list[QuestionReading]:
        """The readings of many turns, in order: the same as one by one, in less time."""
        rows = self._logits([encode(self._tokenizer, context, text) for text, context in turns])
        return [self._reading(text, row) for (text, _), row in zip(turns, rows, strict=True)]

    def read_customer(self, text: str) -> CustomerReading:
        """The flags of a customer's turn, each with the sentence that shows it most."""
        if not text.strip():
            return CustomerReading()
        flags = self._flags(text)
        parts = sentences(text)
        evidence: dict[str, str] = {}
        if flags and len(parts) > 1:
            rows = self._logits([encode(self._tokenizer, *customer_turn(p)) for p in parts])
            logits = rows[:, self._slices["customer"]]
            for name in flags:
                evidence[name] = parts[int(logits[:, ANY_OF["customer"].index(name)].argmax())]
        return CustomerReading(
            generalisation="generalisation" in flags,
            cue="cue" in flags,
            off_topic="off_topic" in flags,
            evidence=evidence or {name: text.strip() for name in flags},
        )

    def _flags(self, text: str) -> set[str]:
        row = self._logits([encode(self._tokenizer, *customer_turn(text))])[0]
        return set(self._any_of("customer", row)[0])

    def _logits(self, rows: Sequence[Encoded]) -> Array:
        """One row of logits for each input, in order. Each is run alone: an int8 model scales its numbers by all that it is
        given at once, and a turn must not be read differently for the company it is in."""
        if len(rows) == 1:
            return self._run(self._session, rows[0])
        with ThreadPoolExecutor(2) as pool:
            out = list(pool.map(lambda row: self._run(self._side_by_side, row), rows))
        return np.concatenate(out) if out else np.zeros((0, 0), dtype=np.float32)

    @cached_property
    def _side_by_side(self) -> object:
        """For many turns: two at a time, each on one thread, which is faster than one at a time on two."""
        return open_model(self._folder / "reader.onnx", threads=1)

    @staticmethod
    def _run(session: object, row: Encoded) -> Array:
        logits: Array = session.run(None, batch([row]))[0]  # type: ignore[attr-defined]  # onnxruntime has no types
        return logits

    def _one_of(self, name: str, row: Array) -> tuple[str, float, Array]:
        z = row[self._slices[name]] / self._calibration[name]["temperature"]
        p = np.exp(z - z.max())
        p /= p.sum()
        return ONE_OF[name][int(p.argmax())], float(p.max()), p

    def _degree(self, chances: Array) -> tuple[str, float]:
        """Leading or not by its own threshold, then how much; certainty by distance from the threshold."""
        leads, threshold = 1 - float(chances[0]), float(self._calibration["leading"]["threshold"])
        if leads < threshold:
            return Leading.NONE, 0.5 + 0.5 * (threshold - leads) / threshold
        degree = Leading.MILD if chances[1] >= chances[2] else Leading.STRONG
        return degree, 0.5 + 0.5 * (leads - threshold) / (1 - threshold)

    def _level(self, chances: Array) -> str:
        """Uptake is a scale: the expected value, cut where that agrees best with people."""
        low, high = self._calibration["uptake"]["cuts"]
        expected = uptake_strength(chances)
        return "0" if expected < low else "1" if expected < high else "2"

    def _any_of(self, name: str, row: Array) -> tuple[list[str], float]:
        p = 1 / (1 + np.exp(-row[self._slices[name]]))
        thresholds = self._calibration[name]["thresholds"]
        chosen = [label for label, v in zip(ANY_OF[name], p, strict=True) if v >= thresholds[label]]
        # Certainty by distance from the label's own threshold, so that 0.5 means a toss-up.
        sure = [
            0.5 + 0.5 * (v - t) / (1 - t) if v >= t else 0.5 + 0.5 * (t - v) / t
            for v, t in ((float(v), thresholds[label]) for label, v in zip(ANY_OF[name], p, strict=True))
        ]
        return chosen, min(sure)

    def _reading(self, text: str, row: Array) -> QuestionReading:
        said = words(text)
        if not said:
            return QuestionReading(confidence=dict.fromkeys((*ONE_OF, *ANY_OF), 1.0))
        if len(said) <= BACKCHANNEL_WORDS and "?" not in text and all(w in _NUDGES for w in said):
            return QuestionReading(
                function=(Function.BACKCHANNEL,),
                uptake=2,
                confidence={"function": 1.0, "openness": 1.0, "frame": 1.0},
                evidence={"backchannel": text.strip()},
            )
        confidence: dict[str, float] = {}
        one: dict[str, str] = {}
        chances: dict[str, Array] = {}
        for name in ONE_OF:
            one[name], confidence[name], chances[name] = self._one_of(name, row)
        one["leading"], confidence["leading"] = self._degree(chances["leading"])
        one["uptake"] = self._level(chances["uptake"])
        confidence["uptake"] = float(chances["uptake"][int(one["uptake"])])
        sets: dict[str, list[str]] = {}
        for name in ("function", "moves", "faults", "tell"):
            sets[name], confidence[name] = self._any_of(name, row)

        openness = Openness(one["openness"])
        asks = openness is not Openness.NONE
        frame = Frame(one["frame"])
        if asks and frame is Frame.NONE:
            frame = Frame(_best(chances["frame"], "frame", but="none"))
        functions = set(sets["function"]) - {"ask"} | ({"ask"} if asks else set())
        if sets["tell"]:
            functions.add("tell")
        elif "tell" in functions:
            z = row[self._slices["tell"]]
            sets["tell"] = [ANY_OF["tell"][int(z.argmax())]]
        if not functions and not sets["tell"]:
            confidence["function"] = min(confidence["function"], 0.5)
        if one["uptake"] == "2" and not MARKS["opener"].search(text):
            # A follow-up that names no other time goes on with the story that is open.
            sets["moves"] = [m for m in sets["moves"] if m != "opener"]
        leading = Leading(one["leading"])
        kind = LeadingKind.NONE
        if leading is not Leading.NONE:
            kind = LeadingKind(_best(chances["leading_kind"], "leading_kind", but="none"))
        ask = effective_ask(text) if asks else ""
        if asks:
            sets["faults"] = [f for f in sets["faults"] if f != "long"]
            if words_before(text, ask) > LONG_WORDS:
                sets["faults"].append("long")

        labels: dict[str, str] = {}
        shown = [
            *(x for x in functions if x not in ("ask", "tell")),
            *sets["moves"],
            *sets["faults"],
            *sets["tell"],
            *([openness.value, frame.value] if asks else []),
        ]
        for label in shown:
            labels[label] = words_for(label, text, ask)
        if leading is not Leading.NONE:
            labels[leading.value] = words_for(kind.value, text, ask)
        return QuestionReading(
            function=tuple(f for f in Function if f in functions),
            openness=openness,
            frame=frame if asks else Frame.NONE,
            leading=leading,
            leading_kind=kind,
            moves=tuple(m for m in Move if m in sets["moves"]),
            uptake=int(one["uptake"]),
            faults=tuple(f for f in Fault if f in sets["faults"]),
            tell=tuple(t for t in Tell if t in sets["tell"]),
            confidence={k: round(v, 3) for k, v in confidence.items()},
            evidence=labels,
            effective_ask=ask,
            to_machine=bool(self._any_of("address", row)[0]),
        )


def uptake_strength(chances: Array) -> float:
    """How far a turn takes up what was said, 0..2: the expected uptake."""
    return float(chances[1] + 2 * chances[2])


def _best(chances: Array, name: str, but: str) -> str:
    """The likeliest label of a head, leaving one out."""
    labels = ONE_OF[name]
    return labels[max((i for i in range(len(labels)) if labels[i] != but), key=lambda i: chances[i])]
