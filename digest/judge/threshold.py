"""What is good enough to be kept in any week, however poor."""

#: Relevance an item needs in any week, in standard deviations above the reference texts. On the simulated
#: learners that tuning may see, with the focus sharpened, 95 % of a learner's own papers and 6 % of all others
#: reach it with the bundled model, 78 % and 12 % with all-MiniLM-L6-v2: loose for either, as a floor should be,
#: since the share to keep decides in any week but a poor one (`compose.rules.ceiling`).
FLOOR = 4.0
