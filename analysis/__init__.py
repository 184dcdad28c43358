"""Analysis: fitting a panel, what follows from it, the report and the command line.

Nothing is imported here, because the command line must not pay for what it does not use.
"""
