"""Delivery of issues: into files and by mail. The only package that sends."""
