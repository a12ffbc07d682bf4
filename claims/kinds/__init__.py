"""How each kind of formal content is settled: one file each, with ``settle(claim)`` and, where there are certificates,
``replay(claim, data)``; both return what was found whatever was expected. Heavy libraries are imported inside of them.
"""
