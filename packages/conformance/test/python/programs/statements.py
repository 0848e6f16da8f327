# assignments
a = b = [1, 2]; a.append(3); print(b, a is b)
x, y = 1, 2; x, y = y, x; print(x, y)
first, *rest, last = range(5); print(first, rest, last)
(p, (q, *r)), s = (1, (2, 3, 4)), 5; print(p, q, r, s)
[u, v] = 'ab'; print(u, v)
*all_, = (1, 2); print(all_)
n: int = 3
m: float
print(n)
d = {}; d['k'], d['l'] = 1, 2; print(d)
l = [1, 2, 3, 4]; l[1:3] = [9]; l[::2] = ['a', 'b']; print(l)
i = 7; i += 1; i -= 2; i *= 3; i //= 2; i **= 2; i %= 50; i |= 1; i &= 29; i ^= 3; i <<= 2; i >>= 1; print(i)
f = 7; f /= 2; print(f)
l2 = l; l2 += (5,); print(l, l is l2)
t = (1,); t2 = t; t += (2,); print(t, t2)
del l[0], d['k']; print(l, d)
# control
for i in range(3):
    if i == 1: continue
    print('i', i)
else:
    print('for else')
for i in range(3):
    if i == 1: break
else:
    print('not here')
while i < 5:
    i += 1
    if i == 4: break
else: print('never')
print(i)
while i < 6: i += 1
else: print('while else', i)
if i > 10: print('a')
elif i > 5: print('b')
else: print('c')
def early():
    for i in range(10):
        for j in range(10):
            if i * j == 42: return i, j
print(early())
assert True, 'no'
try: assert 1 == 2, 'two'
except AssertionError as e: print('assert', e)
pass; print('semi'); print('colon')
text = """multi
line"""; print(text)
total = (1 +
         2 \
         + 3)
print(total)
if (n := 10) > 5: print('walrus', n)
print([y := 5, y ** 2], y)
print([last := k for k in range(3)], last)
print(1 if False else 2 if False else 3)
print(0 or [] or 'x', 1 and 0 and 2, not 1, not [])
print(1 < 2 < 3, 1 < 3 < 2, 3 > 2 == True, 1 == 1.0 == True, None is None, 1 is not None)
print(2 in [1, 2], 'b' not in 'abc', (1, 2) in [(1, 2)])
print(-2 ** 2, 2 ** -1, 2 ** 3 ** 2, (-2) ** 2, ~5, -7 // 2, -7 % 3, 7 % -3, 7 // -2)
print(1_000_000, 0xff, 0b101, 0o17, 1e3, .5, 5., 1e-7, 10**20)
print(1, 2, sep='-', end='!\n')
print(*[1, 2], *(3,), sep=',')
def g():
    global made
    made = 1
    def inner():
        nonlocal_value = 0
        def bump():
            nonlocal nonlocal_value
            nonlocal_value += 1
            return nonlocal_value
        bump()
        return bump()
    return inner()
print(g(), made)
import math as mm, collections
from math import pi as PI, floor
from collections import (OrderedDict,
    defaultdict,)
print(mm.floor(PI), floor(2.7), collections.OrderedDict is OrderedDict)
import collections.abc
print(isinstance([], collections.abc.Iterable), isinstance(3, collections.abc.Iterable))
lst = [0]
k = 0
k, lst[k] = 0, 'zero'
print(lst)
def swallow():
    for i in range(3):
        try:
            continue
        finally:
            print('finally', i)
    while True:
        try:
            return 'returned'
        finally:
            print('cleanup')
print(swallow())
matrix = [[1, 2], [3, 4]]
print([row[i] for row in matrix for i in range(2)], [[r[c] for r in matrix] for c in (0, 1)])
print({i: i * i for i in range(4) if i % 2}, {c for c in 'aab'} == {'a', 'b'}, sum(i for i in range(5)))
print((lambda *a, k=1, **kw: (a, k, kw))(1, 2, k=3, z=4))
print([x for x in [1, 2, 3] if x if x > 1], x)
