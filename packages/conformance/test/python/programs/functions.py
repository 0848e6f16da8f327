def f(a, b=2, *args, c, d=4, **kwargs): return a, b, args, c, d, kwargs
print(f(1, c=3)); print(f(1, 5, 6, 7, c=8, e=9)); print(f(*(1, 2), **{'c': 3, 'z': 0}))
def g(a, /, b, *, c=0): return a, b, c
print(g(1, b=2), g(1, 2, c=3))
def acc(x, items=[]):
    items.append(x); return items
acc(1); print(acc(2))
def counter():
    n = 0
    def bump(by=1):
        nonlocal n
        n += by
        return n
    return bump
c = counter(); c(); print(c(5))
print([h(10) for h in [lambda x, i=i: x + i for i in range(3)]], [h() for h in [lambda: i for i in range(3)]])
def deco(tag):
    def wrap(fn):
        def inner(*a, **k):
            return tag, fn(*a, **k)
        return inner
    return wrap
@deco('outer')
@deco('inner')
def add(a, b=1):
    "adds"
    return a + b
print(add(1), add(1, b=5))
def doc():
    '''the doc'''
print(doc.__doc__, doc.__name__, (lambda: 0).__name__)
doc.attr = 3; print(doc.attr)
def fact(n): return 1 if n < 2 else n * fact(n - 1)
print(fact(25))
def nothing(): pass
print(nothing())
def gen(n):
    for i in range(n):
        got = yield i
        if got: print('got', got)
    return 'done'
it = gen(3); print(next(it), it.send('hello'), list(it))
def outer():
    result = yield from gen(2)
    print('result', result)
    yield from [10, 20]
print(list(outer()))
def infinite():
    i = 0
    while True:
        yield i
        i += 1
import itertools
print(list(itertools.islice(infinite(), 2, 10, 3)))
g1 = (x * x for x in range(4)); print(sum(g1), list(g1))
def closing():
    try:
        yield 1
        yield 2
    finally:
        print('closed')
cl = closing(); next(cl); cl.close()
e = iter([1]); print(next(e), next(e, 'end'))
try: next(e)
except StopIteration: print('stop')
try: g(a=1, b=2)
except TypeError as err: print('TypeError')
for call in ['f()', 'f(1)', 'acc()', 'acc(1, 2, 3)', 'c(by=1, by2=2)', 'fact(1, n=2)', 'nothing(1)', 'nothing(*[1, 2])', 'counter(x=1)', '(lambda x, y: 0)()', '(lambda x, y, z: 0)()', 'gen()', 'add()']:
    pass
for fn, args, kw in [(f, (), {}), (f, (1,), {}), (acc, (), {}), (acc, (1, 2, 3), {}), (fact, (1,), {'n': 2}), (nothing, (1,), {}), (nothing, (1, 2), {}), (counter, (), {'x': 1}), (lambda x, y: 0, (), {}), (lambda x, y, z: 0, (), {}), (c, (1, 2), {})]:
    try: fn(*args, **kw)
    except TypeError as e: print(e)
def r(n): return r(n + 1)
try: r(0)
except RecursionError as e: print('recursion')
import functools
print(functools.reduce(lambda a, b: a * b, [1, 2, 3, 4]), functools.partial(pow, 2)(5), functools.partial(f, 1, c=2)(9))
@functools.lru_cache(maxsize=None)
def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)
print(fib(60))
@functools.wraps(fact)
def wrapper(*a): return fact(*a)
print(wrapper.__name__, wrapper(3))
def annotated(x: int, y: 'str' = 'a') -> list: return [x, y]
print(annotated(1))
def uses_later(): return later()
def later(): return 'later'
print(uses_later())
print(sorted(['bb', 'a', 'ccc'], key=len, reverse=True), max([3, 1, 2], key=lambda v: -v), min('b', 'a'), max([], default=0))
print(list(map(lambda a, b: a + b, [1, 2], [3, 4])), list(filter(None, [0, 1, '', 'a'])), list(zip('ab', [1, 2, 3])), list(enumerate('ab', 1)))
print(callable(f), callable(3), callable(int))
def unbound():
    try: print(q)
    except UnboundLocalError as e: print(e)
    q = 1
unbound()
