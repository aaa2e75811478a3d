"""The only room that asks the world for things.

client         many visits at once; the door of this room, with politeness
conversation   one visit: redirects, refusals, follow-up questions (pure)
turns          one request at a time per host, pauses, arXiv's rule
connection     one wire: HTTP, bounded answers, errors in words
doors          opens connections to addresses that pass the guard
guard          which addresses may be asked (pure)
body           decompression within a limit
robots         what hosts allow of their pages, asked for once a day
imap           a folder of a mail account, opened for reading only
mailbox        newsletters, from such a folder or a maildir
replies        marks by mail, from such a folder or a maildir
politeness     when to come back, what to send and to remember (pure)
"""
