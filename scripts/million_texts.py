"""Texts of some themes: titles and abstracts that a focus can tell apart, made of words and not of anybody's works."""

import datetime as dt
from collections.abc import Iterator

import numpy as np

from digest.records import Item

#: Name, kind and address of the sources, and their shares of what is published.
SOURCES = (
    ("arXiv", "arxiv", ""),
    *((f"{name} blog", "", f"https://{name.lower()}.example.org/feed") for name in (
        "Anchor", "Birch", "Cobalt", "Delta", "Ember", "Fjord", "Gable", "Harbor", "Inlet", "Juniper")),
    ("Front page", "", "https://frontpage.example.org/rss"),
)  # fmt: skip
SHARES = (0.75, *[0.02] * 10, 0.05)
#: Of a hundred works, so many are found at a second source too.
AGAIN = 3
VOCABULARY = 50_000
RARE = 30
NAMES = (
    "Ada Byron",
    "Grace Murray",
    "Alan Mathison",
    "Karen Sparck",
    "Claude Elwood",
    "Emmy Noether",
    "Kurt Friedrich",
)

THEMES = tuple(
    tuple(part.strip() for part in line.split(","))
    for line in """
    dense retrieval, passage ranking, hard negatives, dual encoder, query expansion, relevance judgments, hard negative mining, contrastive retriever training
    sparse retrieval, inverted index, learned term weights, lexical matching, bm25 baselines, document expansion, splade models, efficient query evaluation
    language model serving, continuous batching, kv cache, paged attention, prefill and decode, token latency, inference engine, request scheduling
    kv cache compression, cache eviction, quantized keys, long context memory, attention sinks, cache reuse, offloading, prefix sharing
    feature store, online features, training serving skew, point in time joins, feature freshness, batch pipelines, data contracts, lineage
    drift monitoring, production alerts, model degradation, shadow deployment, canary release, incident review, dashboards, service objectives
    diffusion models, image synthesis, classifier free guidance, noise schedule, fast samplers, latent diffusion, text to image, consistency distillation
    graph neural networks, message passing, oversmoothing, node classification, heterophily, link prediction, graph transformers, expressivity
    reinforcement learning, policy gradient, reward shaping, exploration bonus, offline policies, value functions, world models, sample efficiency
    preference optimization, reward models, human feedback, alignment tuning, rejection sampling, safety training, instruction tuning, annotator disagreement
    drug discovery, molecular graphs, protein binding, docking scores, toxicity prediction, ligand generation, binding affinity, assay data
    medical imaging, tumour segmentation, radiology reports, scan reconstruction, clinical labels, domain shift between hospitals, lesion detection, uncertainty maps
    time series forecasting, seasonal decomposition, probabilistic forecasts, anomaly detection, irregular sampling, patch tokens, demand planning, calibration of intervals
    federated learning, client heterogeneity, communication rounds, secure aggregation, differential privacy, personalized models, device constraints, partial participation
    speech recognition, acoustic models, streaming transcription, speaker adaptation, code switching, self supervised audio, phoneme errors, voice conversion
    machine translation, low resource languages, back translation, multilingual transfer, document level context, quality estimation, terminology, evaluation by humans
    object detection, set prediction, anchor boxes, small objects, open vocabulary detection, video tracking, box regression, annotation noise
    neural rendering, radiance fields, gaussian splatting, novel views, camera poses, dynamic scenes, surface reconstruction, relighting
    causal inference, treatment effects, confounding, instrumental variables, structure learning, counterfactuals, sensitivity analysis, uplift
    bayesian optimization, gaussian processes, acquisition functions, surrogate models, hyperparameter search, noisy evaluations, high dimensional search, batch suggestions
    recommender systems, click prediction, session histories, cold start items, candidate generation, feedback loops, position bias, user embeddings
    robot manipulation, grasping, imitation from demonstrations, tactile sensing, sim to real transfer, motion planning, dexterous hands, visual servoing
    code generation, program synthesis, unit tests as reward, repository context, bug repair, compiler feedback, code review, type errors
    mathematical reasoning, chain of thought, proof search, verifier models, step level rewards, olympiad problems, tool use, self consistency
    interpretability, sparse autoencoders, induction heads, circuit analysis, probing, activation patching, feature attribution, superposition
    optimizers, learning rate schedules, sharpness, second order methods, gradient noise, weight decay, large batch training, loss landscapes
    distributed training, pipeline parallelism, gradient compression, fault tolerance, checkpointing, collective communication, cluster scheduling, stragglers
    model compression, weight pruning, low bit quantization, knowledge distillation, structured sparsity, edge deployment, mixed precision, energy use
    adversarial robustness, certified defences, jailbreak prompts, poisoned data, backdoor triggers, perturbation budgets, red teaming, detection of attacks
    fairness, group disparities, biased labels, audit of decisions, subgroup performance, mitigation, transparency, regulation
    tabular learning, gradient boosted trees, missing values, categorical encoding, feature interactions, small data, benchmark of tables, automated pipelines
    vector databases, approximate nearest neighbours, product quantization, graph index, filtered search, recall and latency, index updates, disk based search
    data quality, deduplication of corpora, web crawl filtering, synthetic data, data mixture, contamination, labelling operations, dataset documentation
    workflow orchestration, experiment tracking, model registry, reproducible pipelines, continuous integration, infrastructure as code, notebooks, platform teams
    climate models, weather forecasting, satellite images, downscaling, extreme events, physical constraints, ensemble spread, emulators
    agents, planning with tools, web navigation, multi agent debate, memory of conversations, task decomposition, environment feedback, benchmark of agents
    """.strip().splitlines()
)
GENERAL = """
    analysis approach assumption baseline bound budget capacity case challenge class code collection comparison component
    condition constraint cost curve decision design detail deployment difficulty distribution domain dynamics effect
    efficiency ensemble error estimate evaluation evidence experience experiment explanation failure family framework
    function gain gap generalization geometry goal guarantee guideline head hypothesis improvement industry insight
    interaction interface knowledge layer lesson library limit list loss margin measure mechanism method metric mixture
    model module objective observation operator outcome pattern performance perspective phase practice prior problem
    procedure process property protocol quality question range rate recipe region regime representation resource result
    risk robustness rule sample scale scenario schedule score sensitivity setting shape signal simulation solution space
    stability stage standard strategy structure study subset survey symmetry system target task team technique test
    theory threshold time toolkit trade trend uncertainty unit update user utility validation variance view workload
    """.split()
TITLES = ("{a} for {b}: a {g}", "{a} with {b}", "Rethinking {a} in {b}", "A {g} of {a} and {b}", "{a} meets {b}",
          "Towards {a} by {b}", "What {a} teaches about {b}", "On the {g} of {a}", "{a} under {b}: {g} and {h}",
          "How we moved {a} to {b}")  # fmt: skip
SENTENCES = (
    "We study {a} and its {g} in the presence of {b}.", "We propose a {g} for {a} that improves {b}.",
    "Experiments on {c} show a {g} of {r} over strong baselines.", "Unlike earlier {g}, it needs no {r} for {a}.",
    "The {g} of {r} and {s} explains why {b} fails.", "In production, {a} lowers the {g} of {r} by a third.",
    "We release code and a {g} of {c} with {r} and {s}.", "Our {g} separates {r} from {s} at every {h}.",
    "A theory of {a} predicts the {h} that {r} shows.", "We discuss the {g} of {r}, {s} and {b} in practice.",
)  # fmt: skip


class Texts:
    """A stream of items, the same for one *seed*."""

    def __init__(self, *, seed: int) -> None:
        self._random = np.random.default_rng(seed)
        self._rare = _rare_words()
        ranks = 1 / np.arange(10, VOCABULARY + 10)
        self._chances = np.cumsum(ranks / ranks.sum())
        self._number = 0

    def items(self, count: int, *, since: dt.datetime, until: dt.datetime) -> Iterator[Item]:
        """Items published between two moments."""
        span = (until - since).total_seconds()
        made = 0
        while made < count:
            item = self._item(since + dt.timedelta(seconds=float(self._random.uniform(0, span - 3_700))))
            yield item
            made += 1
            if made < count and self._number % 100 < AGAIN:
                made += 1
                yield Item(
                    source="Front page",
                    kind="feed",
                    entry_id=f"again-{self._number}",
                    url=item.url,
                    title=item.title,
                    summary=item.summary[:200],
                    published_at=item.published_at,
                )

    def _item(self, published_at: dt.datetime) -> Item:
        self._number += 1
        number, random = self._number, self._random
        source, kind, url = SOURCES[int(np.searchsorted(np.cumsum(SHARES[:-1]), random.uniform() * 0.95))]
        title, body = self._text()
        paper = kind == "arxiv"
        address = f"https://arxiv.org/abs/{_arxiv_id(number)}" if paper else f"{url.rpartition('/')[0]}/{number}"
        return Item(
            source=source,
            kind=kind or "feed",
            entry_id=_arxiv_id(number) if paper else str(number),
            url=address,
            title=title,
            authors=tuple(NAMES[i] for i in random.choice(len(NAMES), 2, replace=False)),
            summary=body,
            published_at=published_at,
            arxiv_id=_arxiv_id(number) if paper else "",
            tags=("cs.LG",) if paper else (),
        )

    def _text(self) -> tuple[str, str]:
        random = self._random
        first, second = (THEMES[i] for i in random.choice(len(THEMES), 2, replace=False))
        words = self._rare[np.searchsorted(self._chances, random.uniform(size=2 * RARE))]
        general = [GENERAL[i] for i in random.integers(len(GENERAL), size=2 * RARE)]
        own, other = random.integers(len(first), size=RARE), random.integers(len(second), size=RARE)
        fill = [
            {"a": first[own[n]], "b": second[other[n]], "c": first[own[-n - 1]], "g": general[2 * n], "h": general[2 * n + 1],
             "r": words[2 * n], "s": words[2 * n + 1]}
            for n in range(9)
        ]  # fmt: skip
        title = TITLES[random.integers(len(TITLES))].format(**fill[0])
        order = random.permutation(len(SENTENCES))[:8]
        body = " ".join(SENTENCES[o].format(**fill[n + 1]) for n, o in enumerate(order))
        return f"{title[0].upper()}{title[1:]} ({words[-1]})", body


def _arxiv_id(number: int) -> str:
    return f"{10 + number // 900_000:02d}{1 + number // 75_000 % 12:02d}.{number % 75_000:05d}"


def _rare_words() -> np.ndarray:
    """Pronounceable, and none twice."""
    random = np.random.default_rng(0)
    syllables = [a + b for a in "bdfgklmnprtvz" for b in "aeiou"]
    made: dict[str, None] = {}
    while len(made) < VOCABULARY:
        made["".join(syllables[i] for i in random.integers(len(syllables), size=random.integers(2, 5)))] = None
    return np.array(list(made))
