"""How much a sentence says about what a work contributes, by cue phrases. Pure.

Cue phrases are the oldest way to find the sentences that sum up a paper (Edmundson 1969, Teufel and
Moens 2002). On abstracts they still work, since authors follow a pattern.
"""

import re
from functools import lru_cache

#: Verbs of making and finding, and verbs that many sentences without a contribution have.
_CONTRIBUTING = (
    "propose|present|introduce|develop|show|demonstrate|find that|found that|prove|release|open-?source|design|build|"
    "built|describe|study|investigate|explore|analy[sz]e|evaluate|measure|report|derive|establish|provide|offer|"
    "compare|benchmark|observe|discover|reveal|identify|formulate|formali[sz]e|implement|created?|wrote|argue|examine|"
    "survey|review|characteri[sz]e|quantif(?:y|ied)|construct|curate|collect|reproduce|replicate|rewrote|shipped"
)
_USING = (
    "train|trained|learned|learnt|conduct|apply|extend|use|used|leverage|adopt|achieve|improve|reduce|obtain|"
    "outperform|tested|tried|ran|moved|migrated|switched|cut|saved|address|find|found|address|tackle"
)
_THIS_WORK = r"(?:this|the present|our)\s+(?:\w+\s+)?(?:paper|work|article|study|survey|post|blog|thesis|tutorial|report|talk|guide|review|series|chapter|note|research|letter|monograph)"
#: What may follow "we" without a contribution.
_NO_CONTRIBUTION = (
    "are|were|have|had|need|do|don|did|know|believe|think|want|live|see|hope|must|should|may|might|would|could|often|all|"
    "cannot|take|get|expect|like|love|say|call|assume|humans|always|never|usually|tend|now|used|still|just|look|will|can"
)
_ADVERBS = r"(?:['’]ve|\s+\w+ly|\s+also|\s+then|\s+first|\s+further|\s+have|\s+can|\s+hence|\s+thus|\s+will)*"
#: What the authors say the work does: (pattern, weight).
_CUES = tuple(
    (re.compile(pattern, re.IGNORECASE), weight)
    for pattern, weight in (
        (rf"\bwe{_ADVERBS}\s+(?:{_CONTRIBUTING})\w{{0,3}}\b", 3.0),
        (rf"\bwe{_ADVERBS}\s+(?!(?:{_NO_CONTRIBUTION})\b)[a-z]+", 1.5),
        (rf"^(?:{_THIS_WORK}|we)\b", 0.5),
        (r"\bwe(?:\s+\w+ly|\s+\w+){0,2}\s+(?:propose|introduce|present|develop)\b", 1.0),
        (rf"\bI{_ADVERBS}\s+(?:{_CONTRIBUTING})\w{{0,3}}\b", 2.5),
        (rf"\bI{_ADVERBS}\s+(?:{_USING})\w{{0,3}}\b", 0.7),
        (rf"\bin\s+{_THIS_WORK}\b", 2.0),
        (
            rf"\b{_THIS_WORK}\s+(?:\w+ly\s+)?(?:is about|is an?|(?:{_CONTRIBUTING}|explains?|covers?|looks?|walks?|tells?|discuss(?:es)?|aims?|addresses|details|shares|summari[sz]es|gives?|seeks?)\w{{0,3}})\b",
            3.0,
        ),
        (
            r"\b(?:we|i)(?:'ll|’ll|\s+will)\s+(?:\w+ly\s+|briefly\s+)?(?:look|see|go|walk|cover|discuss|explain|learn|share|talk|give)\b",
            1.5,
        ),
        (
            r"\b(?:our|the proposed|the resulting|extensive|empirical|experimental)\s+(?:\w+\s+){0,3}(?:results?|experiments?|findings?|evaluations?|analys[ei]s|stud(?:y|ies))\s+(?:\w+\s+){0,4}(?:show|demonstrate|suggest|indicate|reveal|confirm|validate|highlight)\w{0,2}\b",
            1.0,
        ),
        (
            r"\b(?:experiments?|results?|evaluations?)\s+(?:(?:on|with|across|over|in)\s+.{1,80}?\s)?(?:show|demonstrate|suggest|indicate|reveal|confirm|validate)\w{0,2}\b",
            1.0,
        ),
        (
            r"\b(?:outperform|surpass|exceed)\w{0,3}\b|\bstate[- ]of[- ]the[- ]art (?:results|performance|accuracy)\b",
            1.0,
        ),
        (
            r"\b(?:reduc|improv|increas|decreas|achiev|speed|accelerat|lower|cut|gain|boost|sav|match|attain|retain)\w*\b.{0,60}\d",
            1.0,
        ),
        (r"\b(?:up to|by|over|of|than)\s+\d", 0.3),
        (r"\b(?:key idea|main idea|contributions?|novel|called|dubbed|termed|named|first to)\b", 0.7),
        (
            r"\b(?:tl;?dr|in short|in summary|lessons?|takeaways?|turns out|here(?:'s|’s| is| are) (?:how|what|why|the)|how (?:we|i))\b",
            1.5,
        ),
        (r"^[A-Z][\w+.-]*(?:\s[A-Z(][\w+.)-]*)?,? (?:is|are) (?:a|an|the)\b", 0.8),
        (
            r"\b\d[\d.,]*\s?(?:\\?%|percent|percentage points|×|x\b|\$?\\times|-?fold|times|points|pp\b|ms\b|seconds|minutes|hours|[GMTK]i?B\b|billion|million|[BMK]\b|tokens|parameters|FPS|dB|F1|BLEU|mAP|GPUs?)",
            1.2,
        ),
    )
)
#: Why the field matters and where others failed, which a hundred works say: (pattern, weight).
_MOTIVATION = tuple(
    (re.compile(pattern, re.IGNORECASE), weight)
    for pattern, weight in (
        (
            r"\b(?:has|have)\s+(?:\w+\s+)?(?:become|emerged|attracted|gained|received|garnered|revolutioni[sz]ed|transformed|shown|demonstrated|achieved|made|seen|witnessed|enabled|been)\b",
            2.0,
        ),
        (
            r"\b(?:in recent years|recent(?:ly)?,|recent (?:advances?|work|progress|years|studies|developments?)|in (?:this|the|today.s) (?:\w+ )?(?:era|age|landscape)|nowadays|these days|with the (?:rise|advent|rapid|growth|increasing|emergence|proliferation))\b",
            2.5,
        ),
        (
            r"\b(?:remains?|is|are|still|poses?|presents?|faces?)\s+(?:\w+\s+){0,2}(?:challeng\w+|open (?:problem|question|challenge)|difficult|unclear|unexplored|under-?explored|elusive|limited|costly|expensive|hard|understudied|a bottleneck|poorly understood)\b",
            2.0,
        ),
        (
            r"\b(?:is|are)\s+(?:\w+\s+)?(?:crucial|essential|important|critical|vital|fundamental|ubiquitous|necessary|key to|central to|at the heart|increasingly|widely|commonly|often|typically|a cornerstone)\b",
            2.0,
        ),
        (
            r"\bplay(?:s|ed)?\s+an?\s+(?:\w+\s+)?(?:role|part)\b|\bgrowing (?:interest|demand|need|number)\b|\bwidely (?:used|adopted|studied)\b",
            2.0,
        ),
        (
            r"\b(?:existing|current|previous|prior|most|many|traditional|conventional|standard|other)\s+(?:\w+[\s-]){0,3}(?:methods?|approach(?:es)?|works?|systems?|techniques?|solutions?|studies|models?|benchmarks?)\b.{0,50}\b(?:fail|lack|suffer|struggle|rely|require|ignore|assume|focus|overlook|neglect|are|do not|cannot|often|tend|have|typically|treat|face)\w{0,3}\b",
            2.0,
        ),
        (
            r"\b(?:fail|struggle|suffer)s?\s+(?:to|from|with)\b|\boften (?:fail|suffer|struggle|lead|require|rely)\w*\b|\blittle (?:is known|attention|work)\b",
            1.0,
        ),
    )
)
#: A first word that refers to an earlier sentence, which may not be quoted.
_POINTS_BACK = re.compile(
    r"^(?:however|but|yet|still|instead|nevertheless|nonetheless|conversely|in contrast|on the other hand|by contrast|"
    r"otherwise|meanwhile|similarly|likewise|for (?:example|instance|this|these|such)|as (?:a result|such)|despite (?:this|these|its|their)|"
    r"this (?!(?:paper|work|article|study|survey|post|blog|thesis|tutorial|report|talk|guide|review|series|chapter|note|research|letter|is (?:a|the) (?:post|blog|article|guide|tutorial|talk|paper|story|series|write|follow))\b)|"
    r"these |those |that(?:'s|’s| is| was| means)|they |it |its |their |such |he |she |his |her |so[, ]|then[, ]|also[, ]|both |the (?:former|latter|same)\b|"
    r"and |or |nor |while (?:this|these|such)|after (?:this|that)|with (?:this|these|that)|from (?:this|these)|under (?:this|these)|"
    r"in (?:this|these|that|such) (?!(?:paper|work|article|study|survey|post|blog|thesis|tutorial|report|talk|guide|review|series|chapter|note)\b)|"
    r"to (?:this end|(?:address|tackle|overcome|solve|mitigate|fill|bridge|remedy|resolve|do|achieve|alleviate) (?:this|these|that|it|so|such|the gap|those)))",
    re.IGNORECASE,
)
#: Connectives that can go where a quotation begins.
_CONNECTIVE = re.compile(
    r"^(?:however,\s+(?=(?:in this|we)\b))?(?:(?:to this end|for this reason|to (?:address|tackle|overcome|solve|mitigate|fill|bridge|remedy|resolve|alleviate) (?:this|these|that|such|the)(?: \w+){0,3}|"
    r"in (?:this|our) (?:paper|work|article|study|research)|moreover|furthermore|additionally|in addition|finally|lastly|therefore|thus|hence|"
    r"consequently|accordingly|specifically|in particular|more specifically|concretely|as such|besides|overall|notably|importantly|in response|inspired by this|motivated by this),\s+)?(?=\S)",
    re.IGNORECASE,
)


#: What a question loses: it says what is sought, not what was found.
_QUESTION = 2.5


@lru_cache(maxsize=16_384)  # the same sentences are weighed for every learner
def contribution(sentence: str) -> float:
    """How much a sentence says about what the work itself does or found; below zero for mere motivation."""
    claimed = sum(weight for cue, weight in _CUES if cue.search(sentence)) - _QUESTION * sentence.endswith("?")
    return claimed - sum(weight for cue, weight in _MOTIVATION if cue.search(sentence)) * (0.5 if claimed >= 3 else 1.0)


def points_back(sentence: str) -> bool:
    """Whether a sentence begins with a reference to what came before it."""
    return bool(_POINTS_BACK.match(sentence))


def without_connective(sentence: str) -> str:
    """The sentence without a leading "To this end," or "Moreover,"; it still begins with a capital."""
    rest = _CONNECTIVE.sub("", sentence, count=1)
    return rest if rest == sentence else rest[:1].upper() + rest[1:]
