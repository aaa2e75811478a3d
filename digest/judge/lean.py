"""Letter or envelope: the probability that an item is about carrying models into the world.

A logistic regression over item vectors. For the bundled model `scripts/train_model` fits it on labelled lists
and writes its coefficients beside the weights. For any other model it is fitted here, on short texts written
for this program. Pure, except that it reads those coefficients.
"""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from digest.arrays import Floats
from digest.errors import ModelError
from digest.judge.embedding import BUNDLED_FOLDER, Embedder
from digest.judge.logistic import fit_logistic, sigmoid
from digest.records import Section

#: Probabilities of envelope between which the classifier is undecided: the work belongs to both sides.
BOTH_SIDES = (0.4, 0.6)

#: Precision of the prior around zero: few texts and many dimensions must not give extreme probabilities.
_PROTOTYPE_STRENGTH = 1.0

LEAN_FILE = BUNDLED_FOLDER.parent / "lean.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class LeanModel:
    """A calibrated linear classifier over one model's vectors."""

    model: str
    #: [dimensions]
    weights: Floats
    bias: float

    def probability(self, vectors: Floats) -> Floats:
        """Probability of envelope [items] from vectors [items, dimensions]; 0.5 for an item without a vector.

        An item's is the same to the last bit whatever stands beside it: a matrix product adds up the rows at its
        border in another order, `einsum` treats all alike and is as quick.
        """
        rows = np.ascontiguousarray(vectors)
        logits = np.einsum("ij,j->i", rows, self.weights) + np.float32(self.bias)
        return np.where(vectors.any(axis=1), sigmoid(logits), np.float32(0.5)).astype(np.float32)


def side(lean: float) -> str:
    """ "letter", "envelope" or, where the classifier is undecided, "both"."""
    low, high = BOTH_SIDES
    if low <= lean <= high:
        return "both"
    return Section.ENVELOPE if lean > high else Section.LETTER


def load_lean(embedder: Embedder, *, path: Path = LEAN_FILE) -> LeanModel:
    """The classifier for *embedder*: the shipped one if it was trained on exactly these weights.

    Raises ModelError where the file of coefficients is damaged.
    """
    shipped = _read(path)
    if shipped is not None and shipped.model == embedder.name:
        return shipped
    return fit_prototypes(embedder)


def fit_prototypes(embedder: Embedder) -> LeanModel:
    """Fit a classifier on the texts of either side, for a model without one."""
    vectors = embedder.encode([*ENVELOPE_TEXTS, *LETTER_TEXTS])
    sides = np.repeat(np.array([1.0, 0.0], np.float32), [len(ENVELOPE_TEXTS), len(LETTER_TEXTS)])
    weights, bias = fit_logistic(vectors, sides, strength=_PROTOTYPE_STRENGTH)
    return LeanModel(model=embedder.name, weights=weights, bias=bias)


def _read(path: Path) -> LeanModel | None:
    if not path.exists():
        return None
    try:
        table = json.loads(path.read_bytes())
        return LeanModel(
            model=str(table["model"]),
            weights=np.asarray(table["weights"], np.float32),
            bias=float(table["bias"]),
        )
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise ModelError(f"{path} is damaged; `scripts/train_model` writes it again") from error


#: What letter and envelope are, by example: stand-ins for labelled data.
LETTER_TEXTS: tuple[str, ...] = (
    "A new attention mechanism with linear complexity and better perplexity",
    "We prove generalization bounds for overparameterized neural networks",
    "Diffusion models with a faster sampler for image synthesis",
    "Contrastive pretraining of text embeddings for dense retrieval",
    "Reinforcement learning from human feedback: reward models and policy optimization",
    "Object detection with transformers and set prediction",
    "A benchmark for mathematical reasoning in large language models",
    "Graph neural networks: expressivity and oversmoothing",
    "Understanding the loss landscape: sharpness, flatness and optimizers",
    "Mechanistic interpretability of induction heads",
    "Few-shot learning by meta-learning an initialization",
    "Bayesian deep learning and calibrated uncertainty",
    "Semantic segmentation with multi-scale context",
    "A survey of vision-language models",
    "Long-range forecasting of time series with patches",
    "Adversarial robustness and certified defences",
    "Unlearning facts from language models without retraining",
    "World models for robots that plan in latent space",
    "An illustrated explanation of word vectors",
    "The intuition behind variational autoencoders, with derivations",
    "Chain-of-thought prompting improves reasoning",
    "Hallucination in language models: causes and detection",
    "Low-rank adaptation for parameter-efficient fine-tuning",
    "Scaling laws relate loss, data and parameters",
    "Video generation with consistent characters",
    "Kernel methods and Gaussian processes for regression",
    "Neural architecture search by gradient descent",
    "Causal discovery with continuous optimization",
    "Person re-identification under occlusion",
    "Notes on how dropout regularizes recurrent networks",
)

ENVELOPE_TEXTS: tuple[str, ...] = (
    "Serving large language models: continuous batching, paged attention memory and throughput",
    "How we built our feature store and keep online and offline features consistent",
    "Monitoring models in production: drift detection, alerts and dashboards",
    "A workflow orchestrator for data pipelines",
    "Distributed training on thousands of GPUs with fault tolerance and checkpointing",
    "Scheduling deep learning jobs on a shared cluster",
    "Deploying machine learning with Kubernetes, containers and continuous integration",
    "Experiment tracking and model registry: an open source tool",
    "Data versioning and lineage for reproducible pipelines",
    "Vector database for similarity search at scale",
    "Our recommendation system at work: architecture, latency and lessons learned",
    "A GPU kernel compiler for tensor programs",
    "Pipeline parallelism and communication overlap in cluster training",
    "KV cache offloading and prefill-decode disaggregation in an inference engine",
    "Data quality checks, contracts and validation in the warehouse",
    "Real-time fraud detection system with streaming features",
    "A/B testing platform and metrics at a large company",
    "Running language models on phones: runtimes, memory and energy",
    "MLOps maturity, team organisation and technical debt",
    "An open-source library to deploy, monitor, version and scale models",
    "How search ranking is engineered at an online marketplace",
    "Release announcement: faster serving runtime with new hardware support",
    "Autoscaling inference endpoints and cutting cloud costs",
    "Labelling tools and annotation operations",
    "Incident analysis for cloud services with logs and traces",
    "Networking for AI clusters: collectives, topology and congestion",
    "Storage systems for training data loading",
    "Building an internal platform for data scientists: notebooks, jobs, permissions",
    "Evaluating and observing LLM applications in production",
    "Asynchronous rollout infrastructure for reinforcement learning post-training",
)
