"""An eval run for people (Markdown, a page with charts) and for machines (JSON, JUnit)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from html import escape
from math import isnan
from pathlib import Path
from xml.etree import ElementTree as ET

from coach.evaluation.figures import Confusion, Figure, Run

TITLES = {
    "reading": "Reading a question: agreement with the coders (κ)",
    "customer": "Reading an answer: agreement with the coders (κ)",
    "uptake": "Strength of uptake: correlation with people's scores",
    "disclosure": "What the customers keep and give",
    "scoring": "Scores that behave",
    "repeatability": "The same again",
}
KAPPAS = ("reading", "customer", "uptake")


def write(run: Run, folder: Path) -> None:
    """`report.md`, `report.html`, `report.json` and `junit.xml` into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "report.md").write_text(markdown(run), "utf-8")
    (folder / "report.html").write_text(html(run), "utf-8")
    (folder / "report.json").write_text(json.dumps(run.as_json(), ensure_ascii=False, indent=1) + "\n", "utf-8")
    (folder / "junit.xml").write_text(junit(run), "utf-8")


def _number(x: float | None, share: bool = False) -> str:
    if x is None or isnan(x):
        return ""
    return f"{100 * x:.1f} %" if share else f"{x:.2f}"


def _row(f: Figure) -> list[str]:
    share = f.family not in KAPPAS
    gate = "" if f.threshold is None else ("≤ " if f.at_most else "≥ ") + _number(f.threshold, share)
    value = f"{_number(f.value, share)} ({_number(f.low, share)}–{_number(f.high, share)})"
    passed = "" if f.threshold is None and f.change is None else "ok" if f.passes else "FAIL"
    if share:
        return [f.name, value, str(f.n), gate, passed]
    change = "" if f.change is None else f"{f.verdict} ({f.change.by:+.2f})"
    marked = "" if f.positives is None else str(f.positives)
    others = [_number(x) for x in (f.ceiling, f.f1, f.tpr, f.tnr)]
    return [f.name, value, *others, marked, gate, change, passed]


_HEAD_KAPPA = [
    "label",
    "agreement (95 %)",
    "coders' own κ",
    "F1",
    "TPR",
    "TNR",
    "turns with it",
    "gate",
    "against baseline",
    "",
]
_HEAD_SHARE = ["what", "share (95 %)", "tried", "gate", ""]


def _families(run: Run) -> Iterable[tuple[str, list[Figure]]]:
    for family in TITLES:
        figures = [f for f in run.figures if f.family == family]
        if figures:
            yield family, figures


def table(figures: Sequence[Figure]) -> str:
    """A Markdown table of figures of one family."""
    head = _HEAD_KAPPA if figures[0].family in KAPPAS else _HEAD_SHARE
    rows = [head, ["---"] * len(head), *(_row(f) for f in figures)]
    return "\n".join("| " + " | ".join(c.replace("|", "\\|") for c in row) + " |" for row in rows)


def outcome(run: Run) -> str:
    """One sentence on the gates."""
    if not any(f.threshold is not None or f.change is not None for f in run.figures):
        return "There are no gates for these data; the figures are for you to judge."
    if run.failed:
        return f"{len(run.failed)} gates failed: {', '.join(f.name for f in run.failed)}."
    return "Every gate is passed."


def markdown(run: Run) -> str:
    """The report as Markdown: a line on the outcome, a table a family, failures, confusions, the worst mistakes."""
    parts = [f"# Eval of {run.reader} on {run.data}", outcome(run)]
    for family, figures in _families(run):
        parts += [f"## {TITLES[family]}", table(figures)]
        for f in figures:
            if f.failures:
                parts.append("\n".join([f"{f.name}, among the failures:", *(f"- {_inline(x)}" for x in f.failures)]))
    if run.reliability:
        rows = [f"| {r.view} | {r.confidence:.2f} | {r.right:.2f} | {r.n} |" for r in run.reliability]
        head = ["| label | confidence | right | turns |", "| --- | --- | --- | --- |"]
        parts += ["## Is its confidence deserved?", "\n".join([*head, *rows])]
    for c in run.confusions:
        parts += [f"### {c.view}: rows the coders, columns the reader", _confusion(c)]
    if run.mistakes:
        parts.append("## The surest mistakes")
        for m in run.mistakes:
            parts.append(
                f"- **{m.view}**, {m.id}: meant {m.meant}, read {m.said} ({m.confidence:.2f}). "
                f"After {_inline(repr(m.before[-120:]))}: {_inline(repr(m.text[:240]))}"
            )
    return "\n\n".join(parts) + "\n"


def _inline(text: str) -> str:
    """Somebody's words in Markdown: no markup of theirs takes effect."""
    return "".join("\\" + c if c in "\\`*_{}[]<>#|!" else c for c in text)


def _confusion(c: Confusion) -> str:
    rows = [["", *c.labels], ["---"] * (len(c.labels) + 1)]
    rows += [[label, *map(str, counts)] for label, counts in zip(c.labels, c.counts, strict=True)]
    return "\n".join("| " + " | ".join(r) + " |" for r in rows)


# -- the page -------------------------------------------------------------------------------------------------------------

_STYLE = """
:root { color-scheme: light dark; --ink: #1d2733; --soft: #5b6878; --line: #d5dce4; --mark: #1f6f8b; --bad: #b3362b; --ground: #fff }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6ebf0; --soft: #9aa7b5; --line: #36424f; --mark: #6fc3dc; --bad: #ff8d80; --ground: #151b22 } }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--ground); margin: 2rem auto; max-width: 62rem; padding: 0 1rem }
table { border-collapse: collapse; font-size: .9rem } td, th { padding: .2rem .6rem; border-bottom: 1px solid var(--line); text-align: left }
.scroll { overflow-x: auto } .bad { color: var(--bad); font-weight: 600 } .soft { color: var(--soft) } svg { max-width: 100%; height: auto }
svg text { fill: var(--ink); font: 13px system-ui, sans-serif }
"""


def html(run: Run) -> str:
    """The report as one page that loads nothing: charts of the figures, then the tables."""
    parts = [
        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>",
        f"<title>Eval of {escape(run.reader)}</title><style>{_STYLE}</style>",
        f"<h1>Eval of {escape(run.reader)} on {escape(run.data)}</h1>",
        f"<p class={'bad' if run.failed else 'soft'}>{escape(outcome(run))}</p>",
    ]
    for family, figures in _families(run):
        parts.append(f"<h2>{TITLES[family]}</h2>{chart(figures)}<div class=scroll>{_table(figures)}</div>")
        for f in figures:
            if f.failures:
                items = "".join(f"<li>{escape(x)}" for x in f.failures)
                parts.append(f"<details><summary>{escape(f.name)}: some failures</summary><ul>{items}</ul></details>")
    if run.reliability:
        rows = "".join(
            f"<tr><td>{escape(r.view)}<td>{r.confidence:.2f}<td>{r.right:.2f}<td>{r.n}" for r in run.reliability
        )
        parts.append(
            f"<h2>Is its confidence deserved?</h2><table><tr><th>label<th>confidence<th>right<th>turns{rows}</table>"
        )
    for c in run.confusions:
        head = "".join(f"<th>{escape(x)}" for x in c.labels)
        rows = "".join(
            f"<tr><th>{escape(x)}{''.join(f'<td>{n}' for n in counts)}"
            for x, counts in zip(c.labels, c.counts, strict=True)
        )
        parts.append(
            f"<details><summary>{escape(c.view)}: what the coders said (rows), what was read (columns)</summary>"
            f"<div class=scroll><table><tr><th>{head}{rows}</table></div></details>"
        )
    if run.mistakes:
        items = "".join(
            f"<li><b>{escape(m.view)}</b> {escape(m.id)}: meant {escape(m.meant)}, read {escape(m.said)}"
            f" ({m.confidence:.2f})<br><span class=soft>{escape(m.before[-160:])}</span><br>{escape(m.text)}"
            for m in run.mistakes
        )
        parts.append(f"<h2>The surest mistakes</h2><ul>{items}</ul>")
    return "".join(parts) + "</html>\n"


def _table(figures: Sequence[Figure]) -> str:
    head = _HEAD_KAPPA if figures[0].family in KAPPAS else _HEAD_SHARE
    rows = "".join(
        f"<tr{'' if f.passes else ' class=bad'}>" + "".join(f"<td>{escape(c)}" for c in _row(f)) for f in figures
    )
    return f"<table><tr>{''.join(f'<th>{escape(h)}' for h in head)}{rows}</table>"


def chart(figures: Sequence[Figure]) -> str:
    """Each figure as a point with its interval; a tick for the gate, a ring for the coders' own agreement."""
    left, width, step = 250, 420, 24

    def at(x: float) -> float:
        return left + width * max(0.0, min(1.0, x))

    shown = [f for f in figures if not isnan(f.value)]
    marks = []
    for i, f in enumerate(shown):
        y = 20 + step * i
        colour = "var(--mark)" if f.passes else "var(--bad)"
        marks.append(f"<text x={left - 12} y={y + 4} text-anchor=end>{escape(f.name)}</text>")
        if not isnan(f.low):
            marks.append(
                f"<line x1={at(f.low):.1f} x2={at(f.high):.1f} y1={y} y2={y} stroke='{colour}' stroke-width=3 />"
            )
        marks.append(f"<circle cx={at(f.value):.1f} cy={y} r=5 fill='{colour}' />")
        if f.ceiling is not None and not isnan(f.ceiling):
            marks.append(f"<circle cx={at(f.ceiling):.1f} cy={y} r=5 fill=none stroke='var(--soft)' stroke-width=2 />")
        if f.threshold is not None:
            x = at(f.threshold)
            marks.append(f"<line x1={x:.1f} x2={x:.1f} y1={y - 9} y2={y + 9} stroke='var(--ink)' stroke-width=2 />")
    bottom = 20 + step * len(shown)
    axis = "".join(
        f"<line x1={at(v)} x2={at(v)} y1=8 y2={bottom - 8} stroke='var(--line)' />"
        f"<text x={at(v)} y={bottom + 6} text-anchor=middle>{v:g}</text>"
        for v in (0, 0.25, 0.5, 0.75, 1)
    )
    title = "Point and interval; ring: the coders' own agreement; upright line: the gate."
    return (
        f"<svg viewBox='0 0 {left + width + 30} {bottom + 16}' width={left + width + 30} role=img>"
        f"<title>{title}</title>{axis}{''.join(marks)}</svg><p class=soft>{title}</p>"
    )


def junit(run: Run) -> str:
    """One test case a figure that is gated; a failure says by how much."""
    gated = [f for f in run.figures if f.threshold is not None or f.change is not None]
    suite = ET.Element(
        "testsuite", name=f"eval of {run.reader} on {run.data}", tests=str(len(gated)), failures=str(len(run.failed))
    )
    for f in gated:
        case = ET.SubElement(suite, "testcase", classname=f.family, name=f.name)
        if not f.passes:
            ET.SubElement(case, "failure", message=why(f))
        ET.SubElement(case, "system-out").text = " ".join(_row(f))
    return ET.tostring(suite, encoding="unicode", xml_declaration=True)


def why(f: Figure) -> str:
    """One sentence on why a figure fails, with what was measured."""
    share = f.family not in KAPPAS
    measured = f"{f.key} is {_number(f.value, share)} ({_number(f.low, share)} to {_number(f.high, share)}, n {f.n})"
    if f.change is not None and f.verdict == "worse":
        return (
            f"{measured}: worse than the baseline by {-f.change.by:.3f} ({-f.change.high:.3f} to {-f.change.low:.3f})."
        )
    limit = _number(f.threshold, share)
    return f"{measured}; it must be at {'most' if f.at_most else 'least'} {limit}. {' '.join(f.failures[:3])}"
