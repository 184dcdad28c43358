"""Changes in words, for readers who have never seen a setting's name."""

from takeoff.analysis.sensitivity.changes import Change, Value
from takeoff.analysis.wording import listed, plain_name

__all__ = ["change_in_words", "kind_of"]

_LEFT_OUT = {
    "expert": "without {}",
    "question": "without the answers on {}",
    "study": "without the study {}",
    "camp": "without the {} camp",
}
_SCALES = {
    "wording": "spread of questions' wording",
    "noise": "noise of answers",
    "care": "spread of experts' care",
    "contrast": "spread between camps",
    "disagreement": "spread within camps",
    "efficacy": "spread of interventions' efficacy",
}
_SHARED = {
    "group": "error shared by those who talk",
    "study": "offset of a survey",
    "bias": "bias that all experts share",
}
_KINDS = {
    "without.expert": "an expert left out",
    "without.question": "a question left out",
    "without.study": "a study left out",
    "without.camp": "a camp left out",
    "prior": "another prior set",
    "scale": "a spread of the panel's model",
    "shared": "errors that answers share",
    "center": "a prior moved",
    "spread": "a prior widened or narrowed",
    "fix": "a parameter known",
    "power": "something counted more or less",
}


def kind_of(change: Change) -> str:
    """Say what kind of thing is changed.

    >>> kind_of(Change.of({"without.expert": "Ann"})), kind_of(Change.of({"scale.noise": 2.0}))
    ('an expert left out', "a spread of the panel's model")
    """
    if len(change.settings) != 1:
        return "several changes at once" if change.settings else "nothing changed"
    ((name, _),) = change.settings
    first = name.split(".")[0]
    return _KINDS[name if first == "without" else first]


def change_in_words(change: Change) -> str:
    """Say what is changed.

    >>> change_in_words(Change.of({"without.expert": ("Ann", "Bea"), "scale.noise": 2.0}))
    'without Ann and Bea; noise of answers × 2'
    >>> change_in_words(Change.of({"shared.bias": 0.5}))
    'bias that all experts share: sd 0.5 log-odds'
    """
    if not change.settings:
        return "nothing changed"
    return "; ".join(_one(name, value) for name, value in change.settings)


def _one(name: str, value: Value) -> str:
    first, _, rest = name.partition(".")
    said = f"{value:.3g}" if isinstance(value, float) else _names(value)
    if first == "without":
        return _LEFT_OUT[rest].format(said)
    if first == "scale":
        return f"{_SCALES[rest]} × {said}"
    if first == "shared":
        return f"{_SHARED[rest]}: sd {said} log-odds"
    what = plain_name(rest)
    if first == "power":
        kind, _, of = rest.partition(".")
        whose = {
            "all": f"all {of}",
            "prior": f"prior of {plain_name(of)}",
            "expert": f"answers of {of}",
            "crowd": f"answers of the crowd of {of}",
            "question": f"answers on {plain_name(of)}",
        }[kind]
        return f"{whose}, weight × {said}"
    return {
        "prior": f"prior set {said}",
        "center": f"prior of {what} moved by {said} of its spreads",
        "spread": f"spread of the prior of {what} × {said}",
        "fix": f"{what} known to be about {said}",
    }[first]


def _names(value: Value) -> str:
    return listed(
        [plain_name(each) for each in (value if isinstance(value, tuple) else [str(value)])]
    )
