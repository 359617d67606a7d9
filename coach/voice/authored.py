"""The voice that needs no model: the persona's own written lines, put together as a person would.

The same persona, state and decision give the same words. A pool of stock lines is walked through in order, so that no
line comes again before all have been said; what is said only once an interview is taken by its length.
"""

from __future__ import annotations

from coach.disclosure.state import State
from coach.domain.interview import Decision, Release, ReleaseKind, Stance
from coach.domain.persona import Persona

SAID_ONCE = ("goodbye", "time_up", "nearly_done")


def speak(persona: Persona, state: State, decision: Decision) -> str:
    """What the customer says: one paragraph of plain text, never empty."""
    parts: list[str] = []
    if decision.stance is not Stance.TELLS:
        parts.append(_stock(persona, state, decision.stance.value))
    if decision.again:
        brief = _brief(persona, decision.again)
        follows = decision.stance is Stance.AGAIN and decision.again.kind is not ReleaseKind.DETAIL
        parts = [_after_lead_in(parts[0], brief)] if follows else [_sentence(parts[0].rstrip(",")), _sentence(brief)]
    parts += [_line(persona, state, release) for release in decision.releases]
    parts += [_stock(persona, state, pool) for pool in decision.asides]
    return " ".join(parts)


def _stock(persona: Persona, state: State, pool: str) -> str:
    pool = persona.stock.pool(pool)
    lines: tuple[str, ...] = getattr(persona.stock, pool)
    # What is said once an interview would else be the same line in every interview.
    place = state.turns if pool in SAID_ONCE else state.used.get(pool, 0)
    return lines[place % len(lines)]


def _line(persona: Persona, state: State, release: Release) -> str:
    if release.kind is ReleaseKind.MOMENT:
        return persona.moments[release.id].says
    if release.kind is ReleaseKind.CUE:
        return persona.moments[release.id].cue or ""
    if release.kind is ReleaseKind.DETAIL and release.aspect:
        return persona.moments[release.id].details[release.aspect]
    if release.kind is ReleaseKind.FACT:
        return persona.fact_by_id[release.id].says
    wordings = persona.claim_by_id[release.id].says
    return wordings[state.told.get(release.key, 0) % len(wordings)]


def _brief(persona: Persona, release: Release) -> str:
    if release.kind is ReleaseKind.FACT:
        return persona.fact_by_id[release.id].brief
    if release.kind is ReleaseKind.DETAIL and release.aspect:
        return persona.moments[release.id].details[release.aspect]
    return persona.moments[release.id].brief


def _after_lead_in(lead: str, brief: str) -> str:
    """“Like I said,” and “it was the freezer” make one sentence; “Well. I said.” and it make two."""
    return f"{lead} {brief}" if lead.endswith((",", ":", "–", "—", "…")) else f"{lead} {_sentence(brief)}"


def _sentence(text: str) -> str:
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."
