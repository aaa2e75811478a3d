"""Coordinated phrases: where to split a list of subjects, and which words of a phrase name one. Pure."""

import re
from collections.abc import Iterator

from digest.judge.spans import Span, without_space
from digest.judge.stopwords import STATEMENT_WORDS, words

_CONJUNCTION = re.compile(
    r"\s*(?:[,:()\[\]{}]|\s[-–—/|+]\s|[–—])+\s*(?:(?:and|or|as\s+well\s+as|but|plus|&)\s)?|"
    r"\s+(?:and|or|as\s+well\s+as|along\s+with|together\s+with|plus|&|and/or|versus|vs\.?)\s+",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W_][\w+#’'./-]*")

#: Words that go with any subject.
_GENERIC = words("""
    evaluation evaluating evaluate latency cost costs scaling scale scalability performance quality benchmark
    benchmarks benchmarking training inference throughput reliability monitoring practices practice tooling tools tool
    metrics metric trade-offs tradeoffs tradeoff trade-off efficiency speed accuracy deployment deploying production
    testing debugging design architecture architectures systems system models model data theory methods applications
    application algorithms survey surveys tutorial tutorials memory optimization optimisation infrastructure safety
    robustness security privacy datasets dataset experiments results implementation implementations maintenance
    failure failures limits limitations use usage cases case pitfalls opportunities challenges techniques engineering
    research pipelines pipeline industry history future math mathematics foundations code examples observability
    reproducibility operations management hardware software trade
""")
_MODIFIER = re.compile(
    r"(?:\w+(?:ive|ic|ous|ed|ble|less|ary|ual|ral|tal|nal|ant|less|scale|free|aware|based|efficient)|dense|sparse|deep|"
    r"large|small|long|short|fast|slow|open|closed|offline|online|global|audio|image|video|text|speech|visual|linear|"
    r"low|high|single|multi|soft|hard|static|crowd|instance|pre|post|read|write|graph|continuous|discrete|real|batch|"
    r"stream|streaming|input|output|query|human|machine|classical|modern|safe|two|three|first|second)",
    re.IGNORECASE,
)
#: They end like a modifier and are nouns.
_NOUNS_IN_AL = words("retrieval proposal approval removal signal journal arrival metal crystal capital")
_VERBS = words("""
    build run design develop maintain operate make create apply evaluate improve using doing having be is are was has have
""")
#: Words of the calendar, the office and the home: they name no field.
_EVERYDAY = words("""
    day days week weeks weekly month months monthly quarter quarters year years yearly semester summer winter spring
    autumn monday tuesday wednesday thursday friday saturday sunday january february march april may june july august
    september october november december today tomorrow yesterday digest morning mornings evening evenings afternoon afternoons
    night weekend weekends hour hours minute minutes time times deadline deadlines quarter half once twice every single
    one two three four five six seven eight nine ten eleven twelve fifteen twenty thirty hundred hundreds thousand
    people person persons nobody somebody everyone everybody anyone boss chef manager colleague colleagues coworkers
    friend friends family kid kids child children baby daughter son wife husband partner parents grandparents mother
    father brother sister dog cat home house garden city town village country office desk job jobs career salary
    promotion company companies firm startup start-up employer customer customers client clients user users meeting
    meetings conference conferences train bus commute lunch coffee dinner holiday holidays vacation bike money budget
    english language-skills thanks regards hello greetings mail email list lists batch batches phd msc mba degree
    university school bootcamp course courses class classes exam exams diploma supervisor advisor professor teacher
    hype noise marketing honest honesty seriously sorry please idea thing plan plans theme step steps setup mission
    task tasks profile mentality quality-time hands-on outcome outcomes progress hope dream wish interested curious
    question questions answer answers result decision decisions mistake mistakes okr okrs goal goals chance report
    reports presentation presentations slides team-mates mentor juniors member members remote hybrid offer offers
    welcome great fine best most fewer several short long soon late early again already finally far near sure true
    wrong right easy hard difficult free spare little start started beginning end ends next last previous former
    current currently new old young expected wanted needed required hiring hire hired seeking join publish review
    stay staying live living lives born based located drink eat sleep play plays hobby hobbies hiking climbing cooking
    running background problem problems success title scope brief prod dev objectives objective aim aims budget
    partner partners hospital hospitals store stores bank shop agency institute office leave drowning alone meeting
    certain colleague head cto ceo roadmap otherwise everything nothing anything something cycling guitar football chess gardening
""")
_NUMERAL = re.compile(r"[ivx]+")
#: Professions: a phrase that ends in one of these names a person.
_ROLES = re.compile(
    r"(?:engineer|developer|scientist|manager|student|researcher|consultant|analyst|architect|intern|nurse|teacher|lecturer|"
    r"professor|postdoc|doctor|physicist|biologist|chemist|economist|mathematician|programmer|director|cto|ceo|founder|lead|"
    r"administrator|statistician|hobbyist|librarian|journalist|lawyer|freelancer|phd|msc|m/f/d|m/w/d|f/m/x)s?",
    re.IGNORECASE,
)
_LONGEST_ROLE = 4
#: More phrases than this in one scope are no list of subjects.
_MOST = 40


def conjuncts(text: str, span: Span) -> Iterator[Span]:
    """The coordinated parts of a span; "dense and sparse retrievers" is one, as the modifiers share a noun."""
    start, end = span
    begins, count = start, 0
    for conjunction in _CONJUNCTION.finditer(text, start, end):
        if count == _MOST:
            break
        if _shares_noun(text[begins : conjunction.start()], text[conjunction.end() : end], conjunction[0]):
            continue
        yield begins, conjunction.start()
        begins, count = conjunction.end(), count + 1
    yield begins, end


def _shares_noun(left: str, right: str, conjunction: str) -> bool:
    if "(" in conjunction or ":" in conjunction or not right.strip():
        return False
    word = left.split()[-1:] or [""]
    return bool(
        _MODIFIER.fullmatch(word[0]) and word[0].casefold() not in _NOUNS_IN_AL and not _CONJUNCTION.match(right)
    )


def trimmed(text: str, span: Span) -> Span | None:
    """The span without such words at either end; None where no word is left that names a subject."""
    start, end = without_space(text, span)
    found = [(m.start(), m.end(), m[0].casefold().strip(".'’-")) for m in _WORD.finditer(text, start, end)]
    carrying = [
        i for i, (_, _, word) in enumerate(found) if word not in STATEMENT_WORDS and any(c.isalpha() for c in word)
    ]
    if not carrying:
        return None
    if len(carrying) > 1 and found[carrying[0]][2] in _VERBS:
        carrying = carrying[1:]
    first, last = found[carrying[0]][0], found[carrying[-1]][1]
    return without_space(text, (first, last))


def content(phrase: str) -> list[str]:
    """The words of a phrase that name a subject, in lower case."""
    found = (m[0].casefold().strip(".'’-") for m in _WORD.finditer(phrase))
    return [word for word in found if word not in STATEMENT_WORDS]


def is_generic(phrase: str) -> bool:
    """Whether every word of a phrase goes with any subject, as in "evaluation" or "training cost"."""
    return all(word in _GENERIC for word in content(phrase))


def is_thin(phrase: str) -> bool:
    """Whether one word at most names the subject of a phrase."""
    return len(content(phrase)) < 2


def dependent(phrase: str) -> bool:
    """Whether a phrase is short enough to share the head of the one before it."""
    return len(phrase.split()) <= 2


def is_role(phrase: str) -> bool:
    """Whether a phrase names a profession, as in "senior ML engineer"."""
    own = phrase.split()
    return 0 < len(own) <= _LONGEST_ROLE and bool(_ROLES.fullmatch(own[-1]))


def is_everyday(phrase: str) -> bool:
    """Whether a phrase is about the calendar, the office or the home and nothing else."""
    return all(word in _EVERYDAY or word.isdigit() or _NUMERAL.fullmatch(word) for word in content(phrase))
