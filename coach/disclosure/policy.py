"""The disclosure policy: (persona, state, reading, target) to what may be told now, in which stance, and why.

Read it from `decide` downwards; each function is one row or two of the table in the README. What no function here
releases cannot be said by any voice, for no voice is given it.
"""

from __future__ import annotations

from coach.disclosure.state import State, kept_for_last, next_on_main_line, wariness
from coach.domain.interview import Decision, Release, ReleaseKind, Stance
from coach.domain.persona import Aspect, ClaimKind, Difficulty, Manner, Moment, Persona, Via
from coach.domain.reading import Frame, Function, Move, Openness, QuestionReading, Tell
from coach.domain.target import Form, Occasion, Target

NEARLY_DONE_SECONDS = 180.0
ENOUGH_FOR_LAST = 0.5
"""The share of a story's main line that must be told before "anything else?" brings what was kept [J]."""
TANGENT_EVERY = 6
"""A digressive person strays in every so-manyth answer that is no story [J]."""

_UNKNOWN = {
    Form.EITHER: Stance.EITHER,
    Form.YES_OR_NO: Stance.YES_OR_NO,
    Form.WHO: Stance.WHO_UNKNOWN,
    Form.WHEN: Stance.WHEN_UNKNOWN,
    Form.WHERE: Stance.WHERE_UNKNOWN,
    Form.COUNT: Stance.COUNT_UNKNOWN,
    Form.WHY: Stance.WHY_UNKNOWN,
    Form.HOW: Stance.HOW_UNKNOWN,
}
"""How they say that they do not know, by what was asked for."""
_NAMES_ITS_ANSWER = frozenset({Form.EITHER, Form.WHO, Form.WHEN, Form.WHERE, Form.COUNT})
"""Forms to which a generality is no answer."""
_ALWAYS_OVER = (Stance.TIME_UP, Stance.GOODBYE)
_DETAIL_ORDER = (
    Aspect.FEELING,
    Aspect.WHY,
    Aspect.HOW,
    Aspect.COST,
    Aspect.TOOL,
    Aspect.WHO,
    Aspect.WHEN,
    Aspect.WHERE,
)


def decide(persona: Persona, state: State, reading: QuestionReading, target: Target) -> Decision:
    """What the customer may say to this turn. Total: there is a decision for every input."""
    decision = _Turn(persona, state, reading, target).decide()
    asides = []
    strays = persona.manner in (Manner.TANGENTIAL, Manner.WORDY) and decision.stance is not Stance.AGAIN
    idle = not any(r.kind in (ReleaseKind.MOMENT, ReleaseKind.CUE, ReleaseKind.DETAIL) for r in decision.releases)
    chatty = decision.stance in (Stance.TELLS, Stance.GENERAL, Stance.OPINION, Stance.SMALL_TALK)
    if strays and idle and chatty and state.turns % TANGENT_EVERY == TANGENT_EVERY - 1:
        asides.append("tangent")
    if (
        decision.stance not in _ALWAYS_OVER
        and state.seconds_left(persona) < NEARLY_DONE_SECONDS
        and not state.used.get("nearly_done")
    ):
        asides.append("nearly_done")
    return decision.model_copy(update={"asides": tuple(asides)}) if asides else decision


class _Turn:
    """One turn's inputs, so that the rows below need not pass them about."""

    def __init__(self, persona: Persona, state: State, reading: QuestionReading, target: Target) -> None:
        self.persona, self.state, self.reading, self.target = persona, state, reading, target
        self.wary = wariness(persona, state)

    # -- the order of the rows ------------------------------------------------------------------------------------

    def decide(self) -> Decision:
        reading, target = self.reading, self.target
        if target.occasion is Occasion.GOODBYE:
            return self._say(Stance.GOODBYE, "You said goodbye.")
        if self.state.seconds_left(self.persona) <= 0:
            return self._say(Stance.TIME_UP, "The time was over.")
        if target.occasion is Occasion.EMPTY:
            return self._say(Stance.PUZZLED, "There was no question in that.")
        if target.occasion is Occasion.MACHINE:
            return self._say(Stance.MACHINE, "That spoke to a machine, not to a person.")
        if target.occasion is Occasion.GREETING:
            return self._say(Stance.GREETING, "A greeting.")
        if Tell.PITCH in reading.tell:
            why = "A pitch brings polite interest, and costs a minute of patience."
            return self._say(Stance.PITCHED, why, false_signal=reading.asks)
        if not reading.asks:
            return self._not_asked()
        if reading.leads:
            return self._led()
        if target.named:
            return self._fact()
        if reading.frame is Frame.META:
            referral = target.occasion is Occasion.REFERRAL
            return self._say(Stance.REFERRAL if referral else Stance.ADMIN, "That was about the interview itself.")
        if reading.frame is Frame.HYPOTHETICAL:
            why = "Asked about what has not happened, people are agreeable and unreliable."
            return self._claim(ClaimKind.FUTURE, Stance.FUTURE, why, false_signal=True)
        if reading.frame is Frame.OPINION:
            return self._claim(ClaimKind.OPINION, Stance.OPINION, "Asked for an opinion: fluent, not what was done.")
        if reading.frame is Frame.GENERAL:
            return self._claim(ClaimKind.GENERAL, Stance.GENERAL, "Asked in general: the tidy version, not a real day.")
        if Move.CHECK in reading.moves and target.form in (Form.YES_OR_NO, Form.OTHER):
            return self._reflected()
        if Move.OPENER in reading.moves and not self._goes_on():
            return self._opened()
        if reading.frame is Frame.FACT:
            return self._fact()
        if reading.frame is Frame.PAST_ANY:
            return self._past_any()
        return self._past_specific()

    def _goes_on(self) -> bool:
        """Whether the turn goes on with the open story by its own words, whatever moves it was read as."""
        target = self.target
        cue = target.cue and not self.state.has(ReleaseKind.MOMENT, target.cue)
        return self.state.story is not None and bool(target.onward or target.anything_else or cue)

    def _led(self) -> Decision:
        """The easy reply: yes, where yes is one."""
        if self.target.form in (Form.YES_OR_NO, Form.OTHER):
            return self._say(Stance.AGREE, "The answer was in the question; agreeing was the easy reply.", True)
        return self._say(self._unknown(), "The question leaned so far that nothing of their own came to mind.")

    # -- no ask ---------------------------------------------------------------------------------------------------

    def _not_asked(self) -> Decision:
        functions = self.reading.function
        if Function.REFLECT in functions:
            return self._reflected()
        if Function.TELL in functions:
            if Tell.ADVICE in self.reading.tell:
                return self._say(Stance.ADVISED, "Advice is thanked for; it opens nothing.")
            if Tell.PRAISE in self.reading.tell and len(self.reading.tell) == 1:
                return self._say(Stance.SMALL_TALK, "Praise warms; it opens nothing.")
            return self._say(Stance.TOLD_ABOUT, "You told them something; there was nothing to answer.")
        if Function.ADMIN in functions:
            return self._say(Stance.ADMIN, "Housekeeping.")
        if Function.SOCIAL in functions:
            return self._say(Stance.SMALL_TALK, "A kind word warms; it opens nothing.")
        if Function.BACKCHANNEL in functions:
            return self._encouraged()
        return self._say(Stance.SMALL_TALK, "There was nothing in that to answer.")

    def _encouraged(self) -> Decision:
        """Mm-hm, or a silence: a little more of the same, by nature."""
        story, at = self.state.story, self.state.at
        if story is None or at is None:
            return self._say(Stance.UNOPENED, "No story was open to go on with.")
        why = "You let them go on."
        if self.wary is Difficulty.TALKATIVE:
            following = next_on_main_line(self.persona, self.state, story)
            if following:
                return self._tell(following, why)
        more = self._untold_details(at)[:1]
        if more:
            return self._details(at, more, why)
        return self._say(Stance.SPENT, "There was no more to that.")

    def _reflected(self) -> Decision:
        if self.state.at is None or self.target.right is None:
            return self._say(Stance.CONFIRM, "Nothing was told yet that this could be checked against.")
        if self.target.right:
            more = self._untold_details(self.state.at)[:1]
            releases = tuple(self._detail(self.state.at, a) for a in more)
            return self._say(
                Stance.CONFIRM, "You said it back rightly: they confirm, and add a little.", False, releases
            )
        if self.wary is Difficulty.GUARDED:
            return self._say(
                Stance.LET_STAND, "That was not what they had said, and they were too guarded to say so.", True
            )
        again = Release(kind=ReleaseKind.MOMENT, id=self.state.at)
        return self._base(Stance.CORRECT, "That was not what they had said; they put it right.", again=again)

    # -- frames that are answered without a story -----------------------------------------------------------------

    def _claim(self, kind: ClaimKind, otherwise: Stance, why: str, false_signal: bool = False) -> Decision:
        claim = self.persona.claim_by_id.get(self.target.claim or "")
        if claim is None:
            if self.target.fact and kind is not ClaimKind.FUTURE:
                return self._once(Release(kind=ReleaseKind.FACT, id=self.target.fact), "A plain fact answered that.")
            if self.target.form in _NAMES_ITS_ANSWER:
                return self._say(_UNKNOWN[self.target.form], "They had nothing to say to that.")
            return self._say(otherwise, why, false_signal)
        release = Release(kind=ReleaseKind.CLAIM, id=claim.id)
        if self.state.told.get(release.key, 0) >= len(claim.says):
            return self._say(Stance.SPENT, "They had said all that they say about that.")
        return self._base(Stance.TELLS, why, (release,), false_signal=false_signal)

    def _fact(self) -> Decision:
        fact = self.persona.fact_by_id.get(self.target.fact or "")
        if fact is not None:
            return self._once(Release(kind=ReleaseKind.FACT, id=fact.id), "A plain fact, plainly asked.")
        if self.state.at and (self.target.aspect or self.target.moment):
            return self._closed()
        if self.target.claim:
            return self._claim(ClaimKind.GENERAL, Stance.GENERAL, "Asked out of any story: the tidy version.")
        if self.target.form is not Form.OTHER or self.reading.openness is Openness.FOCUS_WH:
            return self._say(self._unknown(Stance.UNKNOWN_FACT), "They do not know that.")
        return self._say(Stance.GENERAL, "Asked out of any story: a generality.")

    def _unknown(self, otherwise: Stance = Stance.UNKNOWN_DETAIL) -> Stance:
        return _UNKNOWN.get(self.target.form, otherwise)

    def _past_any(self) -> Decision:
        story = self._story_meant()
        if story is None:
            return self._say(Stance.NO_SUCH_TIME, "They recall no such time; “have you ever” is easily answered no.")
        why = "“Have you ever” gets a yes. The story comes when it is asked for."
        return self._base(Stance.SUCH_TIME, why, story=self.state.story or story)

    # -- the story ------------------------------------------------------------------------------------------------

    def _opened(self) -> Decision:
        """The row of openers: a story opens, whatever came before, while any is left."""
        for story in self._stories_by_fit():
            following = next_on_main_line(self.persona, self.state, story)
            if following:
                return self._tell(following, "You asked for one real time, so a story came.", force=True)
        return self._say(Stance.SPENT, "They had told every story that they have.")

    def _stories_by_fit(self) -> list[str]:
        """The story meant, then those not yet opened, then the rest."""
        opened = self.state.opened(self.persona)
        rest = sorted((s.id for s in self.persona.stories), key=lambda s: s in opened)
        meant = self._story_meant()
        return ([meant] if meant else []) + [s for s in rest if s != meant]

    def _story_meant(self) -> str | None:
        if self.target.story:
            return self.target.story
        return self.persona.story_of[self.target.moment].id if self.target.moment else None

    def _past_specific(self) -> Decision:
        if self.state.story is None:
            if Move.REDIRECT in self.reading.moves and self.reading.openness.is_open:
                return self._opened()
            if self._story_meant() is None:
                if self.target.fact:
                    return self._fact()
                return self._say(Stance.UNOPENED, "No story was open yet; ask for the last time it happened.")
            if self.reading.openness.is_open:
                return self._opened()
            return self._closed()
        if not self.reading.openness.is_open:
            return self._closed()
        return self._followed_up(self.state.story)

    def _followed_up(self, story: str) -> Decision:
        """An open ask within a story: the moment meant, else the detail meant, else the next moment."""
        target, state = self.target, self.state
        if target.cue and not state.has(ReleaseKind.MOMENT, target.cue):
            return self._tell(target.cue, "You took up what they had let slip.", force=True)
        if target.anything_else:
            return self._anything_else(story)
        following = next_on_main_line(self.persona, state, story)
        if target.onward:
            return self._tell(following, "You let the story go on.") if following else self._told_out()
        meant = target.moment
        if meant and not state.has(ReleaseKind.MOMENT, meant):
            elsewhere = self.persona.story_of[meant].id
            if elsewhere != story and elsewhere not in state.opened(self.persona):
                return self._opened()
            return self._tell(meant, "You asked openly for just that.")
        about = meant or state.at
        if target.aspect and about:
            return self._aspect(about, target.aspect)
        if Move.TIMELINE not in self.reading.moves or following is None:
            if state.fresh_cues and not target.moment:
                return self._tell(state.fresh_cues[-1], "You stayed with the last thing that they said.", force=True)
            if (about and Move.DEEPEN in self.reading.moves) or meant:
                most = 2 if self.wary is Difficulty.TALKATIVE else 1
                more = self._untold_details(about)[:most] if about else ()
                if about and more:
                    return self._details(about, more, "You stayed with it, and more of it came.")
        if following:
            decision = self._tell(following, "You let the story go on.")
            # Asked for something that nothing here tells, a person says so before going on.
            if not target.particular:
                return decision
            why = "They had nothing to say to just that, and went on."
            return decision.model_copy(update={"stance": self._unknown(), "reason": why})
        if about and meant:
            return self._once(Release(kind=ReleaseKind.MOMENT, id=about), "They had told that.")
        return self._told_out()

    def _told_out(self) -> Decision:
        return self._say(Stance.SPENT, "That story was told to its end. Perhaps there is something beside it.")

    def _anything_else(self, story: str) -> Decision:
        main = self.persona.story_by_id[story].main_line
        told = sum(self.state.has(ReleaseKind.MOMENT, m.id) for m in main)
        kept = kept_for_last(self.persona, self.state, story)
        if kept and told >= ENOUGH_FOR_LAST * len(main):
            return self._tell(kept, "Asked if there was anything else, they told what they had kept.", force=True)
        following = next_on_main_line(self.persona, self.state, story)
        if following:
            return self._tell(following, "There was more.")
        return self._say(Stance.SPENT, "There was nothing else.")

    def _aspect(self, moment: str, aspect: Aspect) -> Decision:
        if aspect not in self.persona.moments[moment].details:
            return self._say(self._unknown(), "They do not remember that.")
        return self._once(self._detail(moment, aspect), "You asked for that side of it, and got it.")

    def _closed(self) -> Decision:
        """Exactly the detail that was asked for, never a moment; the thread cools."""
        target, state = self.target, self.state
        why = "A closed question gets its detail and no more; the thread cools."
        about = target.cue or target.moment or state.at
        if about is None and self._story_meant():
            about = self.persona.story_by_id[self._story_meant() or ""].main_line[0].id
        if about is None:
            return self._say(self._unknown(), why)
        moment = self.persona.moments[about]
        story = state.story or self.persona.story_of[about].id
        if target.aspect and target.aspect in moment.details:
            return self._once(self._detail(about, target.aspect), why, story=story)
        if target.fact:
            return self._once(Release(kind=ReleaseKind.FACT, id=target.fact), why)
        told = state.has(ReleaseKind.MOMENT, about)
        meant = about in (target.cue, target.moment)
        if meant and not told and moment.cue and not state.has(ReleaseKind.CUE, about):
            return self._base(Stance.TELLS, why, (Release(kind=ReleaseKind.CUE, id=about),), story=story)
        return self._base(self._unknown(), "A closed question about something that they had no word for.", story=story)

    # -- building decisions ---------------------------------------------------------------------------------------

    def _tell(self, id_: str, why: str, force: bool = False) -> Decision:
        """The moment, with the cues that it lets slip; from a wary person first its own cue, unless `force`d."""
        moment = self.persona.moments[id_]
        hinted = self.state.has(ReleaseKind.CUE, id_)
        shy = self.wary is Difficulty.GUARDED or moment.via is Via.CUE
        if shy and moment.cue and not hinted and not force:
            cue = Release(kind=ReleaseKind.CUE, id=id_)
            return self._base(
                Stance.TELLS, f"{why} Guarded as they are, they only hinted at it.", (cue,), moment=moment
            )
        slips = tuple(
            Release(kind=ReleaseKind.CUE, id=m.id, donated=True)
            for m in self.persona.story_of[id_].moments
            if m.cued_by == id_ and not self.state.has(ReleaseKind.CUE, m.id)
        )
        return self._base(Stance.TELLS, why, (Release(kind=ReleaseKind.MOMENT, id=id_), *slips), moment=moment)

    def _untold_details(self, moment: str) -> tuple[Aspect, ...]:
        details = self.persona.moments[moment].details
        return tuple(a for a in _DETAIL_ORDER if a in details and not self.state.has(ReleaseKind.DETAIL, moment, a))

    def _detail(self, moment: str, aspect: Aspect, donated: bool = False) -> Release:
        return Release(kind=ReleaseKind.DETAIL, id=moment, aspect=aspect, donated=donated)

    def _details(self, moment: str, aspects: tuple[Aspect, ...], why: str) -> Decision:
        releases = tuple(self._detail(moment, a, donated=i > 0) for i, a in enumerate(aspects))
        return self._base(Stance.TELLS, why, releases, moment=self.persona.moments[moment])

    def _once(self, release: Release, why: str, story: str | None = None) -> Decision:
        """The release; in brief when it was told before; nothing more when that was said too."""
        if release.key not in self.state.told:
            return self._base(Stance.TELLS, why, (release,), story=story)
        if release.key not in self.state.again:
            return self._base(Stance.AGAIN, "They had told you that.", again=release, story=story)
        return self._say(Stance.SPENT, "They had told you that twice.")

    def _say(
        self, stance: Stance, why: str, false_signal: bool = False, releases: tuple[Release, ...] = ()
    ) -> Decision:
        return self._base(stance, why, releases, false_signal=false_signal)

    def _base(
        self,
        stance: Stance,
        why: str,
        releases: tuple[Release, ...] = (),
        *,
        again: Release | None = None,
        moment: Moment | None = None,
        story: str | None = None,
        false_signal: bool = False,
    ) -> Decision:
        """A decision that leaves the talk where it was, or takes it to `moment`, or to `story`."""
        at = self.state.at
        story = story or self.state.story
        if moment is not None and (self.state.has(ReleaseKind.MOMENT, moment.id) or _tells(releases, moment.id)):
            at = moment.id
        if moment is not None:
            story = self.persona.story_of[moment.id].id
        return Decision(
            stance=stance,
            releases=releases,
            again=again,
            story=story,
            at=at,
            false_signal=false_signal,
            reason=why,
        )


def _tells(releases: tuple[Release, ...], moment: str) -> bool:
    return any(r.kind is ReleaseKind.MOMENT and r.id == moment for r in releases)
