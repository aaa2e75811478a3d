"""A weekly digest of machine learning, ranked against your own focus, with a reason for every pick."""

__version__ = "0.1.0"
