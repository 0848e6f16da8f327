"""Records what PyTorch's scalar functions give for special values: special-values.json.

Run with PyTorch 1.13 or newer: python3 special-values.py > special-values.json
"""

import json
import math

import torch

nan, inf = math.nan, math.inf
X = [nan, inf, -inf, 0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 1.5, -1.5, 2.5, -2.5, 3.0, -3.0, 0.75, 100.0,
     -100.0, 2.0**-40, -(2.0**-40), 3e38, -3e38, 1e-38]
PAIRS = [(a, b) for a in [nan, inf, -inf, 0.0, -0.0, 1.0, -1.0, 2.5, -2.5, 3.0, -3.0] for b in
         [nan, inf, -inf, 0.0, -0.0, 1.0, -1.0, 2.0, -2.0, 0.5, 3.0]]
UNARY = {
    'neg': torch.neg, 'abs': torch.abs, 'sign': torch.sign, 'floor': torch.floor, 'ceil': torch.ceil,
    'round': torch.round, 'trunc': torch.trunc, 'sqrt': torch.sqrt, 'rsqrt': torch.rsqrt,
    'exp': torch.exp, 'exp2': torch.exp2, 'expm1': torch.expm1, 'log': torch.log, 'log2': torch.log2,
    'log10': torch.log10, 'log1p': torch.log1p, 'sin': torch.sin, 'cos': torch.cos, 'tan': torch.tan,
    'asin': torch.asin, 'acos': torch.acos, 'atan': torch.atan, 'sinh': torch.sinh,
    'cosh': torch.cosh, 'tanh': torch.tanh, 'asinh': torch.asinh, 'acosh': torch.acosh,
    'atanh': torch.atanh, 'sigmoid': torch.sigmoid, 'erf': torch.erf, 'erfc': torch.erfc,
    'lgamma': torch.lgamma, 'digamma': torch.digamma, 'isnan': torch.isnan,
}
BINARY = {
    'add': torch.add, 'sub': torch.sub, 'mul': torch.mul, 'div': torch.div, 'rem': torch.fmod,
    'mod': torch.remainder, 'pow': torch.pow, 'atan2': torch.atan2, 'min': torch.minimum,
    'max': torch.maximum, 'lt': torch.lt, 'le': torch.le, 'gt': torch.gt, 'ge': torch.ge,
    'eq': torch.eq, 'ne': torch.ne,
}
INT_UNARY = {'neg': torch.neg, 'abs': torch.abs, 'sign': torch.sign, 'not': torch.bitwise_not}
INT_BINARY = {
    **{k: BINARY[k] for k in 'add sub mul rem mod pow min max lt le gt ge eq ne'.split()},
    'div': lambda a, b: torch.div(a, b, rounding_mode='trunc'),
    'and': torch.bitwise_and, 'or': torch.bitwise_or, 'xor': torch.bitwise_xor,
    'shl': torch.bitwise_left_shift, 'shr': torch.bitwise_right_shift,
}


def encode(value):
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if value == 0 and isinstance(value, float) and math.copysign(1, value) < 0:
        return '-0'
    return value


def exact(value):
    return value if abs(value) < 2**53 else str(value)


def numbers(result):
    return [encode(v) for v in result.tolist()]


def integers(dtype):
    info = torch.iinfo(dtype)
    small = [0, 1, 2, 3, 5, 7] + ([-1, -2, -3, -7] if info.min < 0 else [200])
    values = small + [info.min, info.min + 1, info.max, info.max - 1]
    pairs = [(a, b) for a in values for b in small]
    # Divisions by zero, and of the least integer by -1, trap; they are the kernel language's own.
    safe = [(a, b) for a, b in pairs if b != 0 and not (a == info.min and b == -1)]
    shifts = [(a, b) for a in values for b in range(0, info.bits - 1, 3)]
    tensors = lambda list: [torch.tensor(column, dtype=dtype) for column in zip(*list)]
    binary = {}
    for op, f in INT_BINARY.items():
        used = safe if op in ('div', 'rem', 'mod') else shifts if op in ('shl', 'shr') else pairs
        binary[op] = [[exact(int(v)) for v in row] for row in zip(*tensors(used), f(*tensors(used)))]
    x = torch.tensor(values, dtype=dtype)
    unary = {op: [[exact(int(v)) for v in row] for row in zip(x, f(x))] for op, f in INT_UNARY.items()}
    return {'unary': unary, 'binary': binary}


x = torch.tensor(X, dtype=torch.float64)
a, b = [torch.tensor(column, dtype=torch.float64) for column in zip(*PAIRS)]
record = {
    'x': [encode(v) for v in X],
    'pairs': [[encode(v) for v in pair] for pair in PAIRS],
    'unary': {op: numbers(f(x)) for op, f in UNARY.items()},
    'binary': {op: numbers(f(a, b)) for op, f in BINARY.items()},
    'integers': {
        name: integers(getattr(torch, name)) for name in ['int64', 'int32', 'int16', 'int8', 'uint8']
    },
}
print(json.dumps(record, separators=(',', ':')))
