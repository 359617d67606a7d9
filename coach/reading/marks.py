"""The words that a label rests on, and what the codebook says of it.

Marks never decide a label; the trained model does. They point at the words that show it to a person.
"""

from __future__ import annotations

import re

from coach.reading.asks import asks

MARKS: dict[str, re.Pattern[str]] = {
    name: re.compile(pattern, re.I)
    for name, pattern in {
        # frame
        "hypothetical": r"\b(?:would you|would it|would that|would have|would they|if (?:you|we|there|i|it)\b[^,?.]*|imagine\b[^,?.]*|suppose\b[^,?.]*|could you see yourself|do you (?:plan|intend|expect)|going to|will you|in the future|magic wand|ideal(?:ly)?|willing to|might you)",
        "opinion": r"\b(?:what do you think|do you think|how do you feel about|do you (?:like|love|prefer|enjoy|hate|want|wish|need)|favou?rite|most important|how important|biggest \w+|prefer|useful|opinion|best|worst|would rather|valuable|satisfied|matter(?:s)? (?:most )?to you)",
        "general": r"\b(?:usual(?:ly)?|typical(?:ly)?|general(?:ly)?|normal(?:ly)?|always|often|tend to|every (?:day|week|month|time)|most of the time|on average|regularly|when(?:ever)? you|how do you|what do you|do you)",
        "past_any": r"\b(?:have you (?:ever|had|tried|used|been|seen)|did you ever|has (?:it|that|there|anyone) ever|ever\b|was there (?:ever|a time)|were there (?:any|times))",
        "past_specific": r"\b(?:(?:the )?(?:last|first|most recent) (?:time|one)|what happened|that (?:day|night|morning|evening|time|week|moment)|yesterday|last \w+|did you|were you|was (?:it|that|he|she|there)|went|then|when (?:you|it|he|she|they) (?:\w+ed|\w+t|saw|came|went|found|said|told))",
        "fact": r"\b(?:how (?:many|much|long|old|often|big|far)|do you (?:have|own|work|live|use)|are you|is (?:it|there|that)|what(?:'s| is) your|who (?:is|are)|which)",
        "meta": r"\b(?:record(?:ing)?|interview|who else should|talk (?:to|with)|follow[- ]?up|ask you (?:some|a few)|questions? for me|consent|mind if)",
        # openness
        "invite": r"\b(?:tell me|walk me through|take me (?:back|through)|talk me through|describe|what happened(?: next| then)?|and then|go on|say more|tell us|i'd love to hear|share|more about)",
        "open_wh": r"\b(?:how (?!many|much|long|often|old|big|far)\w+|why|what (?:made|led|did|do|was|were|went|else|kind)|in what way)",
        "focus_wh": r"\b(?:how (?:many|much|long|often|old|big|far)|when|where|who|which|what (?:time|day|date|year|name|tool|app|kind|sort|percentage))",
        "option": r"\b(?:do you|did you|does|is it|is that|are you|was (?:it|that)|were you|have you|had you|can you|could you|would you|will you|or)",
        # leading
        "tag": r"(?:,\s*)(?:right|isn't it|aren't you|didn't you|don't you|wasn't it|doesn't it|correct|yeah|no)\s*\?",
        "negative": r"\b(?:don't|didn't|isn't|wasn't|aren't|weren't|haven't|hasn't|wouldn't|couldn't|shouldn't|doesn't|won't) (?:you|it|that|they|there|he|she|this)\b",
        "presupposition": r"\b(?:how|what)\b[^.?!]*\b(?:frustrat\w*|annoy\w*|hard|difficult|painful|bad|stress\w*|great|easy|problem\w*|challeng\w*|struggl\w*|helpful|disappoint\w*|wrong|miss\w*|confus\w*|love|hate|worr\w*|slow|expensive|upset\w*)",
        "answer": r"\b(?:was (?:it|that) because|is (?:it|that) because|so (?:you|it|that|they|basically)|because|I (?:guess|assume|imagine)|you must|must have|sounds like|it seems)[^.?!]*",
        "solution": r"\b(?:would(?:n't)? (?:it|you|that|an?|this)|if (?:there was|there were|you had|we|you could|an?)|app|tool|feature|reminder|alert|dashboard|automatic\w*)\b[^.?!]*",
        "pressure": r"\b(?:everyone|everybody|most people|other (?:people|customers|users|teams)|others|we (?:hear|heard|know|found)|people (?:tell|say)|surely|obviously|of course)\b",
        "choice": r"\b[\w' -]{3,30} or [\w' -]{3,30}\?",
        # moves
        "opener": r"\b(?:last time|most recent(?:ly)?|(?:a|another|any) time|one time|a (?:day|night|week|case|situation|occasion) (?:when|where|that|you)|(?:last|recent) \w+|specific (?:time|example|instance)|a recent \w+|first time|the day|an example)\b[^.?!]*",
        "scene": r"\b(?:where|when|who (?:else )?(?:was|were)|what time|what day|with whom|who with|what (?:were|was) (?:you|it)|sitting|what (?:did|were) you us(?:e|ing)|where were you)",
        "timeline": r"\b(?:next|then|after(?:wards)?|before|in the end|how did it (?:start|begin|end)|what happened|first thing|from there|meanwhile|until|finally)",
        "deepen": r"\b(?:why|how|what (?:made|was|did|do you mean)|tell me (?:more|about)|say more|you (?:said|mentioned)|more about|what (?:was|were) (?:that|it) like|feel|mean)",
        "redirect": r"\b(?:last time|this time|that (?:day|time|evening|morning)|an? (?:recent|specific|particular) \w+|for (?:example|instance)|yesterday|last \w+|example)",
        "reanchor": r"\b(?:you (?:said|mentioned|told|talked)|earlier|going back|back to|a moment ago|before,? you|at the (?:start|beginning))",
        "check": r"\b(?:so (?:you|it|far|if|just|to)|let me (?:check|see|sum|make sure|play)|did I (?:get|understand)|is that (?:right|fair)|to (?:sum|recap)|have I got|what I(?:'m| am) hearing|in other words)",
        "exception": r"\b(?:a time (?:when|that) (?:it )?(?:didn't|went|was)|different|the (?:other way|opposite)|except|went (?:well|badly|wrong|right)|worked|unlike|other time)",
        # faults
        "multiple": r"\b(?:and|or|also)\b",
        "recast": r"\b(?:is it|was it|like|I mean|or is|did you|or was|because of|for example)\b[^.?!]*\?",
        "faux_open": r"\b(?:tell me (?:if|whether|how (?:much|many|often))|describe (?:if|whether))\b[^.?!]*",
        "jargon": r"\b(?:KPI|NPS|workflow|stakeholder\w*|touchpoint\w*|pain point\w*|onboarding|funnel|use case\w*|leverage|end[- ]to[- ]end|pipeline|value prop\w*|journey|persona\w*|synerg\w*|ROI|UX|MVP|granular\w*|ecosystem)\b",
        "vague": r"\b(?:stuff|things?|and so on|whatever|somehow|something like that|etc|all that|that kind of)\b",
        # tell and other functions
        "pitch": r"\b(?:we(?:'re| are| have|'ve)? (?:build\w*|built|making|made|launch\w*|develop\w*|working on|design\w*|offer\w*|creat\w*)|our (?:app|product|tool|platform|solution|startup|company|software|service|idea)|my (?:app|idea|product|startup)|the idea is|it (?:lets|allows|helps) you|demo|beta)\b[^.?!]*",
        "advice": r"\b(?:you (?:should|could|might want|ought|need to|can just)|have you (?:considered|thought of)|I(?:'d| would) (?:recommend|suggest)|why don't you|try (?:to|using))\b[^.?!]*",
        "view": r"\b(?:I (?:think|believe|feel|find|also|personally|hate|love|agree|know)|for me|in my (?:opinion|experience)|same here|me too)\b[^.?!]*",
        "praise": r"\b(?:great|good|excellent|awesome|amazing|fantastic|wonderful|perfect|brilliant|helpful|love) (?:answer|point|question|insight|job|stuff|that|example)?",
        "info": r"\b(?:it(?:'s| is)|that(?:'s| is)|this is|means?|about \d+|so basically)\b[^.?!]*",
        "reflect": r"\b(?:so|you (?:said|mentioned|had|were|felt|did|went|ended)|it sounds like|sounds like|so it)\b[^.?!]*",
        "admin": r"\b(?:record\w*|consent|minutes?|go ahead|click|screen|share|start|begin|before we|schedule|sign|link|next (?:question|section|task)|task)\b",
        "social": r"\b(?:thank(?:s| you)|hi|hello|hey|good (?:morning|afternoon|evening)|sorry|nice to|how are you|appreciate|take care|bye|haha|congrat\w*|oh no|ouch|wow)\b[^.?!]*",
    }.items()
}

REASONS: dict[str, str] = {
    "invite": "It hands over the floor: a request for the story, with no answer put in.",
    "open_wh": "What, how or why: it needs a clause, not a word.",
    "focus_wh": "It asks for one thing: a name, a number, a time, a place.",
    "option": "“Yes”, “no” or one of the things on offer would answer it in full.",
    "past_specific": "It asks about one real time: what was done, not what is thought.",
    "past_any": "It asks whether it ever happened, not what happened.",
    "general": "It asks how things usually go. People answer with the tidy version.",
    "opinion": "It asks for a judgement or a wish, apart from any real episode.",
    "hypothetical": "It asks about something that has not happened. The answer is a guess, and a polite one.",
    "fact": "It asks for a stable fact about them.",
    "meta": "It is about the interview itself, so it does not count.",
    "mild": "It puts in a feeling, a cause or a fact that they had not said.",
    "strong": "It supplies the answer; agreeing is the easy reply.",
    "opener": "It invites one real, bounded time.",
    "scene": "It sets the scene: when, where, who, with what.",
    "timeline": "It moves along what happened.",
    "deepen": "It opens something that they have just said.",
    "redirect": "After a generality, it asks for an instance.",
    "reanchor": "It returns to something that they named earlier.",
    "check": "It sums up and leaves room to correct.",
    "exception": "It asks for a real time that went otherwise.",
    "multiple": "Two different questions at once; only the last gets an answer.",
    "recast": "It begins open and is narrowed at once.",
    "faux_open": "It says “tell me” but invites no telling.",
    "long": "More than 45 words before the question.",
    "jargon": "It uses your trade's words, not theirs.",
    "vague": "It is not clear what is asked.",
    "pitch": "It presents your own product or idea.",
    "advice": "It tells them what to do.",
    "view": "It offers your own view unasked.",
    "praise": "It grades their answer; they will want to please you again.",
    "info": "It explains what they asked.",
    "reflect": "It says back what they said, and adds nothing.",
    "backchannel": "A nudge to go on.",
    "admin": "Housekeeping.",
    "social": "A kind or polite word.",
}
"""Each label in the codebook's terms, worded for the person who asked."""


def words_for(label: str, text: str, ask: str) -> str:
    """The words of the turn that show a label: its mark in the ask, else in the turn, else the ask itself."""
    pattern = MARKS.get(label)
    if pattern:
        for where in (ask, text):
            match = pattern.search(where)
            if match and match.group().strip():
                return match.group().strip(" ,")
    if label in ("multiple", "recast"):
        return " … ".join(asks(text)[-2:])
    return ask or text.strip()
