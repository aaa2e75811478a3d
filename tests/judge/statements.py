"""Statements as people might write them, with what a reader finds in each.

A row: the statement; pieces that must count (each inside one phrase that counts); pieces that must not count;
pieces that must be declined. All are made up.
"""

Row = tuple[str, tuple[str, ...], tuple[str, ...], tuple[str, ...]]

STATEMENTS: tuple[Row, ...] = (
    # titles and keywords
    ("Graph neural networks for molecules", ("graph neural networks for molecules",), (), ()),
    ("A curated list of papers about speculative decoding", ("speculative decoding",), ("curated",), ()),
    (
        "causal inference, uplift modelling, A/B testing",
        ("causal inference", "uplift modelling", "A/B testing"),
        (),
        (),
    ),
    ("HNSW; product quantization; DiskANN", ("HNSW", "product quantization", "DiskANN"), (), ()),
    ("Time series forecasting (probabilistic)", ("time series forecasting", "probabilistic"), (), ()),
    (
        "Keywords: federated learning, differential privacy",
        ("federated learning", "differential privacy"),
        ("keywords",),
        (),
    ),
    ("Papers on text-to-SQL and table understanding.", ("text-to-SQL", "table understanding"), ("papers",), ()),
    ("models", ("models",), (), ()),
    # one question
    ("How do I evaluate retrieval without labels?", ("retrieval without labels",), (), ()),
    ("How do diffusion models learn to follow a layout?", ("diffusion models",), (), ()),
    ("Why do large learning rates lead to flat minima?", ("large learning rates lead to flat minima",), (), ()),
    ("What is the best way to detect drift in tabular features?", ("drift in tabular features",), ("best way",), ()),
    ("how to keep a feature store consistent between training and serving", ("feature store",), (), ()),
    # job and goal
    (
        "I run retrieval and LLM serving in production and want to understand evaluation, latency and cost",
        ("retrieval", "LLM serving", "evaluation", "latency", "cost"),
        (),
        (),
    ),
    (
        "I am a data engineer at an insurance company and want to learn about stream processing.",
        ("stream processing",),
        ("insurance", "data engineer"),
        (),
    ),
    (
        "I'm a PhD student working on protein structure prediction.",
        ("protein structure prediction",),
        ("PhD student",),
        (),
    ),
    (
        "My team is building a vector database and I would like to get better at quantization.",
        ("vector database", "quantization"),
        ("my team",),
        (),
    ),
    ("We train recommender systems and struggle with cold start.", ("recommender systems", "cold start"), (), ()),
    ("As a nurse I am interested in clinical language models.", ("clinical language models",), ("nurse",), ()),
    (
        "I work on speech recognition for dialects and want to keep up with self-supervised audio models",
        ("speech recognition for dialects", "self-supervised audio models"),
        (),
        (),
    ),
    # beginners
    (
        "I am new to reinforcement learning and want to understand policy gradients.",
        ("reinforcement learning", "policy gradients"),
        (),
        (),
    ),
    ("Complete beginner in machine learning; curious about decision trees.", ("decision trees",), (), ()),
    (
        "I don't know how attention works and would like to learn about transformers from scratch.",
        ("attention", "transformers"),
        (),
        (),
    ),
    ("I know nothing about Bayesian optimisation yet, please teach me.", ("Bayesian optimisation",), (), ()),
    # biography
    (
        "I live in Porto with my wife and two children. I read on the train. What I care about is program synthesis.",
        ("program synthesis",),
        ("Porto", "children", "train"),
        (),
    ),
    (
        "I'm 52 years old, I have a dog, and in my spare time I want to learn about robot grasping.",
        ("robot grasping",),
        ("dog", "52"),
        (),
    ),
    (
        "My boss wants a report by Friday. I need to understand anomaly detection in logs so that I can keep my job.",
        ("anomaly detection in logs",),
        ("keep my job",),
        (),
    ),
    (
        "I moved to Oslo last year. I'm fascinated by weather models because my father was a sailor.",
        ("weather models",),
        ("Oslo", "sailor"),
        (),
    ),
    # background
    (
        "Coming from computer vision, I want to understand speech synthesis.",
        ("speech synthesis",),
        ("computer vision",),
        (),
    ),
    ("I used to do robotics but now work on time series forecasting.", ("time series forecasting",), ("robotics",), ()),
    ("After ten years of Java I want to learn about compilers for tensors.", ("compilers for tensors",), ("Java",), ()),
    ("I have a degree in physics and am curious about neural operators.", ("neural operators",), ("physics",), ()),
    ("Moving from NLP to robotics.", ("robotics",), ("NLP",), ()),
    (
        "My background is in statistics; looking for papers on conformal prediction.",
        ("conformal prediction",),
        ("statistics",),
        (),
    ),
    # two interests
    (
        "Two things: protein folding and database internals.",
        ("protein folding", "database internals"),
        ("two things",),
        (),
    ),
    (
        "I'm interested in GPU kernels, and I also follow machine translation for rare languages.",
        ("GPU kernels", "machine translation for rare languages"),
        (),
        (),
    ),
    ("Interested in causal discovery and in efficient attention", ("causal discovery", "efficient attention"), (), ()),
    ("not only retrieval but also generation of citations", ("retrieval", "generation of citations"), (), ()),
    # bullets
    (
        "My interests:\n- knowledge distillation\n- pruning of large networks\n- on-device inference",
        ("knowledge distillation", "pruning of large networks", "on-device inference"),
        ("my interests",),
        (),
    ),
    ("* event sourcing\n* change data capture", ("event sourcing", "change data capture"), (), ()),
    (
        "1. simulation-based inference\n2. optimal transport",
        ("simulation-based inference", "optimal transport"),
        (),
        (),
    ),
    (
        "Yes:\n- tool use by agents\nNot interested in:\n- prompt collections\n- funding rounds",
        ("tool use by agents",),
        (),
        ("prompt collections", "funding rounds"),
    ),
    # what one does not want
    ("Dense retrieval. No leaderboard papers.", ("dense retrieval",), (), ("leaderboard",)),
    (
        "Contextual bandits in practice; I don't care for theory of bandits",
        ("contextual bandits",),
        (),
        ("theory of bandits",),
    ),
    ("Time series forecasting, but skip crypto", ("time series forecasting",), (), ("crypto",)),
    ("Anything but another survey: I want papers on KV cache compression.", ("KV cache compression",), (), ("survey",)),
    ("Monitoring of models rather than training them", ("monitoring of models",), (), ("training",)),
    (
        "Please no medical imaging. Show me point cloud registration.",
        ("point cloud registration",),
        (),
        ("medical imaging",),
    ),
    (
        "spare me benchmarks without analysis; I like interpretability of circuits",
        ("interpretability of circuits",),
        (),
        ("benchmarks",),
    ),
    ("I am tired of AGI speculation and want to read about data quality.", ("data quality",), (), ("AGI speculation",)),
    ("Everything about graph databases except marketing posts", ("graph databases",), (), ("marketing",)),
    ("I'm not interested in image generation. Optical flow, please.", ("optical flow",), (), ("image generation",)),
    ("Federated learning papers; nothing about blockchain", ("federated learning",), (), ("blockchain",)),
    (
        "Quantum chemistry surveys are boring; neural wave functions are my topic",
        ("neural wave functions",),
        (),
        ("quantum chemistry surveys",),
    ),
    # not everybody's first language
    (
        "I want learn about diffusion model for make image. I no like reinforcement learning.",
        ("diffusion model",),
        (),
        ("reinforcement learning",),
    ),
    ("I am interesting in detection of fraud with the graphs", ("detection of fraud",), (), ()),
    (
        "I search informations about forecasting of demand, my english is not so good",
        ("forecasting of demand",),
        ("english",),
        (),
    ),
    # advertisements and briefs
    (
        "Senior ML Engineer (m/f/d): you will design training infrastructure for large language models. We offer remote work.",
        ("training infrastructure for large language models",),
        ("engineer", "remote work"),
        (),
    ),
    (
        "You will work on ranking for job search. Benefits: fruit and a bike.",
        ("ranking for job search",),
        ("fruit", "bike"),
        (),
    ),
    (
        "Project: route planning for bicycles. Goal: understand shortest path algorithms. Deadline: May.",
        ("shortest path algorithms", "route planning for bicycles"),
        ("May",),
        (),
    ),
    (
        "Our project is an open archive of birdsong; keep me up to date on bioacoustics.",
        ("bioacoustics", "archive of birdsong"),
        (),
        (),
    ),
    (
        "The latest on mixture-of-experts routing, e.g. expert choice, please",
        ("mixture-of-experts routing", "expert choice"),
        (),
        (),
    ),
    (
        "We serve small models for a legal product. Speculative decoding, quantization that does not break accuracy.",
        ("Speculative decoding", "quantization that does not break accuracy"),
        (),
        (),
    ),
)
