"""The commands of the command line, one module per group: arguments in, lines out."""
