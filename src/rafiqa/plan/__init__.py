"""Plan: what to do first, by whom and when, with reasons; it moves no land.

Reads the land, the rebuilding and the roads; orders work. May not know stores, files, screens or
clocks. Nothing here lowers, cancels or releases ground.
"""
