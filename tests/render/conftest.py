"""No hypothesis test here is about time: a busy machine must not fail it."""

from hypothesis import settings

settings.register_profile("render", deadline=None)
settings.load_profile("render")
