"""How far a second coder agrees with the training data: `python -m evals.second_coding`.

`second_coding.txt` holds what somebody who saw no labels said of a random tenth of the first 443 training interviews.
"""

from __future__ import annotations

from pathlib import Path

from coach.domain.reading import CustomerReading
from coach.evaluation.cases import FLAGS, Case, CustomerCase, coded, flags, labels
from coach.evaluation.figures import Figure
from coach.evaluation.reading import measure, measure_customers
from coach.evaluation.report import table
from evals.corpus import load

HERE = Path(__file__).parent


def agreement() -> list[Figure]:
    """The kappa of each label between the first coding and the second."""
    again = coded(HERE / "second_coding.txt")
    asked, answered = [], []
    for interview in load(HERE / "train"):
        if f"{interview.id}.1" not in again:
            continue
        count = {True: 0, False: 0}
        for turn in interview.turns:
            ask = turn.reading is not None
            count[ask] += 1
            id_ = f"{interview.id}.{'' if ask else 'c'}{count[ask]}"
            text = turn.utterance.text
            if turn.reading is not None:
                asked.append((Case(id_, interview.id, (), text, (turn.reading,)), labels(again[id_])))
            else:
                first = CustomerReading(**{name: name in turn.flags for name in FLAGS.values()})
                answered.append((CustomerCase(id_, interview.id, text, first), flags(again[id_])))
    return [
        *measure([c for c, _ in asked], [r for _, r in asked]).figures,
        *measure_customers([c for c, _ in answered], [r for _, r in answered]),
    ]


def main() -> None:
    figures = agreement()
    for family in ("reading", "customer"):
        print(table([f for f in figures if f.family == family]), end="\n\n")


if __name__ == "__main__":
    main()
