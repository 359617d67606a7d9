"""A new customer from a guided form: the author says who they are and what happened; the lines for every occasion start
out neutral, to be put into the customer's own words later."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import Any

from coach.domain.persona import Aspect, ClaimKind, Difficulty, Manner, Truth

Ask = Callable[[str], str]
"""Puts one question to the author and returns what they typed, stripped; an empty line is an answer too."""

_AVATAR = {"skin": "#c68e6a", "hair": "#3b2a20", "hair_style": "short", "top": "#4a6a8a", "ground": "#e4e0d4"}
_SIDES = (Aspect.WHY, Aspect.HOW, Aspect.FEELING, Aspect.COST, Aspect.WHO, Aspect.WHEN)
_LONGEST_ID = 40


def slug(text: str, taken: Sequence[str] = ()) -> str:
    """An id made of the first words of a text, none of those taken."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    base = "-".join(re.findall(r"[a-z0-9]+", plain)[:4])[:_LONGEST_ID].strip("-") or "part"
    number, id_ = 1, base
    while id_ in taken:
        number += 1
        id_ = f"{base}-{number}"
    return id_


class Draft:
    """The form. `data` holds what was said so far, in the shape of a persona file, whenever it is broken off."""

    def __init__(self, id_: str, stock: dict[str, list[str]], ask: Ask) -> None:
        self._ask, self._ids = ask, [id_]
        self.data: dict[str, Any] = {"id": id_, "avatar": _AVATAR, "stories": [], "facts": [], "claims": []}
        self.data |= {"opportunities": [], "stock": stock}

    def fill(self) -> dict[str, Any]:
        """Asks for everything, in the order in which an author thinks of it."""
        data = self.data
        data["name"] = self._text("Their name")
        data["headline"] = self._text("Trade and circumstances, in under 15 words")
        data["segment"] = self._one_of("A consumer, or somebody at work", ("consumer", "business"))
        data["age"] = self._number("Their age", 16, 99)
        data["difficulty"] = self._one_of("How readily do they tell", tuple(Difficulty))
        data["manner"] = self._one_of("Their manner", tuple(Manner))
        data["speech"] = self._text("How do they talk: rhythm, favourite words, what do they avoid")
        data["brief"] = {
            "team": self._text("The brief. Who is the trainee today? (You are the product manager of …)"),
            "outcome": self._text("Which outcome is the team asked to move"),
            "topic": self._text("What is there to learn about? Keep it neutral"),
            "last_time": self._text("Complete: Tell me about the last time you …"),
            "minutes": self._number("Minutes for the interview", 5, 60),
        }
        title = self._text("The first story: what would you call it")
        while title:
            self._story(title)
            title = self._ask("Another story? Its name, or nothing to go on")
        while says := self._ask("A plain fact, as they would say it, or nothing to go on"):
            self._fact(says)
        while says := self._ask("Something they say about themselves that flatters, or nothing to go on"):
            self._claim(says)
        while need := self._ask("A need that nobody meets, in a team's words, or nothing to end"):
            self._opportunity(need)
        return data

    # -- the parts -------------------------------------------------------------------------------------------------

    def _story(self, title: str) -> None:
        story: dict[str, Any] = {"id": self._new(title), "title": title, "moments": []}
        story["asks"] = self._several("Questions that would open it, apart by ;")
        self.data["stories"].append(story)
        self._moment(story, self._text("What happened, in their words: 1 to 4 sentences"))
        says = self._text("What happened next, in their words")
        while says:
            self._moment(story, says)
            says = self._ask("What happened next? Nothing ends the story")

    def _moment(self, story: dict[str, Any], says: str) -> None:
        before = story["moments"][-1]["id"] if story["moments"] else None
        moment: dict[str, Any] = {"id": self._new(says), "kind": "event", "says": says}
        story["moments"].append(moment)
        moment["brief"] = self._text("  The same in under 15 words, for when it is asked again")
        moment["asks"] = self._several("  Questions that mean just this, apart by ;")
        if self.data["difficulty"] == Difficulty.GUARDED:
            moment["cue"] = self._text("  The hint that they drop first")
        elif before and (cue := self._ask("  Comes only to who follows a hint? Then the hint, else nothing")):
            moment |= {"via": "cue", "cued_by": before, "cue": cue}
        moment["details"] = details = {}
        for side in _SIDES:
            if line := self._ask(f"  Asked for this side of it, {side.value}, they say (or nothing)"):
                details[side.value] = line

    def _fact(self, says: str) -> None:
        asks = self._several("  Questions that it answers, apart by ;")
        names = self._several("  Names that it explains, apart by ; or nothing", least=0)
        brief = self._text("  The same in brief")
        self.data["facts"].append(
            {"id": self._new(brief), "asks": asks, "says": says, "brief": brief} | ({"names": names} if names else {})
        )

    def _claim(self, says: str) -> None:
        kind = self._one_of("  They say it when asked", tuple(ClaimKind))
        asks = self._several("  Questions that bring it, apart by ;")
        claim: dict[str, Any] = {"id": self._new(says), "kind": kind, "asks": asks, "says": [says]}
        deeds = self._moments("  Moments in which they did otherwise: numbers, or nothing")
        claim["truth"] = (Truth.CONTRADICTED if deeds else Truth.FLATTERING).value
        self.data["claims"].append(claim | ({"contradicted_by": deeds} if deeds else {}))

    def _opportunity(self, need: str) -> None:
        id_ = self._new(need)
        shown: list[str] = []
        while not shown:
            shown = self._moments("  Moments that show it: numbers")
        self.data["opportunities"].append({"id": id_, "need": need})
        for moment in self._all_moments():
            if moment["id"] in shown:
                moment["shows"] = [*moment.get("shows", []), id_]

    # -- asking ----------------------------------------------------------------------------------------------------

    def _text(self, question: str) -> str:
        while True:
            if said := self._ask(question):
                return said

    def _several(self, question: str, least: int = 1) -> list[str]:
        while True:
            said = [part.strip() for part in self._ask(question).split(";") if part.strip()]
            if len(said) >= least:
                return said

    def _one_of(self, question: str, values: Sequence[str]) -> str:
        while True:
            said = self._ask(f"{question} ({', '.join(values)})").lower()
            if said in values:
                return said

    def _number(self, question: str, low: int, high: int) -> int:
        while True:
            said = self._ask(f"{question} ({low} to {high})")
            if said.isdecimal() and low <= int(said) <= high:
                return int(said)

    def _moments(self, question: str) -> list[str]:
        every = self._all_moments()
        listed = "".join(f"\n    {n} {m['brief']}" for n, m in enumerate(every, 1))
        said = re.findall(r"\d+", self._ask(f"{question}{listed}\n   "))
        return [every[int(n) - 1]["id"] for n in said if 0 < int(n) <= len(every)]

    def _all_moments(self) -> list[dict[str, Any]]:
        return [m for s in self.data["stories"] for m in s["moments"]]

    def _new(self, text: str) -> str:
        id_ = slug(text, self._ids)
        self._ids.append(id_)
        return id_
