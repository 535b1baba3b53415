"""Study: documents in Arabic, Kurdish and English to candidate evidence that a person may accept.

Reads words; decides nothing. A text may raise suspicion and never lower it, draws no outline and
names no person. May not know stores, files, screens or clocks: bytes become text in `wire/`, what a
person accepts becomes evidence in `service/`.
"""
