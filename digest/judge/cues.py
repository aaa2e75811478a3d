"""English cues in a statement: words for what learners want, for what they say of themselves, for what they decline.

Each cue opens a scope that lasts until the next cue or the end of the sentence (`statement` applies them). Tables
only.
"""

import re
from enum import StrEnum

_APOSTROPHE = "['’]"
_I = rf"(?:i|we)(?:{_APOSTROPHE}(?:m|re|d|ve|ll)|\s+am|\s+are)?"
_NOT = rf"(?:do\s*n(?:{_APOSTROPHE}|)t|does\s*n{_APOSTROPHE}?t|do\s+not|does\s+not|never|no\s+longer)"
_SOMEHOW = (
    r"(?:\s+(?:really|also|just|mostly|mainly|especially|particularly|very|much|so|still|currently|now|always|"
    r"primarily|actually|deeply|most|more|bit|a|little|specifically|only|simply|fully|yet|to|finally|all|at)){0,4}"
)
_ABOUT = r"(?:\s+(?:about|on|of|in|into|with|around|regarding|concerning|from|at|for))"
_PROSE = (
    r"(?:(?:research|scientific|academic|recent|new|good|technical|practical|short|in-depth|interesting|solid|latest|"
    r"curated|regularly|updated|categorized|comprehensive|de-duplicated|engineering|the|a|an|of|and|reading|paper|blog|"
    r"any|all)\s+|,\s*){0,4}"
    r"(?:papers?|articles?|posts?|blogs?|write-ups?|writing|work|works|news|research|resources?|readings?|lists?|"
    r"literature|material|materials|content|surveys?|studies|catalog|collection|summaries|developments?|advances?|"
    r"progress|things?|stuff|everything|anything|something|ideas|techniques|methods|approaches)"
)
_LEARN = (
    r"(?:understand|learn|know|read|see|hear|follow|track|explore|grasp|master|discover|study|"
    r"get\s+(?:better|good|up\s+to\s+speed|a\s+(?:deeper\s+|better\s+|solid\s+)?(?:grip|handle|understanding|"
    r"feeling|overview|grasp)|into|started|familiar|to\s+know|deeper)|"
    r"keep\s+(?:up|track|abreast|an\s+eye|up\s+to\s+date|current)|stay\s+(?:on\s+top|up\s+to\s+date|current|informed|"
    r"abreast)|catch\s+up|dig\s+(?:deeper|in(?:to)?)|dive(?:\s+deep(?:er)?)?|figure\s+out|find\s+out|"
    r"(?:deepen|improve)\s+my\s+(?:knowledge|understanding)|be\s+up\s+to\s+date|wrap\s+my\s+head\s+around|"
    r"make\s+sense\s+of|speciali[sz]e|go\s+deep(?:er)?|move\s+(?:in)?to|switch\s+(?:in)?to|transition\s+(?:in)?to|"
    r"break\s+into|pivot\s+(?:in)?to)"
)
_LEARNING = (
    r"(?:understanding|learning|knowing|reading|seeing|hearing|following|tracking|exploring|mastering|studying|"
    r"getting\s+(?:better|into|started|deeper|up\s+to\s+speed|familiar)|keeping\s+(?:up|track|abreast|an\s+eye|current)|"
    r"staying\s+(?:on\s+top|up\s+to\s+date|current|informed|abreast)|catching\s+up|digging\s+(?:deeper|in(?:to)?)|diving|"
    r"figuring\s+out|finding\s+out|(?:deepening|improving)\s+my\s+(?:knowledge|understanding)|going\s+deep(?:er)?|"
    r"moving\s+(?:in)?to|switching\s+(?:in)?to|transitioning\s+(?:in)?to|breaking\s+into|pivoting\s+(?:in)?to)"
)
_MORE = r"(?:\s+(?:more|everything|all|something|better|deeper|the\s+latest|my\s+way)){0,4}"
_WISH = (
    r"(?:want(?:ing|ed)?|wants|would\s+(?:like|love|want)|like|love|hope|hoping|wish|need|needs|aim|aiming|plan|planning|"
    r"try|trying|try\s+hard|tries|eager|keen|have|going|wanna|intend|looking|ready|started|starting|begun|supposed|"
    r"excited|happy|glad)"
)
_DO = (
    r"(?:work(?:s|ing|ed)?\s+(?:on|in|with)|build(?:s|ing)?|develop(?:s|ing)?|design(?:s|ing)?|research(?:es|ing)?|"
    r"stud(?:y|ies|ying)|investigat(?:e|es|ing)|maintain(?:s|ing)?|run(?:s|ning)?|operat(?:e|es|ing)|"
    r"serv(?:e|es|ing)|deploy(?:s|ing)?|train(?:s|ing)?|fine-?tun(?:e|es|ing)|implement(?:s|ing)?|scal(?:e|es|ing)|"
    r"ship(?:s|ping)?|optimi[sz](?:e|es|ing)|writ(?:e|es|ing)\s+(?:a|my|our)\s+thesis\s+(?:on|about)|own|evaluat(?:e|es|ing)|"
    r"apply|applying|experiment(?:ing)?\s+with|prototyp(?:e|ing)|tackl(?:e|ing)|solv(?:e|ing)|creat(?:e|ing)|"
    r"measur(?:e|ing)|improv(?:e|ing)|mak(?:e|ing))"
)


class Scope(StrEnum):
    """What a cue says about the words after it."""

    WANTED = "wanted"
    #: what the learner works on, which is mostly what they read about
    WORK = "work"
    #: without a cue
    BARE = "bare"
    #: what the learner did before
    BACKGROUND = "background"
    #: the same, until "to" or "into"
    LEFT = "left"
    PERSON = "person"
    #: a sentence about oneself that may name a subject all the same
    ABOUT_ONESELF = "about oneself"
    DECLINED = "declined"
    #: declines the words before the cue
    DISMISSED = "dismissed"


#: In order of precedence where two begin at the same place.
_CUES: tuple[tuple[Scope, tuple[str, ...]], ...] = (
    (
        Scope.WANTED,
        (
            rf"(?:{_I}\s+)?(?:{_NOT}|not){_SOMEHOW}\s+(?:want(?:ing)?\s+to\s+)?(?:miss|know|understand|sure)"
            rf"(?:\s+(?:enough|much|anything|a\s+lot|what|how|why|out)){{0,4}}{_ABOUT}?",
            r"not\s+(?:only|just|merely)\b",
            rf"{_I}\s+(?:am\s+)?after(?!\s+(?:work|lunch|dinner)\b)",
            r"(?:wants|mentions?|mentioning|suggested|suggests|asks?\s+for|asked\s+for|requires?|needs)(?!\s+to\b)",
            r"(?:measured|explained|honest\s+about|specialis(?:e|es|ed)\s+in|specializ(?:e|es|ed)\s+in|support\s+\w+\s+teams?\s+in)",
            r"(?:my\s+|our\s+|the\s+)?(?:day\s+)?(?:job|work|role|field|business)\s+(?:is|it\s+is|it['’]s|deals\s+with|revolves\s+around)"
            r"(?!\s+(?:a|an|to|at|in|not|boring|the)\b)(?:\s+(?:all\s+)?(?:about|on))?",
            r"(?:nobody|no\s+one)\s+(?:here\s+|in\s+my\s+team\s+)?(?:knows?|understands?)(?:\s+about)?",
            rf"(?:{_I}{_SOMEHOW}\s+)?(?:interesting|specialized|specialised|specialising|specializing)\s+(?:in|for|by|on)",
            r"(?:be|become|being|getting|get|very|really)\s+good\s+at|interests?\s+in|(?:teach|tell|explain\s+to)\s+(?:others|people|students)\s+(?:about|how)",
            r"(?:knowledge|understanding|overview|command|mastery|picture|grasp|expert(?:ise)?)\s+(?:of|in|on|about)",
            r"(?:ask(?:s|ed)?|talk(?:s|ing|ed)?|questions?|everything|all|it\s+is|it['’]s|is|are|theses?)\s+about",
            r"(?:it\s+|which\s+|that\s+|and\s+)?(?:deals\s+with|concerns|revolves\s+around|centers\s+on|centres\s+on|treats)",
            r"(?:narrow|boil|come|comes)\s+(?:it\s+|this\s+)?down\s+to|invest(?:ing)?\s+in|bet(?:ting)?\s+on|chang(?:e|ing)\s+to|turn(?:ing)?\s+to|mov(?:e|ing)\s+(?:in)?to",
            r"(?:keep|have)\s+(?:an\s+)?eye\s+on|(?:propose|proposes|decided|asked|told|hired|here)\s+to\s+(?:study|investigate|explore|understand|learn|research|build|do|look\s+into)?",
            r"(?:today|now|currently|nowadays|these\s+days)\s*,?\s+(?:it\s+is|it['’]s|i\s+am\s+learning|learning|i\s+learn|i\s+study|studying)?",
            r"(?:the\s+|my\s+|our\s+|your\s+)?(?:next\s+step|tasks?|mission|means|plan|theme|technology(?:\s+behind\s+it)?|problem|work)\s*(?:is|are|it\s+is|:)(?:\s+(?:about|to))?",
            r"(?:but|and)\s+also\b",
            rf"(?:{_I}\s+)?(?:know|knowing)\s+(?:nothing|little|next\s+to\s+nothing)\s+(?:about|of)",
            rf"(?:(?:{_I}{_SOMEHOW}\s+)?{_WISH}{_SOMEHOW}\s+(?:to\s+|in\s+|on\s+|for\s+)?|to\s+|{_I}{_SOMEHOW}\s+(?!know\b)){_SOMEHOW}\s*"
            rf"(?:{_LEARN}|{_LEARNING}){_MORE}{_ABOUT}*(?:\s+{_PROSE}{_ABOUT}*)?",
            rf"(?:understand|(?:learn|know|read|understanding|learning|reading)(?:\s+more)?\s+(?:about|how|why|what)|"
            r"(?:get|getting)\s+better\s+at|figur(?:e|ing)\s+out|keep(?:ing)?\s+up\s+(?:with|to\s+date)(?:\s+(?:on|with))?|"
            rf"stay(?:ing)?\s+on\s+top\s+of|catch(?:ing)?\s+up\s+(?:on|with)|dig(?:ging)?\s+(?:in)?to|moving\s+(?:in)?to|switching\s+(?:in)?to)"
            rf"(?:\s+{_PROSE}{_ABOUT}*)?",
            rf"{_I}{_SOMEHOW}\s+(?:want|need|would\s+(?:like|love)|wish\s+for|am\s+after|'d\s+(?:like|love))"
            rf"(?!\s+to\b)(?:\s+{_PROSE}{_ABOUT}+)?",
            rf"(?:would\s+like|would\s+love|want)\s+{_PROSE}{_ABOUT}+",
            rf"(?:{_I}{_SOMEHOW}\s+)?{_WISH}{_SOMEHOW}\s+to\s+(?!become|be\s|have\s|get\s)",
            rf"(?:{_I}{_SOMEHOW}\s+)?(?:interested|curious|fascinated|passionate|keen|obsessed|new|excited|intrigued|"
            rf"a\s+(?:complete\s+|total\s+|absolute\s+)?(?:beginner|novice|newcomer))"
            rf"\s+(?:in|about|by|on|with|to)(?:\s+(?:learning|reading|understanding|knowing)(?:\s+more)?{_ABOUT}?)?"
            rf"(?:\s+{_PROSE}{_ABOUT})?",
            rf"(?:{_I}{_SOMEHOW}\s+)?(?:care|cares|wonder|wondering|think|thinking|read)\s+(?:a\s+lot\s+|mostly\s+|mainly\s+)?"
            r"(?:about|how|why|whether)",
            rf"(?:{_I}{_SOMEHOW}\s+)?(?:focus(?:es|ed|ing)?|concentrat(?:e|es|ing))(?:\s+(?:mostly|mainly))?\s+on",
            rf"(?:{_I}{_SOMEHOW}\s+)?(?:look|looking|search|searching|hunting)\s+(?:for|into)(?:\s+{_PROSE}{_ABOUT}*)?",
            r"(?:please\s+)?(?:keep|bring|get)\s+me\s+(?:up\s+to\s+(?:date|speed)|posted|informed|current)(?:\s+(?:on|about|with))?",
            rf"(?:please\s+)?(?:show|send|give|tell|find|get|bring|teach|help)\s+me(?:\s+(?:to\s+)?{_LEARN})?"
            rf"(?:\s+{_PROSE})?{_ABOUT}*",
            r"(?:the\s+)?(?:latest|newest|state\s+of\s+the\s+art)\s+(?:on|in|about|from)",
            rf"{_PROSE}(?:\s+(?:about|on|regarding|concerning|covering|around|of|for|in|dealing\s+with|related\s+to|"
            r"to\s+do\s+with|that\s+(?:cover|explain|discuss|show|deal\s+with|are\s+about)))+",
            r"(?:my|our|the|main|key|research|current|primary)?\s*(?:main\s+|research\s+|current\s+|primary\s+|core\s+|key\s+|two\s+|big\s+|own\s+){0,4}"
            r"(?:interests?|focus|topics?|keywords?|area|areas|questions?|subjects?|thesis|themes|goals?|objectives?|"
            r"responsibilities|scope|aims?|wish\s*list|requirements)"
            r"\s*(?:is|are|:|include|includes|lies?)(?:\s+(?:in|on|about|with|mainly|mostly)){0,4}"
            rf"(?:\s+(?:to\s+)?{_LEARN}{_ABOUT}*)?",
            r"what\s+(?:i|we)\s+(?:really\s+)?(?:want|need|care|like|am\s+after)(?:\s+(?:about|is|for|to\s+know)){0,4}",
            r"(?:how|why|when|where)\s+(?:do|does|can|could|should|to|are|is|would|might|will|did)"
            r"(?:\s+(?:i|we|you|one|people|teams|they|others|companies|somebody|someone|it\s+possible\s+to))?\b",
            r"what\s+(?:is|are|makes|does|do|works|happens|can)(?:\s+(?:the\s+)?best\s+(?:ways?|practices?)\s+(?:to|for|of))?",
            r"(?:how|why|when|whether|what)\b",
            r"(?:but|only|just|instead)\s+(?:only|just|rather|also)?",
        ),
    ),
    (
        Scope.DISMISSED,
        (
            rf"(?:is|are|do|does|was|were)\s*(?:n{_APOSTROPHE}?t|\s+not|\s+of\s+no)\s+(?:really\s+|at\s+all\s+|that\s+)?"
            r"(?:interest(?:ing)?|relevant|useful|for\s+me|my\s+thing|my\s+cup|needed|necessary|help|matter|wanted|welcome)\b[^,.;]*",
            r"(?:bores?|annoys?|tires?)\s+me\b[^,.;]*",
            r"(?:can|may|should|could)\s+be\s+(?:skipped|left\s+out|ignored|omitted|dropped)",
            r"leaves?\s+me\s+cold",
            r"(?:is|are)\s+(?:out\s+of\s+scope|off\s+limits|off-topic|boring|irrelevant|useless|not\s+in\s+scope)\b",
        ),
    ),
    (
        Scope.PERSON,
        (
            rf"(?:{_I}\s+)?(?:{_NOT}|have|has|had)\s+(?:have\s+|need\s+|own\s+)?(?:no\s+|any\s+|a\s+|an\s+|to\s+)?"
            r"(?:experience|idea|time|background|phd|degree|gpus?|budget|money|patience|formal|be|kids?|children|clue|math\s+background)\b",
            r"no\s+(?:experience|idea|time|background|phd|degree|prior|formal|budget|matter|problem|clue|one|need\s+to)\b",
        ),
    ),
    (
        Scope.DECLINED,
        (
            rf"(?:{_I}\s+)?(?:am\s+|are\s+)?(?:not|un|dis|no\s+longer)\s*-?(?:at\s+all\s+|really\s+|so\s+|very\s+|that\s+|particularly\s+)?"
            r"(?:interested\s+(?:at\s+all\s+)?(?:in|by)|keen\s+on|looking\s+for|into|about|here\s+for|after|a\s+fan\s+of|curious\s+about)",
            rf"(?:{_I}\s+)?(?:please\s+)?(?:{_NOT}|not|no){_SOMEHOW}\s+(?:care|want|need|like|wish|bother|enjoy|send|show|give|"
            r"include|bring|read|follow|believe|fancy|mind)"
            r"(?:\s+(?:me|with|for|about|to|see|read|hear|know|in|any|anything|on|more|get|another|much|of|papers|posts|articles|that|deal)){0,4}",
            rf"(?:{_I}\s+)?(?:am\s+)?(?:so\s+)?(?:tired|sick|bored|weary)\s+(?:of|with|by)(?:\s+(?:seeing|reading|hearing)(?:\s+about)?)?",
            r"(?:i\s+|i['’]ve\s+|have\s+){0,4}(?:fed\s+up\s+with|(?:had|seen|read|heard|quite)\s+enough(?:\s+(?:of|about))?|(?<![a-z]\s)enough(?:\s+(?:of|about))?)",
            rf"(?:{_I}\s+)?(?:hate|dislike|can(?:not|\s*{_APOSTROPHE}t)\s+stand|could\s+do\s+without|can\s+(?:do|live)\s+without|could\s+not\s+care\s+less\s+about|couldn{_APOSTROPHE}t\s+care\s+less\s+about)",
            r"(?:please\s+)?(?:spare\s+me|skip(?:ping)?|leave\s+out|leaving\s+out|exclud(?:e|es|ing)|avoid(?:ing)?|ignor(?:e|ing)|omit|drop|"
            r"filter\s+out|stay\s+away\s+from|stop\s+sending(?:\s+me)?|keep\s+away)",
            r"(?:anything|everything|all)\s+(?:but|except(?:\s+for)?)",
            r"(?:except(?:\s+for)?|apart\s+from|aside\s+from|other\s+than)",
            r"(?:rather\s+than|instead\s+of|as\s+opposed\s+to)",
            r"nothing\s+(?:about|on|to\s+do\s+with|with|around|related\s+to)",
            # "quantization that does not break accuracy" declines nothing: its verb is what is denied.
            r"(?:and|but|just|please|also|so|ideally|preferably)?\s*\b(?<!\bdo )(?<!\bdoes )(?<!\bdid )(?<!\bcan )(?<!\bcould )"
            r"(?<!\bwill )(?<!\bwould )(?<!\bmust )(?<!\bshould )(?:no|not|less|fewer)(?:\s+(?:more|about|for|on|from)){0,4}"
            r"(?!\s+(?:only|just|merely|necessarily|sure|yet|an?\s+expert|enough|so\b|very|much|than|least))\b(?!-)",
        ),
    ),
    (
        Scope.LEFT,
        (
            rf"(?:{_I}{_SOMEHOW}\s+)?(?:mov(?:e|ed|ing)|switch(?:ed|ing)?|transition(?:ed|ing)?|chang(?:e|ed|ing)|pivot(?:ed|ing)?|com(?:e|ing)|"
            r"came|migrat(?:ed|ing))\s+(?:over\s+|here\s+|originally\s+|careers?\s+)?from(?:\s+(?:a|an|the|working\s+on|working\s+in))?",
        ),
    ),
    (
        Scope.BACKGROUND,
        (
            rf"(?:{_I}\s+)?used\s+to\s+(?:do|be|work\s+(?:on|in|as|with)|build|write|study|teach|run|train)?",
            r"(?:after|with|for|over|have|has|spent|spending)?\s*(?:about\s+|over\s+|more\s+than\s+|almost\s+|nearly\s+|some\s+|the\s+last\s+|many\s+|several\s+|a\s+few\s+|a\s+couple\s+of\s+)?"
            r"(?:\d+\+?|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|many|several|few|a\s+decade|decades?)"
            r"\s*(?:years?|yrs|decades?|months)?\s+(?:of\s+)?(?:professional\s+|industry\s+|work(?:ing)?\s+)?(?:experience\s+)?(?:of|in|on|as|with|doing|writing|building)",
            rf"(?:{_I}\s+|my\s+|a\s+|with\s+){{0,4}}background\s+(?:is\s+|was\s+|lies\s+)?(?:in|as|of)?",
            rf"(?:{_I}\s+)?(?:have\s+|has\s+)?(?:an?\s+|my\s+|solid\s+|strong\s+|some\s+){{0,4}}(?:experience|degree|diploma|master{_APOSTROPHE}?s?(?:\s+degree)?|bachelor{_APOSTROPHE}?s?(?:\s+degree)?|bsc|msc)\s+(?:in|with|of)",
            rf"(?:{_I}\s+)?(?:trained|educated|started\s+(?:out\s+)?|worked)\s+(?:as|in|on|with)",
            rf"(?:{_I}\s+)?(?:studied|did\s+(?:a|my)\s+\w+\s+(?:in|on|about)|did|wrote\s+my\s+(?:thesis|dissertation)\s+(?:on|about))",
            r"(?:previously|formerly|originally|before\s+that|in\s+(?:my\s+)?(?:a\s+)?(?:last|previous|former|past)\s+(?:job|life|role|position))",
            rf"(?:{_I}\s+)?(?:already\s+)?(?:am\s+)?(?:know\s+(?!more|how|what|about)(?:a\s+(?:bit|little)\s+(?:of|about)\s+)?|familiar\s+with|comfortable\s+with|fluent\s+in)",
            r"ex-",
        ),
    ),
    (
        Scope.WORK,
        (
            rf"(?:{_I}{_SOMEHOW}|(?:my|our|the)\s+(?:team|group|lab|company|startup|department|employer)|who|that|you\s+will|you{_APOSTROPHE}ll)"
            rf"\s+(?:is\s+|are\s+|will\s+|also\s+|mostly\s+|mainly\s+|am\s+|currently\s+|have\s+to\s+|help\s+(?:to\s+)?|to\s+){{0,4}}{_DO}\b",
            rf"(?:{_I}{_SOMEHOW}\s+)?(?:do\s+(?:the\s+)?|(?:have\s+)?tak(?:en|ing)\s+over|look(?:s|ing)?\s+after)(?!\s+not\b)(?<!\bhow\sdo)",
            r"(?:references|slides|talk|lecture|project|paper|dissertation)\s+(?:on|about)",
            r"(?:working|work|works)\s+(?:on|with)|responsible\s+for|in\s+charge\s+of|struggl(?:e|ing)\s+with|deal(?:ing)?\s+with",
            rf"{_I}{_SOMEHOW}\s+(?:like|love|enjoy|struggle\s+with|deal\s+with|rely\s+on|face)(?!\s+(?:to|my|our)\b)",
            r"(?:phd|doctoral|master|masters|graduate|undergraduate|research)?\s*(?:student|researcher|postdoc|scientist|engineer|specialist|professor|candidate)\s+(?:in|on|for|of|studying|researching)(?!\s+(?:a|an|the|my|our|his|her|\d)\b)",
            r"(?:our|my|the|this)\s+(?:project|product|system|app|platform|startup|company|side\s+project|research|phd|work)\s+"
            r"(?:is|are|aims|tries|wants|will|does|deals|focuses|concerns)(?:\s+(?:to|about|on|with|in|a|an|an\s+open)){0,4}",
        ),
    ),
    (
        Scope.PERSON,
        (
            r"(?:so\s+that|so\s+(?=i\b|we\b|my\b|our\b)|because|since\s+(?=i\b|we\b|my\b|it\b)|in\s+order\s+to|in\s+the\s+hope|hoping|hopefully|thanks|thank\s+you|hello|hi\b|hey\b|dear)",
            rf"(?:{_WISH}{_SOMEHOW}\s+to\s+)(?:become|be|get|have)",
            r"(?:(?:our|my|your|the|current|tech)\s+){0,4}(?:set-?up|stack|tools|tooling|profile|benefits|perks|about\s+(?:us|me|you))\s*(?:is|are|:|includes?)",
            r"(?:nobody|no\s+one|somebody|everybody|everyone)\b",
            r"at\s+(?:my\s+|our\s+|the\s+)?(?:work|day\s+job|office|job)\b|for\s+(?:my|our|the)\s+(?:work|job)\b",
            r"(?:in|during)\s+my\s+(?:spare|free|little)\b",
            rf"{_I}{_SOMEHOW}\s+(?:an?|in|from|have|has|had|live|lives|grew|play|use|using|commute|sit|report|manage|sell|pay|"
            r"travel|moved|graduated|finished|offer|can|cannot|could|will|must|should|did|was|were|got|took|also\s+have|work\s+(?:at|as|for|in|from))\b",
            r"(?:based|living|located|born|raised|married|employed|hired)\b",
            r"(?:while|when|whenever|before|after)\s+(?:i|we|the|my|lunch|dinner|breakfast|work|commut\w+)\b",
            r"(?:apply|salary|benefits|we\s+offer|remote|hybrid|full-time|part-time|join\s+us|equal\s+opportunity)\b",
            r"(?:my|our)\s+(?:boss|manager|wife|husband|partner|kids?|child(?:ren)?|daughters?|sons?|dog|cat|family|team|colleagues?|"
            r"co-?workers?|company|employer|job|career|boyfriend|girlfriend|parents|mother|father|friends?|english|stack|commute|"
            r"evenings?|weekends?|hobby|hobbies|students|customers|clients|users|budget|name|professor|supervisor|goal)\b",
        ),
    ),
    (
        Scope.ABOUT_ONESELF,
        (r"(?:i|we)\b",),
    ),
)

_NAMES = [(f"c{i}", scope) for i, (scope, _) in enumerate(_CUES)]
SCOPES = dict(_NAMES)
CUE = re.compile(
    r"(?<![\w-])(?:"
    + "|".join(f"(?P<{name}>{'|'.join(found)})" for (name, _), (_, found) in zip(_NAMES, _CUES, strict=True))
    + r")(?![\w-])",
    re.IGNORECASE,
)
