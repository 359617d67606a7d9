"""The question map: what kind of question, turn by turn, as an inline drawing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from coach.reports.debrief import QuestionType, TurnView

_LEFT, _TOP, _STEP, _ROW, _FOOT = 108, 12, 26, 30, 26


def question_map(turns: Sequence[TurnView]) -> str:
    """One mark a turn in the row of its kind; leading questions are triangles, false signals are ringed. The text
    alternative counts them. The drawing holds numbers only, nothing that anybody typed."""
    kinds = list(QuestionType)
    width = _LEFT + _STEP * max(len(turns), 8) + 12
    height = _TOP + _ROW * len(kinds) + _FOOT
    counts = Counter(t.type for t in turns)
    words = ", ".join(f"{counts[k]} {k.heading.lower()}" for k in kinds if counts[k])
    leading = sum(t.reading.leads for t in turns)
    parts = [
        f'<svg class="map" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img"'
        f' aria-label="Question map of {len(turns)} turns: {words or "no questions"}; {leading} leading.">'
    ]
    for row, kind in enumerate(kinds):
        y = _TOP + _ROW * row + _ROW / 2
        parts.append(f'<line x1="{_LEFT}" x2="{width - 8}" y1="{y}" y2="{y}" class="grid"/>')
        parts.append(f'<text x="{_LEFT - 10}" y="{y + 4}" text-anchor="end">{kind.heading}</text>')
    for i, turn in enumerate(turns):
        x = _LEFT + _STEP * i + _STEP / 2
        y = _TOP + _ROW * kinds.index(turn.type) + _ROW / 2
        if turn.reading.leads:
            parts.append(f'<path d="M{x} {y - 8}l8 14h-16z" class="kind-leading"/>')
        else:
            parts.append(f'<circle cx="{x}" cy="{y}" r="7" class="kind-{turn.type.value}"/>')
        if turn.false_signal:
            parts.append(f'<circle cx="{x}" cy="{y}" r="11" class="ring"/>')
        if turn.number == 1 or turn.number % 5 == 0:
            parts.append(f'<text x="{x}" y="{height - 8}" text-anchor="middle">{turn.number}</text>')
    return "".join(parts) + "</svg>"
