"""Delivery of issues: into files, by mail and as posts. The only package that sends."""
