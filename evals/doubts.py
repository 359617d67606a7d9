"""Which training labels a model that never saw them doubts most: `python -m evals.doubts OUT`.

The interviews are dealt into two halves; a reader is trained on each and reads the other. Where it gives the coder's
label little chance, the label is printed with its interview for somebody to judge again, without saying which of the
two values is the coder's.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch

from coach.reading.inputs import ANY_OF, HEADS, ONE_OF, TRAINING_CONTEXT_TOKENS, encode, head_slices
from evals.corpus import CodedInterview, load
from evals.train_reader import HERE, Example, examples, run, tokenizer_and_body, train

DOUBTED = 0.08
"""A label with less chance than this is doubted."""
JUDGED = ("openness", "frame", "leading", "uptake", "reflect", "tell", "multiple", "recast", "pitch", "view")


def doubts(logits: np.ndarray, turn: Example) -> Iterator[tuple[str, str, str, float]]:
    """(head, coder's value, model's value, chance of the coder's value) of each doubted label of one turn."""
    for name, part in head_slices().items():
        if name not in turn.targets:
            continue
        labels = HEADS[name]
        if name in ONE_OF:
            chances = np.exp(logits[part] - logits[part].max())
            chances /= chances.sum()
            said = str(turn.targets[name])
            chance = float(chances[labels.index(said)])
            if name in JUDGED and chance < DOUBTED:
                yield name, said, str(labels[int(chances.argmax())]), chance
        else:
            for label, logit in zip(ANY_OF[name], logits[part], strict=True):
                yes = label in turn.targets[name]  # type: ignore[operator]  # a set here
                chance = 1 / (1 + float(np.exp(-logit if yes else logit)))
                if label in JUDGED and chance < DOUBTED:
                    yield str(label), "yes" if yes else "no", "no" if yes else "yes", chance


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--seed", type=int, default=11)
    args = parser.parse_args()
    torch.set_num_threads(2)
    interviews = load(HERE / "train")
    random.Random(args.seed).shuffle(interviews)
    halves = interviews[::2], interviews[1::2]
    rng, tokenizer = random.Random(args.seed), tokenizer_and_body()[0]
    written: list[str] = []
    for unseen, seen in (halves, halves[::-1]):
        model = train(examples(seen), [], args.epochs, args.seed, 2e-4)
        for interview in unseen:
            written += _sheet(interview, model, tokenizer, rng)
    args.out.write_text("\n".join(written) + "\n", "utf-8")


def _sheet(interview: CodedInterview, model: torch.nn.Module, tokenizer: object, rng: random.Random) -> list[str]:
    turns = examples([interview])
    logits = run(model, [encode(tokenizer, t.context[-1:], t.text, TRAINING_CONTEXT_TOKENS) for t in turns])  # type: ignore[arg-type]  # tokenizers has no types
    lines, number = [f"## {interview.id}"], 0
    for coded, turn, row in zip(interview.turns, turns, logits, strict=True):
        if coded.reading is None:
            lines.append(f"C: {coded.utterance.text}")
            continue
        number += 1
        lines.append(f"I: {coded.utterance.text}")
        for name, said, read, chance in doubts(row, turn):
            pair = [said, read]
            rng.shuffle(pair)
            lines.append(f">> {interview.id}.{number} {name}: {pair[0]} or {pair[1]}  [{chance:.3f}]")
    return lines if any(line.startswith(">>") for line in lines) else []


if __name__ == "__main__":
    main()
