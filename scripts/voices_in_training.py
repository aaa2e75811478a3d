"""The rules of the voices that models may be trained on: one alternative a line, slots in braces.

{x} is the subject within a sentence, {X} at its beginning, {key} one keyword, {keys} several in a row, {each} several topics,
{lines} bullets,
{other} the second interest or an old field; every other slot is a rule of the voice or a bank of words.
"""

from voices_at_study import STUDY

_WORK = {
    "question": {
        "say": """
            {how} {x}{tail}?
            {how} {x}{tail}?
            What {q} {x}?
            {context} {how} {x}{tail}?
            {how} {x}{tail}? {after}
            {X}: {what}?
        """,
        "how": "How do I get better at\nHow do people do\nHow far can one get with\nWhat is new in\nHow does one start with\nWhat actually works in\nWhich methods are used for\nHow well does anybody do\nWho has good results on\nHow do others approach\nWhere is the field going with\nWhat should I read about",
        "tail": "\n\n\n when there are few labels\n at our scale\n without a big team\n these days\n on a budget\n if quality matters more than speed\n, and what does it cost\n, and how is it evaluated",
        "q": "is the state of the art in\nare the open problems of\nreally helps with\nshould I know about\nhas changed in the last year in\nare the trade-offs in\nwould an expert read on",
        "what": "what works and what does not\nwhat is worth reading\nwhich ideas last\nwhat do I need to know\nis it ready for production\nwhat are the best {adjective} {reading}",
        "context": "At {company} we keep asking:\n{person} asked me last week:\nOne question for this year:\nFor {product}:\nAs a {role} I wonder:",
        "after": "I care about {care}.\nI would like to {hope}.\nWe run {stack} and {stack}, if that matters.\nAnything {adjective} helps.",
        "lower": "25",
    },
    "job_and_goal": {
        "say": """
            I am a {role} at {company} and work on {x}. I want to {hope} and care about {care}.
            I work on {x} at {company}. My goal is to {hope}.
            {Role} at {company}, {years} years in. I follow {x} because I want to {hope}.
            As a {role} I {do} {x} and want to understand {care}.
            I {do} {x} in production and want to understand {care}.
            I run {x} for {number} {unit} and want to {hope}. Things like {care} are what I read for.
            My job is {x}. I read {when} to {hope} and to {hope}.
            We are {size} people at {company}, I am the {role}, and I would like to {hope} when it comes to {x}.
            I {do} {x}, evaluate {generic} and {generic}, and hope to {hope}.
            Working as {role} for {company}. Responsible for {generic}, {generic} and, since this year, {x}. I want to {hope}, and to learn about {care}.
        """,
        "Role": "Data scientist\nML engineer\nSoftware engineer\nPlatform engineer\nResearch engineer\nApplied scientist\nStaff engineer\nTech lead\nResearch scientist\nConsultant",
        "do": "build systems around\nmaintain\nwork with\ndo research on\nam responsible for\nlook after\ndevelop\nevaluate\nput work on\nimprove our",
    },
    "bullets": {
        "say": """
            {head}\\n{lines}
            {head}\\n{lines}\\n- {bit}
            {head}\\n- {bit}\\n{lines}
            {lines}\\n- {bit}\\n- {bit}
            About me:\\n- {role}, {company}\\n- {stack}, {stack}, {stack}\\nReading:\\n{lines}
            Me: {role} at {company}\\nGoal: {hope}\\nTopics:\\n{lines}
            {lines}
        """,
        "head": "What I follow:\nInterested in\nMy topics\nPlease watch:\nReading list {deadline}:\nFocus:\nThings I care about:\nThis year:\nFor {product}:",
        "bit": "{care}\n{adjective} {reading} only\nno {dislike}\n{generic} in practice\nI read {when}\nwant to {hope}",
        "lower": "25",
    },
    "declines": {
        "say": """
            {X}. {no}.
            {no}. What I want is {x}.
            I follow {x}, but {no_small}.
            {adjective} {reading} on {x}; {no_small}, and {no_small}.
            As a {role} I need {x}. {no}, {no_small}: I want to {hope}.
            I am interested in {x}. I am not interested in {dislike}, {dislike} or {dislike}.
            {X}, but not {dislike} and not {dislike}.
            Everything on {x} except {dislike}. I care about {care}.
            {no}! {X} only.
        """,
        "no": "No {dislike}\nNot another {thing}\nSkip {dislike}\nPlease no {dislike}, no {dislike}\nI have seen enough {dislike}\nLeave out {dislike} and {dislike}\nSpare me {dislike}",
        "no_small": "no {dislike}\nplease skip {dislike}\nnot {dislike}\nwithout {dislike}\nI do not need {dislike}\n{dislike} bore me\nI can do without {dislike}",
        "thing": "survey\nleaderboard\nchatbot announcement\nopinion piece\nprompt guide\nframework launch\nbenchmark",
        "avoid": "\n\n\n{dislike}\n{dislike};{dislike}",
    },
    "job_ad": {
        "say": """
            {We} {a_role} who knows {x}. You will {duty}, {duty} and {duty}. Experience with {stack} and {stack} is a plus.
            Senior {role} ({key}) - {city} or remote. {co} You bring {years}+ years with {stack}, a strong interest in {x}, and {soft}.
            {a_role} wanted at {company}. Tasks: {duty}; {duty}; follow research on {x}. We offer {perk} and {perk}.
            Join our team of {size} as {role}! {co} Your field: {x}. You {duty} and {duty}. {soft} and {stack} expected, {perk} included.
            Your mission: {x}. Your tools: {stack}, {stack}, {stack}. Your profile: {soft}, {soft}. What we offer: {perk}.
            {co} For this we need a {role} with deep knowledge of {keys}. You {duty}. {perk}.
        """,
        "We": "We are looking for\n{city}-based company seeks\nOur client, {company}, is hiring\nHiring:",
        "a_role": "a {role}\na senior {role}\na curious {role}\nan experienced {role}",
        "duty": "design and run experiments\nbring models to production\nwork with product and data teams\nevaluate {generic}\nown {generic} end to end\nreview code and mentor juniors\npublish and present results\nimprove latency and cost\nbuild pipelines on {stack}\nturn papers into prototypes\nreport to the head of data",
        "co": "We are {company} with {number} {unit}.\nAt {company} we build {product}.\nOur team builds {product} and {product}.\nYou know us from {product}.",
        "soft": "good communication\nhands-on mentality\nfluent English\na research mindset\nteam spirit\nan eye for quality\n{degree}",
        "perk": "flexible hours\n30 days of leave\na learning budget\nremote work\nstock options\na bike\nconference trips\nfree fruit\na dog-friendly office",
        "lower": "3",
    },
    "project_brief": {
        "say": """
            Project: {product}. Goal: {hope}. Core problem: {x}. Constraints: {constraint}, {constraint}.
            We are building {product} for {company}. The hard part is {x}. {team} {constraint}.
            {product} (working title). Background: {team} Problem: {keys}. Success means: {care}. Deadline: {deadline}.
            Brief: {x} for {product}; {number} {unit}; {constraint}; done {deadline}.
            The project is about {x}. {team} We need to {hope} and must watch {generic} and {generic}.
            Scope: {keys}. Out of scope: {dislike}, {generic}. Team: {size} people. Stack: {stack}, {stack}. Timeline: {deadline}.
            {Deadline} we want to launch {product}, with {number} {unit}. Everything depends on {x}.
        """,
        "constraint": "small budget\none GPU\nno data may leave the house\nlatency under 200 ms\nnobody full time\nlegacy code in {stack}\ntwo languages\nstrict privacy rules\nmust run on {stack}\n{number} {unit}",
        "team": "The team is {size} people, mostly {role}s.\nWe have {stack}, {stack} and little time.\nIt follows a pilot with {number} {unit}.\nThe client is {company}.\nIt started as a hackathon idea.\nWe lost {years} months to {generic} already.",
        "Deadline": "By summer\nNext quarter\nBy the end of the year\nWithin six months\nIn spring",
        "lower": "6",
    },
    "team_lead": {
        "say": """
            I lead a team of {size} at {company}. We {do} {x}. {need}
            For my team ({size} people, {stack} and {stack}): {x}. {need}
            {need} My team at {company} looks after {generic}, {generic} and {x}.
            This is for the whole team, {size} engineers in {city}. We meet {when} and discuss {reading} on {x}. {need}
            As head of a group of {size} I have to decide where we invest in {x}. {need} {need}
            We own {generic} and {generic} for {number} {unit}. What we lack is knowledge of {x}. {need}
            My people are {role}s and {role}s with {degree}. {X} is our theme this year. {need}
        """,
        "do": "work on\nare moving to\nhave taken over\nbuild\nbet on\nare experimenting with\nsupport product teams in",
        "need": "I need a handful of {adjective} {reading} a week that we can discuss.\nWe want to {hope}.\nPlease keep it {adjective}.\nI want the team to {hope}.\nWhat matters is {care}.\nWe have no time for {dislike}.\nEvaluation and cost come up in every meeting.",
        "lower": "5",
    },
    "stack_dump": {
        "say": """
            We run {stack}, {stack}, {stack} and {stack}. I am after {x}.
            {stack} + {stack} + {stack} on {stack}. {X}, please, nothing else.
            Our setup: {stack} for ingestion, {stack} for storage, {stack} for orchestration, {stack} on top. Next step: {x}. {want}
            {want} Currently {x} on {stack}, with {stack} and {stack} around it, {number} {unit}, on-call every {years} weeks.
            Python, {stack}, {stack}, a bit of {stack}. Day job is {generic} and {generic}; what I want to read about is {x}.
            {x}. (prod: {stack}, {stack}, {stack}; dev: {stack}; {number} {unit})
            I maintain {number} {unit} on {stack} and {stack}, moved from {stack} last year, and now everything is about {keys}. {want}
            stack = {stack}/{stack}/{stack}, team = {size}, topic = {x}
        """,
        "want": "I want to {hope}.\nCare about {care}.\nLatency, throughput, cost.\nPostmortems welcome.\nWe measure everything with {stack}.\nHelp me {hope}.",
        "lower": "25",
    },
    "terse": {
        "say": """
            {x}
            {key}, {key} stuff
            {x} pls
            mostly {x} tbh
            {x} > everything else
            {x}. {care}
            into {x} lately
            {x} & how it scales
            {adjective} {reading} on {x}
            anything {x}
            {x}, no {dislike}
            all about {x} rn, send {reading}
            {role}. {x}. {hobby}.
            {x} (and {care})
        """,
        "lower": "90",
    },
    "rant": {
        "say": """
            {ugh} All I want is {x}. {ugh}
            {ugh} I do {x} for a living and {ugh_small}.
            Why is it so hard to find {adjective} {reading} on {x}? {ugh}
            Seriously. {X}. That is the topic. {ugh} {ugh}
            {X}, for heaven's sake, with {care}. {ugh}
            {Years} years of {generic} and {generic}, and now {person} wants {x} {deadline}. {ugh} So: things that help me {hope}.
            {ugh} {ugh} If somebody has honestly measured {x}, show me, otherwise leave me alone.
        """,
        "ugh": "I am so tired of {dislike}.\nMy feed is full of {dislike}.\nEverybody talks about {generic}, nobody shows numbers.\nI unsubscribed from {number} newsletters last week.\nNine papers out of ten are noise.\nHalf of it is {dislike}, the rest is marketing.\nNothing in those posts survives our data.\n{dislike}, {dislike}, {dislike}, every single day.\nI cannot read another word about {dislike}.",
        "ugh_small": "the feeds give me {dislike}\nnobody writes about what fails in production\nmy bookmarks are a graveyard\nI still learn everything from {person}\nI get {dislike} all day",
        "Years": "Five\nTen\nSeven\nEight\nTwelve",
        "lower": "20",
    },
    "product": {
        "say": """
            I am a product manager for {product} at {company}. Our roadmap has {x} in it and I need to {hope}. {pm}
            Not an engineer! I manage {product}. The team keeps mentioning {x}. {pm} {pm}
            {pm} I own {product} and decide with {person} whether we invest in {x}.
            Head of product, {company}. Customers ask for {product}; the engineers say it is all about {x}. {pm}
            Our OKR for this half: {product} for {number} {unit}. The technology behind it is {x}. {pm}
            I want to understand enough of {x} to talk to my {role}s. {pm}
            Business side: {product}, {number} {unit}, churn, pricing. Technical side, which is what I want to read about: {keys}.
        """,
        "pm": "What is possible, what is hype, what does it cost?\nNo formulas if possible.\nCase studies are great.\nI report to {person} every {years} weeks.\nTime to market matters, and so does quality.\nI would like to {hope}.\nI care about {care}.\nWe compete with much larger companies.",
        "lower": "6",
    },
}

RULES: dict[str, dict[str, str]] = _WORK | STUDY
