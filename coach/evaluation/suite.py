"""The whole eval: reading, disclosure, scoring, repeatability, against thresholds and a baseline.

The data folder (`evals/` of the repository) holds `gold/`, `disclosure/`, `ladder.yaml`, `paraphrases.yaml`,
`thresholds.yaml` and `baseline.jsonl`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import yaml

from coach.domain.persona import Persona
from coach.domain.reading import QuestionReading
from coach.errors import InputError
from coach.evaluation import disclosure, scoring
from coach.evaluation.cases import Case, Split, from_jsonl, gold
from coach.evaluation.figures import Figure, Run
from coach.evaluation.reading import Agreement, measure, measure_customers
from coach.reading.reader import BatchReader
from coach.threads import Linker

BASELINE = "baseline.jsonl"
LABELS = {"function", "openness", "frame", "leading", "leading_kind", "moves", "uptake", "faults", "tell"}
Progress = Callable[[str], None]


def read_cases(reader: BatchReader, cases: Sequence[Case]) -> list[QuestionReading]:
    return reader.read_many([(c.text, c.context) for c in cases])


def on_file(reader: BatchReader, path: Path) -> Run:
    """The reader's agreement with the coders of a file of JSON lines. Raises InputError."""
    cases = from_jsonl(path)
    return _run(reader.version, path.name, measure(cases, read_cases(reader, cases)), [], {})


def on_suite(
    reader: BatchReader,
    linker: Linker,
    personas: Mapping[str, Persona],
    folder: Path,
    split: Split = Split.DEV,
    progress: Progress = lambda _: None,
) -> Run:
    """The whole suite on the data of `folder`; gold turns of one split. Raises InputError that names what is missing."""
    if not (folder / "thresholds.yaml").is_file():
        raise InputError(
            f"{folder} holds no eval suite; run `coach eval` in the project's folder or name one with --suite."
        )
    progress("Reading the gold interviews")
    asked, answered = gold(folder / "gold", split)
    agreement = measure(asked, read_cases(reader, asked), baseline(folder / BASELINE))
    others = measure_customers(answered, [reader.read_customer(c.text) for c in answered])
    progress("Trying what the customers keep")
    others += disclosure.measure(reader, linker, personas, folder / "disclosure")
    progress("Climbing the ladder of trainees")
    others += scoring.measure(reader, linker, personas, folder)
    thresholds: dict[str, dict[str, float]] = yaml.safe_load((folder / "thresholds.yaml").read_text("utf-8"))
    unknown = {f"{k}: {n}" for k, names in thresholds.items() for n in names if k != "wordings"} - {
        f.key for f in (*agreement.figures, *others)
    }
    if unknown:
        raise InputError(f"thresholds.yaml gates what was not measured: {', '.join(sorted(unknown))}.")
    return _run(reader.version, f"gold, {split}", agreement, others, thresholds if split is Split.DEV else {})


def _run(
    reader: str,
    data: str,
    agreement: Agreement,
    others: Sequence[Figure],
    thresholds: Mapping[str, Mapping[str, float]],
) -> Run:
    figures = tuple(
        replace(f, threshold=thresholds.get(f.family, {}).get(f.name)) for f in (*agreement.figures, *others)
    )
    return Run(reader, data, figures, agreement.confusions, agreement.mistakes, agreement.reliability)


# -- the baseline ---------------------------------------------------------------------------------------------------------


def baseline(path: Path) -> dict[str, QuestionReading] | None:
    """What the released reader said of each gold turn; None where there is no such file yet."""
    if not path.is_file():
        return None
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return {row.pop("id"): QuestionReading.model_validate(row) for row in rows if "id" in row}


def released(path: Path) -> str:
    """The version of the reader that made the baseline."""
    with path.open(encoding="utf-8") as file:
        return str(json.loads(next(file))["reader"])


def write_baseline_of(reader: BatchReader, folder: Path) -> int:
    """Makes this reader the one to compare with: its version, then its labels of every gold turn, one line each. Returns
    how many turns."""
    cases, _ = gold(folder / "gold")
    with (folder / BASELINE).open("w", encoding="utf-8") as file:
        file.write(json.dumps({"reader": reader.version}) + "\n")
        for case, reading in zip(cases, read_cases(reader, cases), strict=True):
            row = reading.model_dump(mode="json", include=LABELS, exclude_defaults=True)
            file.write(json.dumps({"id": case.id, **row}) + "\n")
    return len(cases)
