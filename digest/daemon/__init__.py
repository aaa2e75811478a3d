"""The background job: every minute it asks the archive what is due, and does that.

Nothing depends on its memory. Asleep, killed or held up, it finds at the next tick what is
due then; that is why one issue follows three missed weeks, and why a change of the clocks
neither skips nor doubles one. What fails is one line in the log and is tried again later;
nothing that fails ends it.
"""
