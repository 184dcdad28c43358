"""The app: experts answer in a browser, and see at once what their answers imply.

Each file holds one idea: what is asked (``asked``), what was typed (``typed``), where it is kept
(``journal``, ``store``), what it implies (``cloud``, ``likelihood``, ``live``), fitting anew in the
background (``refits``), and the pages (``desk``, ``server``).
"""
