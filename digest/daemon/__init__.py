"""The background job: every minute it reads from the archive what is due, and does that.

It depends on nothing in memory. After sleep, a kill or a delay, the next tick finds what is due
then: one issue follows three missed weeks, and a change of the clocks neither skips nor doubles
one. A failure is one line in the log, is retried later, and never ends the job.
"""
