"""Hostile documents, mails and servers: what must hold whatever strangers send.

Nothing of the good sources is lost, each bad one costs one line, and work stays bounded.
"""
