"""Digests leave the house here: into files, and by mail. The only room that sends."""
