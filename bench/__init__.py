"""Measurements of what Rafiqa promises, each beside a peer in the same run.

``python -m bench`` runs all and rewrites ``docs/benchmarks.md``; ``python -m bench NAME`` runs
one and rewrites its section; ``--quick`` uses small sizes, prints, and writes nothing.
"""
