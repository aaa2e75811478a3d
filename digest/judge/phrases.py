"""Coordinated phrases: where a list of subjects is cut, and which words of a phrase carry none. Pure."""

import re
from collections.abc import Iterator

from digest.judge.spans import Span, without_space
from digest.judge.stopwords import STOPWORDS

_JOINT = re.compile(
    r"\s*(?:[,:()\[\]{}]|\s[-–—/|+]\s|[–—])+\s*(?:(?:and|or|as\s+well\s+as|but|plus|&)\s)?|"
    r"\s+(?:and|or|as\s+well\s+as|along\s+with|together\s+with|plus|&|and/or|versus|vs\.?)\s+",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W_][\w+#’'.-]*", re.UNICODE)

#: Words in front or at the end of a phrase that carry nothing.
_LOOSE = STOPWORDS | frozenset(
    """especially particularly mainly mostly basically ideally generally also maybe perhaps etc e.g eg i.e ie including
    include includes particular general specifically preferably please thing things stuff topic topics subject subjects
    kind sort lot lots bit area areas articles article blog blogs posts post news literature reading readings content
    material materials resources curated list lists collection everything anything something someone people teams
    team technical deeper deep-dive overview basics basic better latest newest practical real stories story interested
    interest interests focus ideas concepts up-to-date world today here there actually currently happens happening
    related regarding concerning about beyond themselves works working work want wants learn learning-about know
    understand me i'm i've i'd ok okay well hello hi thanks advance cited cool good great nice interesting fun actual whole
    is're does say tell read goes going topics: e.g. i.e. etc.""".split()
) - {"field", "framework", "performance", "study"}
#: Small words that stand inside a subject's name; never trimmed from its front when a noun follows them.
_GENERIC = frozenset(
    """evaluation evaluating evaluate latency cost costs scaling scale scalability performance quality benchmark
    benchmarks benchmarking training inference throughput reliability monitoring practices practice tooling tools tool
    metrics metric trade-offs tradeoffs tradeoff trade-off efficiency speed accuracy deployment deploying production
    testing debugging design architecture architectures systems system models model data theory methods applications
    application algorithms survey surveys tutorial tutorials memory optimization optimisation infrastructure safety
    robustness security privacy datasets dataset experiments results implementation implementations maintenance
    failure failures limits limitations use usage cases case pitfalls opportunities challenges techniques engineering
    research pipelines pipeline industry history future math mathematics foundations code examples observability
    reproducibility operations management hardware software ai ml machine learning deep""".split()
)
_MODIFIER = re.compile(
    r"(?:\w+(?:ive|ic|ous|ed|ble|less|ary|ual|ral|tal|nal|ant|less|scale|free|aware|based|efficient)|dense|sparse|deep|"
    r"large|small|long|short|fast|slow|open|closed|offline|online|global|audio|image|video|text|speech|visual|linear|"
    r"low|high|single|multi|soft|hard|static|crowd|instance|pre|post|read|write|graph|continuous|discrete|real|batch|"
    r"stream|streaming|input|output|query|human|machine|classical|modern|safe|two|three|first|second)",
    re.IGNORECASE,
)
_NOUNS_IN_AL = frozenset("retrieval proposal approval removal signal journal arrival metal crystal capital".split())
_VERBS = frozenset("build run design develop maintain operate make create apply evaluate improve using doing having be is are was has have".split())
#: Who somebody is by trade: a phrase that ends in one of these names a person.
_ROLES = re.compile(
    r"(?:engineer|developer|scientist|manager|student|researcher|consultant|analyst|architect|intern|nurse|teacher|lecturer|"
    r"professor|postdoc|doctor|physicist|biologist|chemist|economist|mathematician|programmer|director|cto|ceo|founder|lead|"
    r"administrator|librarian|journalist|lawyer|freelancer|phd|msc|m/f/d|m/w/d|f/m/x)s?",
    re.IGNORECASE,
)
#: More phrases than this in one scope are a bag of words.
_MOST = 40


def conjuncts(text: str, span: Span) -> Iterator[Span]:
    """The coordinated parts of a span; "dense and sparse retrievers" is one, as the modifiers share a noun."""
    start, end = span
    begins, count = start, 0
    for joint in _JOINT.finditer(text, start, end):
        if count == _MOST:
            break
        if _shares_its_noun(text[begins : joint.start()], text[joint.end() : end], joint[0]):
            continue
        yield begins, joint.start()
        begins, count = joint.end(), count + 1
    yield begins, end


def _shares_its_noun(left: str, right: str, joint: str) -> bool:
    if "(" in joint or ":" in joint or not right.strip():
        return False
    word = left.split()[-1:] or [""]
    return bool(
        _MODIFIER.fullmatch(word[0]) and word[0].casefold() not in _NOUNS_IN_AL and not _JOINT.match(right)
    )


def trimmed(text: str, span: Span) -> Span | None:
    """The span without loose words at either end; None where no word is left that carries a subject."""
    start, end = without_space(text, span)
    words = [(m.start(), m.end(), m[0].casefold().strip(".'’-")) for m in _WORD.finditer(text, start, end)]
    carrying = [i for i, (_, _, word) in enumerate(words) if word not in _LOOSE and any(c.isalpha() for c in word)]
    if not carrying:
        return None
    if len(carrying) > 1 and words[carrying[0]][2] in _VERBS:
        carrying = carrying[1:]
    first, last = words[carrying[0]][0], words[carrying[-1]][1]
    return without_space(text, (first, last))


def content(words: str) -> list[str]:
    """The words of a phrase that carry a subject."""
    found = (m[0].casefold().strip(".'’-") for m in _WORD.finditer(words))
    return [word for word in found if word not in _LOOSE]


def is_generic(words: str) -> bool:
    """Whether every word of a phrase goes with any subject, as in "evaluation" or "training cost"."""
    return all(word in _GENERIC for word in content(words))


def is_thin(words: str) -> bool:
    """Whether a single word carries the phrase."""
    return len(content(words)) < 2


def dependent(words: str) -> bool:
    """Whether a phrase is short enough to hang on the head of the one before it."""
    return len(words.split()) <= 2


def is_role(words: str) -> bool:
    """Whether a phrase names what somebody is, as in "senior ML engineer"."""
    return bool(_ROLES.fullmatch(words.split()[-1])) if words.split() else False
