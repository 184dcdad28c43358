"""Grids: changes declared in a file, as every combination of values, one by one, or at random.

    [grid]                       # every combination
    prior = ["neutral", "homogeneous"]
    scale.wording = [0.5, 1, 2]
    without.expert = "each"      # each expert in turn

    [[change]]                   # one row
    center.margin = -1
    without.question = ["extinction"]

    [sample]                     # rows at random between two values
    rows = 1000
    seed = 1
    spread.doubt = [0.5, 2]

Settings are those of `changes`. Factors and powers are drawn evenly on the logarithm.
"""

import tomllib
from collections.abc import Mapping
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from takeoff.analysis.sensitivity.changes import Change, Value, checked
from takeoff.models.answers.shared_errors import SharedErrors
from takeoff.models.errors import InputError, nearest

__all__ = ["Known", "load_grid", "ordinary"]

Known = Mapping[str, tuple[str, ...] | None]

_PARTS = ("grid", "change", "sample")
_FACTORS = ("scale.", "spread.", "power.")
_SCALE_FACTORS = (0.5, 2.0)
_SHARED = {"group": "group_error", "study": "study_effect"}
"""Variables that a panel has where answers share such errors."""
_BIASES = (0.5, 1.0)
"""Log-odds: odds that all experts state wrong by a factor of about 1.6, or of 2.7."""


def load_grid(path: Path, known: Known) -> list[Change]:
    """Read the changes that a file declares.

    Raises
    ------
    InputError
        If it cannot be read, or names what is not known.
    """
    try:
        text = path.read_text(encoding="utf-8")
        declared = tomllib.loads(text)
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read ({error})") from None
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{path}: not TOML ({error})") from None
    for part in declared:
        if part not in _PARTS:
            raise InputError(f"{path}: unknown part {part!r}{nearest(part, _PARTS)}")
    try:
        changes = [
            *_combinations(_flat(declared.get("grid", {})), known),
            *(checked(_valued(_flat(each)), known) for each in declared.get("change", [])),
            *_drawn(declared.get("sample", {}), known),
        ]
    except InputError as error:
        raise InputError(f"{path}: {error}") from None
    except (AttributeError, TypeError):
        raise InputError(f"{path}: settings stand in [grid], [[change]] or [sample]") from None
    if not changes:
        raise InputError(f"{path}: declares no change; give [grid], [[change]] or [sample]")
    return list(dict.fromkeys(changes))


def ordinary(known: Known) -> list[Change]:
    """Give the changes that every panel is asked, one by one.

    Leave-outs, prior sets, scales, and what is assumed of errors that answers share.
    """
    changes = [
        Change.of({name: each})
        for name in ("without.expert", "without.question", "without.study", "without.camp", "prior")
        for each in known[name] or ()
        if len(known[name] or ()) > 1
    ]
    stretched = [name for name in known if name.startswith("scale.")]
    changes += [Change.of({name: each}) for name in stretched for each in _SCALE_FACTORS]
    for name, variable in _SHARED.items():
        if f"power.prior.{variable}" in known:
            declared = float(getattr(SharedErrors(), name))
            changes += [Change.of({f"shared.{name}": declared * each}) for each in _SCALE_FACTORS]
    changes += [Change.of({"shared.bias": each}) for each in _BIASES]
    return changes


def _combinations(axes: Mapping[str, Any], known: Known) -> list[Change]:
    if not axes:
        return []
    values = []
    for name, given in axes.items():
        each = known.get(name) if given == "each" else given
        values.append(each if isinstance(each, list | tuple) else [each])
    return [checked(_valued(dict(zip(axes, row, strict=True))), known) for row in product(*values)]


def _drawn(declared: Mapping[str, Any], known: Known) -> list[Change]:
    """Draw rows at random, each setting between its two values."""
    if not declared:
        return []
    settings = _flat({key: each for key, each in declared.items() if key not in ("rows", "seed")})
    rows, seed = declared.get("rows"), declared.get("seed", 1)
    if not isinstance(rows, int) or rows < 1 or not isinstance(seed, int) or seed < 0:
        raise InputError("[sample] needs rows, and a seed if any, as whole numbers")
    random = np.random.default_rng(seed)
    columns = {}
    for name, ends in settings.items():
        if not isinstance(ends, list) or len(ends) != 2:
            raise InputError(f"[sample] {name} needs two numbers: least and most")
        low, high = (checked({name: _value(each)}, known).numbers("")[name] for each in ends)
        even = random.uniform(size=rows)
        if name.startswith(_FACTORS) and low > 0:
            columns[name] = np.exp(np.log(low) + even * np.log(high / low))
        else:
            columns[name] = low + even * (high - low)
    return [
        Change.of({name: float(each[row]) for name, each in columns.items()}) for row in range(rows)
    ]


def _flat(table: Mapping[str, Any], start: str = "") -> dict[str, Any]:
    """Name nested settings by dotted words."""
    flat: dict[str, Any] = {}
    for name, value in table.items():
        if isinstance(value, dict):
            flat |= _flat(value, f"{start}{name}.")
        else:
            flat[f"{start}{name}"] = value
    return flat


def _valued(settings: Mapping[str, Any]) -> dict[str, Value]:
    return {name: _value(each) for name, each in settings.items()}


def _value(given: Any) -> Value:
    """Give a value as a change has it: a number, a word or several."""
    if isinstance(given, list | tuple):
        return tuple(str(each) for each in given)
    if isinstance(given, int | float) and not isinstance(given, bool):
        return float(given)
    return str(given)
