"""Voices that no training hears: how other people than those in `voices` would say one focus.

Written apart from the training voices, so that what is measured on them is not what was learned by heart.
"""

from collections.abc import Callable
from random import Random

from subjects import Subject
from voices import Said, Voice

Say = Callable[..., Said]


def _two(subject: Subject, rng: Random) -> tuple[str, str]:
    """Two keywords of the subject, or the one it has twice over."""
    chosen = rng.sample(subject.keywords, min(2, len(subject.keywords)))
    return chosen[0], chosen[-1]


def _core(subject: Subject) -> str:
    return subject.core or " and ".join(subject.keywords[:2])


def on_call(subject: Subject, rng: Random, other: Subject | None = None) -> Said:
    one, two = _two(subject, rng)
    opening = rng.choice([
        "We have about forty services behind one gateway and I carry the pager every third week.",
        "Small platform group, five engineers, everything on two clusters that nobody dares to upgrade.",
        "I look after the machines on which other people's models run.",
        "Our product answers customer questions all day long and must not be slow.",
    ])  # fmt: skip
    wish = rng.choice([
        f"What I read for is {one}: what works, what it costs, what breaks at scale.",
        f"Since spring {_core(subject)} has landed on my desk, so I want results I can act on, about {two} in particular.",
        f"Right now {one} decides whether we meet our targets; tell me what is new there.",
    ])  # fmt: skip
    return Said(statement=f"{opening} {wish}")


def reading_group(subject: Subject, rng: Random, other: Subject | None = None) -> Said:
    one, two = _two(subject, rng)
    return Said(statement=rng.choice([
        f"Thursday reading group at our institute, twelve people, coffee is free. This term's theme: {_core(subject)}. We want two or three papers a week that people will argue about.",
        f"I pick the papers for a journal club of postdocs and two curious librarians. We agreed on {one}, maybe with a detour to {two}; solid experiments matter more to us than hype.",
        f"Our study circle meets every other Tuesday to read about {_core(subject)}. Half of us are physicists, so proofs are welcome.",
        f"Once a month eight of us sit down with one printed paper and a pot of tea. Until Easter it will be {one}. I have to send round a choice of four, and they complain when {two} is missing.",
        f"I moderate the seminar on {one} for master's students. Each of them presents a paper; it should be from this year and teach something about {two} as well.",
    ]))  # fmt: skip


def founder(subject: Subject, rng: Random, other: Subject | None = None) -> Said:
    one, two = _two(subject, rng)
    return Said(statement=rng.choice([
        f"Co-founder of a company of nine. Investors ask me every month where {one} is going and I would rather answer from papers than from threads on the internet. Anything that changes what is possible with {two}.",
        f"We bet our seed round on {_core(subject)}. I have no time for tutorials; show me what moves the state of the art and what competitors publish.",
        f"Two years ago I left a bank to build products; {one} turned out to be the hard part. I need depth there, not news about funding or product launches.",
        f"Our pitch says that we are the first to get {one} right. Before a customer proves me wrong I want to see who else comes close, be it on {two} or on the whole.",
        f"Bootstrapped, two people and a dog. All we sell rests on {one}, so I keep half an hour each evening for whatever is new there or in {two}.",
    ]))  # fmt: skip


def german(subject: Subject, rng: Random, other: Subject | None = None) -> Said:
    one, two = _two(subject, rng)
    return Said(statement=rng.choice([
        f"I am since three years data scientist by an insurance and would like to deepen myself in {one}. Especially interesting are for me {two}, also actual methods which one can apply in the practice.",
        f"In my free time I make me smart about {_core(subject)}. Please only informations with substance, the rest I read anyway not.",
        f"I search for publications over {one} respectively {two}, because my chef wants until summer a concept.",
    ]))  # fmt: skip


def question_list(subject: Subject, rng: Random, other: Subject | None = None) -> Said:
    one, two = _two(subject, rng)
    return Said(statement=rng.choice([
        f"What is the best current approach to {one}? Where does it fail? How do people measure {two}, and do the numbers hold outside the lab?",
        f"Which of last year's ideas on {_core(subject)} survived? What do I have to know about {two} before I build something?",
        f"Why does {one} work at all? Is there theory? Who has compared {two} fairly?",
    ]))  # fmt: skip


def refuser(subject: Subject, rng: Random, other: Subject | None = None) -> Said:
    one, two = _two(subject, rng)
    return Said(statement=rng.choice([
        f"Everybody sends me benchmarks and product announcements. Please do not. Keep it to {one} and {two}, with real evaluations. I couldn't care less about medical imaging, tokens on blockchains or the thousandth prompt-engineering guide.",
        f"{_core(subject).capitalize()}, nothing else. No position papers, no surveys of surveys, no robots.",
        f"Not another overview of everything: I only follow {one}. Leave out recommender systems and weather forecasts, I had enough of both in my last job.",
        f"No agents, no chat, no image generation. I unsubscribed from five newsletters because of those. What is left is {one}, and {two} where the two meet.",
        f"If it has leaderboard in the title I will not open it. {one} with a clear argument, {two} with honest numbers, and spare me the job news.",
    ]))  # fmt: skip


def halves(subject: Subject, rng: Random, other: Subject | None = None) -> Said:
    one, two = _two(subject, rng)
    aside = rng.choice(other.keywords) if other else rng.choice(["knowledge graphs", "speech synthesis", "bandits"])
    return Said(statement=rng.choice([
        f"Mostly {_core(subject)}, that is my job. The other thing, after hours, is {aside}.",
        f"Half of my week goes into {one} and {two}; besides that I keep an eye on {aside}.",
        f"I care for two things: {one} (deeply) and {aside} (as a tourist).",
    ]))  # fmt: skip


def hospital(subject: Subject, rng: Random, other: Subject | None = None) -> Said:
    one, two = _two(subject, rng)
    return Said(statement=rng.choice([
        f"Statistician at a university hospital, mother of two, mostly R and far too many meetings. The machine learning people next door keep talking about {one}; I would like to follow what they say and judge whether {two} is ready for use.",
        f"I trained as a linguist, slid into analytics at a newspaper, and now somebody has to understand {_core(subject)} here. That somebody is me. I have about two hours on Fridays.",
        f"Retired professor of mechanics, still curious. My grandson writes his dissertation on {one} and I want to be able to ask him good questions, {two} included.",
    ]))  # fmt: skip


def ticket(subject: Subject, rng: Random, other: Subject | None = None) -> Said:
    one, two = _two(subject, rng)
    return Said(statement=rng.choice([
        f"Epic: evaluate {one} for Q3.\nContext: current solution is two years old, nobody maintains it.\nDone when: we know which method for {two} to adopt and why.\nOwner: me",
        f"TODO before the offsite - catch up on {one}; compare approaches to {two}; write a one-pager with risks, costs, open questions",
        f"Deliverable 2.1: state of the art in {_core(subject)}. Partners expect a living document, updated weekly until the review.",
    ]))  # fmt: skip


def small_talk(subject: Subject, rng: Random, other: Subject | None = None) -> Said:
    one, two = _two(subject, rng)
    return Said(statement=rng.choice([
        f"hey, so i moved from backend java to the ml team in august and im a bit lost tbh. they do {one} all day. i get the code but not the ideas, would love things that explain {two} properly, papers ok if readable",
        f"ok here goes: love cycling, hate dashboards, got hooked on {one} after a talk in Lisbon, now i try to read everything decent on {two} but there's just too much of it out there",
        f"not sure how to put this.. {_core(subject)} i guess? whatever lets me build better stuff at work without reading forty abstracts a day",
        f"soo my flatmate won't stop talking about {one} and now i have opinions too, help. bonus if someone explains how {two} fits in, i have a physics degree and a long commute",
        f"hi :) on parental leave, brain is mush, but {one} is what i'll go back to in may and i don't want to be the one who slept through it. {two} too if there is time",
    ]))  # fmt: skip


def speciality(subject: Subject, rng: Random, other: Subject | None = None) -> Said:
    one, two = _two(subject, rng)
    return Said(
        statement=rng.choice([
            "Staff engineer, mostly Python and a little Rust, looking for work that I can put to use within a quarter.",
            "I read on the train, forty minutes each way, and like papers with careful ablations.",
            "Second-year doctoral student; my advisor expects me to know the literature by Christmas.",
        ]),
        topics=(one, two) if one != two else (one,),
    )  # fmt: skip


HELD_OUT: dict[str, Voice] = {
    name: Voice(name=name, held_out=True, say=say)
    for name, say in {
        "on call": on_call,
        "reading group": reading_group,
        "founder": founder,
        "German": german,
        "question list": question_list,
        "refuser": refuser,
        "halves": halves,
        "hospital": hospital,
        "ticket": ticket,
        "small talk": small_talk,
        "statement and topics": speciality,
    }.items()
}
