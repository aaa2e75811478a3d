"""Everything that is read from the network or a mailbox, politely.

client                entry point: fetch many sources at once
scheduler             runs the sessions, hands their requests to threads
session, redirects    which request comes next in one poll (pure)
conversation          goes on with a poll that another owner of hosts began (pure)
refusals              what a server's refusal means (pure)
rate_limiter          one request at a time per host, with pauses (pure)
arxiv_rate_limiter    arXiv's own limit, across processes
circuit_breaker       leaves failing hosts alone (pure)
robots_cache          what hosts allow in robots.txt, fetched once a day
host_client           one httpx2 client per host: bounded answers
transport             httpx2's requests over our network backend; errors in words
network_backend       connects to addresses that pass the guard, within a deadline
address_guard         which addresses may be asked (pure)
proxies               the proxy that the environment names
body                  decompression within a limit
memory_semaphore      how many large bodies are in memory at once
imap                  one mail folder, opened read-only
mailbox, replies      newsletters, and marks by mail, from IMAP or a maildir
politeness            when to poll again, what to send and to remember (pure)
"""
