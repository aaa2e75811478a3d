"""More rules of voices for training: people who learn, change fields, tell their lives or write to others."""

STUDY = {
    "beginner": {
        "say": """
            I am new to {x} and want to learn it from scratch. {help}
            Complete beginner here. {help} The topic is {x}.
            {before} Now I want to understand {x}, step by step. {help}
            I know some Python and a little maths. {help} I would like to get into {x}.
            Just started learning about {x}! {help} {help}
            Where do I begin with {x}? {before} {help}
            Trying to learn {x} {when}. {help}
            {person} told me to look into {x}. I know nothing about it yet. {help}
            I finished an online course on {generic} and would now like to go deeper into {x}. {help}
            Learning {x} as a hobby, next to {hobby}. {help}
        """,
        "help": "Simple explanations first.\nI read slowly, so not too much.\nI have {degree}.\nWhat are the basics, and what is new?\nNothing too mathematical.\nExamples and code help me a lot.\nI want to {hope} one day.\nI do not know the words of the field yet.\nI can spend {years} hours a week.\nPlease be patient with me.",
        "before": "I have worked as a {role} for {years} years.\nI come from {old_field}.\nSo far I have only used {stack} and {stack}.\nI have {degree}.\nUntil last month I did {generic} and {generic}.",
        "lower": "15",
    },
    "biography": {
        "say": """
            {life} {life} {work} What I want to read about is {x}. {life}
            {work} {life} {life} On the side I have become fascinated by {x}. {life} {tools}
            {X} is what keeps me awake at night, apart from {family}. {life} {work} {tools} {hopes}
            {life} {work} {tools} {life} {hopes} My subject, if I had to name one: {x}.
            {work} {tools} These days it is {x} that I think about. {hopes} {life} {life}
            Hi, I am {name}. {life} {work} I have been reading about {x} ever since {event}, {when}. {life} {hopes}
            {life} {tools} {hopes} {work} {life} So what I am looking for is {adjective} {reading} on {keys}.
            I am {name} from {city}, I have {family} and love {hobby}, I work for {company} as a {role} with {stack} and {stack}, and what I want from this is {x}, so that I can {hope}.
        """,
        "life": "I live in {city} with {family}.\nI grew up in {city} and moved to {city} for work.\nAt weekends I go {hobby}.\nI love {hobby} and {hobby}.\nI have {family}, so I read {when}.\nI used to do {old_field}.\nBefore that I spent {years} years in {old_field}.\nI have {degree}.\nMy friends know me for {hobby}.\nI teach {hobby} to children on Thursdays.",
        "work": "I am a {role} at {company}.\nI have worked as a {role} for {years} years, first at {company}, now at {company}.\nMy day job is {generic} and {generic} at {company}.\nI work four days a week as a {role}, in a team of {size}.\nFor {company} I build {product}.\nDuring the day I keep {product} running.",
        "tools": "I use {stack}, {stack} and {stack}.\nMy tools are {stack} and a notebook.\nI am fluent in Python and can read Go.\nWe moved from {stack} to {stack} last year.\nMost of my code is {stack} glue.",
        "hopes": "I hope to {hope}.\nWhat I hope for is to {hope} and to {hope}.\nIn the long run I want to {hope}.\nI care about {care}.\nI have {event} coming up.",
        "lower": "8",
    },
    "two_interests": {
        "say": """
            {x} and {other}.
            I follow two things: {x}, and {other}.
            By day {x}, by night {other}. I am a {role} at {company}.
            {X}; also {other}.
            I work on {x} at {company}. Apart from that I am interested in {other}, and I want to {hope}.
            Half of my time goes into {x}, the other half into {other}. {more}
            {more} My main subject is {x}, my second one {other}.
            For {product} I need {x}; for {product} I need {other}. {more}
            As well as {x} I read about {other} {when}. {more}
            1) {x}  2) {other}
        """,
        "more": "I care about {care}.\nI want to {hope}.\nWe are {size} people at {company}.\nI read {when}.\nI am a {role}.\nWe use {stack} and {stack}.",
        "lower": "20",
    },
    "non_native": {
        "say": """
            I am working since {years} years in {company} like {role}, and I am interesting in {x}. {please}
            Hello, I want learn about {x} for to {hope}. {please}
            My work it is {x}. {please} {please}
            {please} I do the {x} in my company and must {hope}.
            I am {role} from {city}, my English is not so good. I search informations about {x}. {please}
            We make {product} and need the knowledges of {keys}. {please}
            Actually I study the {x}, it is for my {study}. {please}
            For me is important {x}, how it works and which results it have. {please}
            In our team of {size} persons nobody know {x}, so I must to read many papers. {please}
            {X} is my theme since long time. {please} I am also liking {hobby}.
        """,
        "please": "Please to send only the good ones.\nI have not much time for read.\nI want understand {care}.\nAlso practical examples would be nice to have it.\nI use {stack} and {stack} since one year.\nThanks you in advance.\nIt should be not too much theorical.\nThe most important is {care}.\nMy chef wants results until {deadline}.",
        "lower": "15",
    },
    "proposal": {
        "say": """
            This project investigates {x}. {gap} We will {plan}, {plan}, and {plan}.
            {gap} We propose to study {x}, with a focus on {keys}. Expected outcomes: {plan}; {plan}.
            Although much progress has been made in {generic}, {x} remains poorly understood. {gap} {methods}
            Work package 1: {x}. Work package 2: evaluation and {generic}. Work package 3: dissemination. {methods}
            {gap} The aim of the proposed research, funded for {years} years at {city}, is therefore {x}. {methods}
            The central research question concerns {x}. {methods} {gap}
            Objectives: (i) advance {x}; (ii) {plan}; (iii) train {size} doctoral students. {methods}
        """,
        "gap": "Existing models fall short in real settings.\nThere is a lack of systematic evaluation.\nPrevious research has been limited to small datasets.\nPractitioners at {company} report the same difficulty.\nCurrent approaches do not generalise.\nThe cost of data and training has hardly been studied.\nThe literature offers no consensus.",
        "plan": "collect new data\nrelease code and models\nwork with {company} as a partner\ncompare learning methods\ndevelop a theory\nrun user studies in {city}\nvalidate the results in practice\npublish a benchmark\nbuild a prototype",
        "methods": "We combine theory and large experiments.\nThe team has {years} years of experience with {generic} and {generic}.\nPartners are {company} and {company}.\nAn open platform based on {stack} will be provided.\nImpact is expected on {generic} and {generic}.\nResults are evaluated for {care}.",
        "lower": "2",
    },
    "thesis": {
        "say": """
            I am writing my {study} on {x}. {due}
            {due} My {study} is about {x}, and {person} expects a complete overview of related work.
            {Study} in {city}, topic {x}. {due} {need}
            {need} The working title of my {study} has the words {keys} in it. {due}
            Student, {size} semesters in. {X} for my {study}; {need_small}.
            {person} suggested {x} as a topic. {due} {need} {need}
            {need} {due} So far I have {number} references on {x} and not one of them from this year.
            I have to hand in a {study} {deadline}. It deals with {x}. Next to it I work as a {role} at {company} and use {stack}. {need}
        """,
        "due": "Deadline is {deadline}.\nI must hand it in {deadline}.\nThere are {size} weeks left.\nThe defence is {deadline}.\nI am late.\nThe exposé is due next week.",
        "need": "I need related work that {person} has not seen yet.\nI need good baselines.\nI want to {hope}.\nMethods, data and evaluation all count.\nThe experiments run on one borrowed GPU.\nI also teach and have {family}.",
        "need_small": "need papers I can cite\nlooking for baselines\nno idea about evaluation yet\nstill need a research gap\nhappy about code",
        "Study": "Master's thesis\nPhD\nBachelor's thesis\nFinal-year project",
        "lower": "12",
    },
    "librarian": {
        "say": """
            {greeting} {who} I am looking for {reading} on {x}. {ask} {closing}
            {greeting} could you please keep an eye on {x} for me? {who} {ask} {closing}
            {greeting} {ask} {who} The subject is {x}, and related to it {key}. {closing}
            {greeting}\\n\\n{who} My question is about {keys}. {ask}\\n\\n{closing}
            {greeting} as discussed {when}: new {reading} about {x}, please, once a week. {ask} {closing}
            {greeting} thank you for last week's list. {ask} Could we narrow it down to {x}? {closing}
        """,
        "who": "I am a {role} at {company}.\nI work in the {city} office.\nI am preparing {event}.\nI am with the group of {name}, room {number} on the second floor.\nYou helped me with {old_field} some years ago.\nI write on behalf of {person}.",
        "ask": "Five to ten titles would be plenty.\nPapers are best, good blog posts are fine too.\nThe last batch had too many {dislike}.\nI need it for {event}.\nPlease no {dislike}.\nMy aim is to {hope}.\nI do not have access to everything, so open access is welcome.",
        "lower": "3",
    },
    "career_changer": {
        "say": """
            Coming from {old_field}, I now work on {x}. {new}
            After {years} years in {old_field} I am changing to {x}. {new} {new}
            I did {old_field} at {company} and {old_field} before; today it is {x}. {new}
            {new} My background is {old_field}, my future is {x}.
            I left {old_field} for good. {X} is what I do now. {new}
            Former {old_field} person, {degree}, now learning {x}. {new}
            From {old_field} to {x}: I start as {role} at {company} next month. {new}
            {X}. I know {old_field} well enough, so nothing about that, thanks. {new}
            I have published on {old_field}, but since joining {company} my subject has been {x}. {new}
        """,
        "new": "I want to {hope}.\nI need to catch up {deadline}.\nI learn {when}.\nMy old tools were {stack} and {stack}.\nI care about {care}.\nI have {family}, so time is short.\nMy colleagues have a head start of {years} years.",
        "lower": "10",
    },
    "split_topics": {
        "say": """
            {role} at {company}, working on {x}.
            I follow {x} and want to {hope}.
            I want to {hope}.
            {X} for {product}.
            I build {product} and care about {care}.
            We are {size} people in {city} and build {product}. I read {when}.
            {x}
        """,
        "topics": "{x};{each}\n{key};{each}\n{each}\n{x}\n{x};{key};{care}",
        "avoid": "\n\n\n\n{dislike}\n{dislike};{dislike}",
        "lower": "10",
    },
    "goal_first": {
        "say": """
            {Deadline} I want to {goal} {x}. {then}
            My goal {deadline}: {goal} {x}. {then}
            I want to {hope}. {then} That means knowing {x} well.
            In a year from now I would like to {goal} {x} and to {hope}. {then}
            To {hope}, that is the plan; the means is {x}. {then}
            What I want to achieve: {goal} {x}, then {event}, then a rest. {then}
            {Deadline} {product} should be live at {company}. To get there I have to {goal} {x}. {then}
            First {goal} {x}, then {hope}. {then}
        """,
        "Deadline": "By the end of the year\nBefore summer\nBy March\nWithin six months\nNext year\nThis winter\nBy my birthday\nIn two years",
        "goal": "be good at\nmaster\nunderstand\nknow what is going on in\nteach others about\nwrite something about\nbuild something with\nbe the one people ask about\nget to the bottom of\nhave a working prototype for",
        "then": "I am a {role} at {company}.\nI have {event} in mind.\nI work with {stack} and {stack} and read {when}.\nWhat counts is {care}.\nNobody in my team of {size} does it yet.\n{person} is counting on me.\nI have {family} and little time.",
        "lower": "12",
    },
}
