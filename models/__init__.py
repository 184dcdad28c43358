"""The model: a world with several AI projects, priors, questions, and a panel of experts.

``evaluate`` gives the outcomes of worlds; ``panel_model`` (in ``panel``) learns from judgments.
Nothing is imported here, because the command line must not pay for what it does not use.
"""
