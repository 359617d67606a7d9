"""Brings the table of the main README up to date: `python -m evals.readme`.

Everything in it is recomputed from committed files: the gold interviews and what the released reader said of them.
"""

from __future__ import annotations

from pathlib import Path

from coach.evaluation.cases import Split, gold
from coach.evaluation.figures import Figure
from coach.evaluation.reading import measure
from coach.evaluation.suite import BASELINE, baseline, released

EVALS = Path(__file__).parent
README = EVALS.parent / "README.md"
BEGIN, END = "<!-- agreement: made by `python -m evals.readme` -->", "<!-- end of agreement -->"
SHOWN = (
    "openness", "none/closed/open", "frame", "unsafe frame", "leading", "uptake",
    "multiple", "pitch", "reflect", "tell", "opener", "redirect", "deepen",
)  # fmt: skip


def table() -> str:
    """The Markdown table: for each label the reader's kappa on both splits and the coders' own on all turns."""
    said = baseline(EVALS / BASELINE) or {}
    figures: dict[Split | None, dict[str, Figure]] = {}
    for split in (Split.DEV, Split.TEST, None):
        cases, _ = gold(EVALS / "gold", split)
        figures[split] = {f.name: f for f in measure(cases, [said[c.id] for c in cases]).figures}
    turns = {split: next(iter(f.values())).n for split, f in figures.items()}
    rows = [
        f"| label | reader, dev ({turns[Split.DEV]} turns) | reader, test ({turns[Split.TEST]} turns) | coders |",
        "| --- | --- | --- | --- |",
    ]
    for name in SHOWN:
        dev, test, both = (figures[s][name] for s in (Split.DEV, Split.TEST, None))
        rows.append(f"| {name} | {_kappa(dev)} | {_kappa(test)} | {both.ceiling or 0:.2f} |")
    rows.append(f"\nReader `{released(EVALS / BASELINE)}`; κ, 95 % interval by interview.")
    return "\n".join(rows)


def _kappa(f: Figure) -> str:
    return f"{f.value:.2f} ({f.low:.2f}–{f.high:.2f})"


def updated(readme: str) -> str:
    """The README with the table as it should be."""
    before, _, rest = readme.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{table()}\n{END}{after}"


if __name__ == "__main__":
    README.write_text(updated(README.read_text("utf-8")), "utf-8")
