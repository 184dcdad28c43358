"""A small machine that runs a program of elementary operations, forward and back.

A program is a table of instructions, each an operation on a batch of numbers: it reads its
arguments from wherever they lie in one memory and writes its results side by side. Compiling a
new model's graph takes a minute; writing a program of it takes a second, and the machine that
runs it is compiled once and cached. ``writer`` writes programs.
"""

import math
from typing import Any, Final

import numpy as np

from takeoff.models.special import FloatArray, compiled, normal_tails, scaled_erfc

__all__ = ["OPERATIONS", "back", "give", "log_between", "run"]

IntArray = np.ndarray[Any, np.dtype[np.int64]]

ADD: Final = 0
SUB: Final = 1
MUL: Final = 2
DIV: Final = 3
POW: Final = 4
LARGER: Final = 5
SMALLER: Final = 6
GT: Final = 7
GE: Final = 8
EQ: Final = 9
AND: Final = 10
OR: Final = 11
SWITCH: Final = 12
BETWEEN: Final = 13
NEG: Final = 14
EXP: Final = 15
LOG: Final = 16
LOG1P: Final = 17
EXPM1: Final = 18
SQRT: Final = 19
SIGMOID: Final = 20
SOFTPLUS: Final = 21
LOG1MEXP: Final = 22
ERFC: Final = 23
ERFCX: Final = 24
SUM: Final = 25
MAX: Final = 26
LOGSUMEXP: Final = 27

OPERATIONS: Final = {
    "add": ADD,
    "sub": SUB,
    "mul": MUL,
    "true_div": DIV,
    "pow": POW,
    "Maximum": LARGER,
    "Minimum": SMALLER,
    "GT": GT,
    "GE": GE,
    "EQ": EQ,
    "AND": AND,
    "OR": OR,
    "Switch": SWITCH,
    "log_between": BETWEEN,
    "neg": NEG,
    "exp": EXP,
    "log": LOG,
    "log1p": LOG1P,
    "expm1": EXPM1,
    "sqrt": SQRT,
    "sigmoid": SIGMOID,
    "Softplus": SOFTPLUS,
    "Log1mexp": LOG1MEXP,
    "erfc": ERFC,
    "erfcx": ERFCX,
    "Sum": SUM,
    "Max": MAX,
    "LogSumExp": LOGSUMEXP,
}
"""Operations by PyTensor's name. Comparisons give 1 for true and 0 for false.

An instruction is a row (operation, first result, results, three places of arguments). Each of the
three is where a list of addresses begins, one a result; the last three operations reduce, and
have the addresses of all results together, and where each result's begin, and one past the last.
"""

_HALF_LOG = math.log(0.5)
_LOG_ROOT = 0.5 * math.log(2 * math.pi)
_LEAST_CHANCE = 1e-290
"""Chances below are worked out from their logarithms."""


@compiled
def _log1mexp(x: float) -> float:
    if x >= 0:
        return -np.inf if x == 0 else np.nan
    return math.log(-math.expm1(x)) if x > _HALF_LOG else math.log1p(-math.exp(x))


@compiled
def _log_below(x: float) -> float:
    """Give log Φ(x)."""
    if x < -1:
        return math.log(0.5 * scaled_erfc(-x * math.sqrt(0.5))) - 0.5 * x * x
    return math.log1p(-0.5 * math.erfc(x * math.sqrt(0.5)))


@compiled
def log_between(low: float, high: float) -> float:
    """Give log(Φ(high) − Φ(low)), from the side where both are small."""
    right = low + high > 0
    near, far = (-low, -high) if right else (high, low)
    log_near = _log_below(near)
    return log_near + _log1mexp(_log_below(far) - log_near)


@compiled
def _fill_log_between(
    memory: FloatArray, places: IntArray, out: int, count: int, first: int, second: int
) -> None:
    """Fill log(Φ(high) − Φ(low)) of many at a time."""
    scores = np.empty(2 * count)
    above, below, density = np.empty(2 * count), np.empty(2 * count), np.empty(2 * count)
    for i in range(count):
        scores[i] = memory[places[first + i]]
        scores[count + i] = memory[places[second + i]]
    normal_tails(scores, above, below, density)
    for i in range(count):
        low, high = scores[i], scores[count + i]
        right = low + high > 0
        chance = below[i] - below[count + i] if right else above[count + i] - above[i]
        memory[out + i] = math.log(chance) if chance > _LEAST_CHANCE else log_between(low, high)


@compiled
def _sigmoid(x: float) -> float:
    if x >= 0:
        return 1 / (1 + math.exp(-x))
    rise = math.exp(x)
    return rise / (1 + rise)


@compiled
def _one(operation: int, x: float) -> float:
    """Give a function of one number."""
    if operation == NEG:
        return -x
    if operation == EXP:
        return math.exp(x)
    if operation == LOG:
        return math.log(x) if x > 0 else (-np.inf if x == 0 else np.nan)
    if operation == LOG1P:
        return math.log1p(x) if x > -1 else (-np.inf if x == -1 else np.nan)
    if operation == EXPM1:
        return math.expm1(x)
    if operation == SQRT:
        return math.sqrt(x) if x >= 0 else np.nan
    if operation == SIGMOID:
        return _sigmoid(x)
    if operation == SOFTPLUS:
        return max(x, 0.0) + math.log1p(math.exp(-abs(x)))
    if operation == LOG1MEXP:
        return _log1mexp(x)
    if operation == ERFC:
        return math.erfc(x)
    return scaled_erfc(x)


@compiled
def _slope(operation: int, x: float, y: float) -> float:
    """Give the derivative of a function of one number, y = f(x)."""
    if operation == NEG:
        return -1.0
    if operation == EXP:
        return y
    if operation == LOG:
        return 1 / x
    if operation == LOG1P:
        return 1 / (1 + x)
    if operation == EXPM1:
        return y + 1
    if operation == SQRT:
        return 0.5 / y
    if operation == SIGMOID:
        return y * (1 - y)
    if operation == SOFTPLUS:
        return _sigmoid(x)
    if operation == LOG1MEXP:
        return -1 / math.expm1(-x)
    if operation == ERFC:
        return -2 / math.sqrt(math.pi) * math.exp(-x * x)
    return 2 * x * y - 2 / math.sqrt(math.pi)


@compiled
def _two(operation: int, x: float, y: float, z: float) -> float:
    """Give a function of two numbers, or of three."""
    if operation == SUB:
        return x - y
    if operation == DIV:
        return x / y
    if operation == POW:
        return x**y
    if operation == LARGER:
        return max(x, y)
    if operation == SMALLER:
        return min(x, y)
    if operation == GT:
        return 1.0 if x > y else 0.0
    if operation == GE:
        return 1.0 if x >= y else 0.0
    if operation == EQ:
        return 1.0 if x == y else 0.0
    if operation == AND:
        return x * y
    if operation == OR:
        return max(x, y)
    return y if x != 0 else z


@compiled
def _reduce(operation: int, memory: FloatArray, places: IntArray, begin: int, end: int) -> float:
    """Give the sum, the largest, or the logarithm of the sum of exponentials."""
    if operation == SUM:
        total = 0.0
        for k in range(begin, end):
            total += memory[places[k]]
        return total  # pyright: ignore[reportReturnType]: of one place
    largest = memory[places[begin]]
    for k in range(begin, end):
        largest = max(largest, memory[places[k]])
    if operation == MAX or not math.isfinite(largest):
        return largest  # pyright: ignore[reportReturnType]: of one place
    total = 0.0
    for k in range(begin, end):
        total += math.exp(memory[places[k]] - largest)
    return largest + math.log(total)  # pyright: ignore[reportReturnType]: of one place


@compiled
def run(table: IntArray, places: IntArray, begin: int, end: int, memory: FloatArray) -> None:
    """Run instructions of a program, from ``begin`` to before ``end``."""
    for row in range(begin, end):
        operation, out, count, first, second, third = table[row]
        if operation == ADD:
            for i in range(count):
                memory[out + i] = memory[places[first + i]] + memory[places[second + i]]
        elif operation == MUL:
            for i in range(count):
                memory[out + i] = memory[places[first + i]] * memory[places[second + i]]
        elif operation >= SUM:
            for i in range(count):
                begins, ends = first + places[second + i], first + places[second + i + 1]
                memory[out + i] = _reduce(operation, memory, places, begins, ends)
        elif operation >= NEG:
            for i in range(count):
                memory[out + i] = _one(operation, memory[places[first + i]])
        elif operation == BETWEEN:
            _fill_log_between(memory, places, out, count, first, second)
        else:
            for i in range(count):
                memory[out + i] = _two(
                    operation,
                    memory[places[first + i]],
                    memory[places[second + i]],
                    memory[places[third + i]],
                )


@compiled
def _back_two(
    operation: int, x: float, y: float, result: float, change: float
) -> tuple[float, float, float]:
    """Give derivatives by the arguments of a function of two numbers, or of three."""
    if operation == SUB:
        return change, -change, 0.0
    if operation == DIV:
        return change / y, -change * result / y, 0.0
    if operation == POW:
        return change * y * x ** (y - 1), change * result * math.log(x) if x > 0 else 0.0, 0.0
    if operation == LARGER:
        return (change, 0.0, 0.0) if x > y else (0.0, change, 0.0)
    if operation == SMALLER:
        return (change, 0.0, 0.0) if x < y else (0.0, change, 0.0)
    if operation == SWITCH:
        return (0.0, change, 0.0) if x != 0 else (0.0, 0.0, change)
    if operation == BETWEEN:
        at_low = -change * math.exp(-0.5 * x * x - _LOG_ROOT - result)
        return at_low, change * math.exp(-0.5 * y * y - _LOG_ROOT - result), 0.0
    return 0.0, 0.0, 0.0


@compiled
def back(
    table: IntArray,
    places: IntArray,
    begin: int,
    end: int,
    memory: FloatArray,
    changes: FloatArray,
) -> None:
    """Carry derivatives back from instructions' results to their arguments, the last first.

    Where nothing depends on a result its arguments get nothing, not even an infinite slope times
    zero.
    """
    for row in range(end - 1, begin - 1, -1):
        operation, out, count, first, second, third = table[row]
        for i in range(count):
            change = changes[out + i]
            if change == 0:
                continue
            if operation == ADD:
                changes[places[first + i]] += change
                changes[places[second + i]] += change
            elif operation == MUL:
                one, other = places[first + i], places[second + i]
                changes[one] += change * memory[other]
                changes[other] += change * memory[one]
            elif operation >= SUM:
                for k in range(first + places[second + i], first + places[second + i + 1]):
                    each = places[k]
                    if operation == SUM:
                        changes[each] += change
                    elif operation == LOGSUMEXP:
                        changes[each] += change * math.exp(memory[each] - memory[out + i])
                    elif memory[each] == memory[out + i]:
                        changes[each] += change
                        break
            elif operation >= NEG:
                at = places[first + i]
                changes[at] += change * _slope(operation, memory[at], memory[out + i])
            else:
                one, other = places[first + i], places[second + i]
                by_one, by_other, by_third = _back_two(
                    operation, memory[one], memory[other], memory[out + i], change
                )
                changes[one] += by_one
                changes[other] += by_other
                changes[places[third + i]] += by_third


@compiled
def give(changes: FloatArray, places: IntArray, values: FloatArray) -> None:
    """Add values to what lies at places, which may repeat."""
    for i in range(places.shape[0]):
        changes[places[i]] += values[i]
