"""Does an answer say something that was not released?

The check is local and cheap: an answer leaks when it holds a run of words that belongs to a line not released and to no
line that was. It guards any voice, the authored one included.
"""

from __future__ import annotations

from coach.disclosure.state import State
from coach.domain.interview import Decision, Release, ReleaseKind
from coach.domain.persona import Persona
from coach.words import content

RUN = 3
"""So many content words in a row are nobody's accident [J]."""


def lines_of(persona: Persona, key: tuple[str, str, str]) -> tuple[str, ...]:
    """Everything that a release of this key may bring to speech."""
    kind, id_, aspect = key
    if kind == ReleaseKind.MOMENT:
        return (persona.moments[id_].says, persona.moments[id_].brief)
    if kind == ReleaseKind.CUE:
        return (persona.moments[id_].cue or "",)
    if kind == ReleaseKind.DETAIL:
        return tuple(text for a, text in persona.moments[id_].details.items() if a == aspect)
    if kind == ReleaseKind.FACT:
        return (persona.fact_by_id[id_].says, persona.fact_by_id[id_].brief)
    return persona.claim_by_id[id_].says


def secrets(persona: Persona) -> list[tuple[str, str, str]]:
    """The keys of all that a story holds: moments, cues, details."""
    keys: list[tuple[str, str, str]] = []
    for moment in persona.moments.values():
        keys.append((ReleaseKind.MOMENT.value, moment.id, ""))
        if moment.cue:
            keys.append((ReleaseKind.CUE.value, moment.id, ""))
        keys.extend((ReleaseKind.DETAIL.value, moment.id, a.value) for a in moment.details)
    return keys


def leaks(persona: Persona, state: State, decision: Decision, answer: str) -> list[str]:
    """The ids of moments of which the answer tells something that neither was told before nor is released now."""
    allowed = set(state.told) | {r.key for r in decision.releases} | _key(decision.again)
    free = {run for key in allowed for line in lines_of(persona, key) for run in _runs(line)}
    said = _runs(answer) - free
    found = []
    for key in secrets(persona):
        if key not in allowed and any(_runs(line) & said for line in lines_of(persona, key)):
            found.append(key[1])
    return sorted(set(found))


def _key(release: Release | None) -> set[tuple[str, str, str]]:
    return {release.key} if release else set()


def _runs(text: str) -> set[tuple[str, ...]]:
    stems = content(text)
    return {tuple(stems[i : i + RUN]) for i in range(len(stems) - RUN + 1)}
