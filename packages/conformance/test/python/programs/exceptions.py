def attempt(fn):
    try: return fn()
    except Exception as e: return f'{type(e).__name__}: {e}'
for fn in [lambda: 1 // 0, lambda: 1 % 0, lambda: 1 / 0, lambda: 1.0 / 0, lambda: 1.0 // 0, lambda: 1.0 % 0, lambda: 0 ** -1,
    lambda: [1] + 1, lambda: 1 + [1], lambda: 'a' + 1, lambda: 1 + 'a', lambda: -'a', lambda: len(1), lambda: 1(), lambda: [][0],
    lambda: ()[0], lambda: ''[0], lambda: {}['a'], lambda: {}[1], lambda: [].foo, lambda: None.foo, lambda: [i for i in 1], lambda: int('a'),
    lambda: float('a'), lambda: [1][1.0], lambda: (1)[0], lambda: 'a' < 1, lambda: None < None, lambda: [].pop(), lambda: [1].remove(2),
    lambda: [1].index(2), lambda: int([]), lambda: sum(['a']), lambda: {[]: 1}, lambda: isinstance(1, 2), lambda: [1, 2][::0],
    lambda: min([]), lambda: '%d' % 'a', lambda: '%s %s' % 1, lambda: '%s' % (1, 2), lambda: chr(-1), lambda: ord('ab'), lambda: f'{"a":d}',
    lambda: f'{[1]:d}', lambda: int(1e400), lambda: int(float('nan')), lambda: 2 ** 10000 * 1.0, lambda: 10 ** 400 / 1, lambda: getattr(1, 'a'),
    lambda: abs('a'), lambda: round('a'), lambda: range(1.0), lambda: range(1, 2, 0), lambda: 'a' * 1.5, lambda: ~1.5, lambda: 1 << -1,
    lambda: 1 | 1.0, lambda: 'abc'.index('z'), lambda: dict([1]), lambda: dict([(1, 2, 3)]), lambda: ','.join([1]), lambda: nonexist(),
    lambda: {}.popitem(), lambda: {}.pop('a'), lambda: 1 in 1, lambda: 1 in 'a', lambda: {**1}, lambda: print(**1), lambda: print(*1),
    lambda: iter(1), lambda: next(1), lambda: pow(2, -1, 4), lambda: float([]), lambda: hash([]), lambda: reversed({1}),
    lambda: list(zip([1], [1, 2], strict=True)), lambda: '{}'.format(), lambda: '{a}'.format(), lambda: (1, 2) < 3, lambda: set(1), lambda: {1} + {2}]:
    print(attempt(fn))
try: a, b = 1
except TypeError as e: print(e)
try: a, b = [1]
except ValueError as e: print(e)
try: a, b = [1, 2, 3]
except ValueError as e: print(e)
try: a, *b, c = [1]
except ValueError as e: print(e)
try: x = (1,); x[0] = 1
except TypeError as e: print(e)
try: x = 5; x.y = 1
except AttributeError as e: print(e)
try: x = 5; x[0] = 1
except TypeError as e: print(e)
try: x = [1]; x[5] = 1
except IndexError as e: print(e)
try: del [1][3]
except IndexError as e: print(e)
try: import foo
except ImportError as e: print(type(e).__name__, e)
try: from math import foo
except ImportError as e: print(type(e).__name__)
try:
    with 1: pass
except TypeError as e: print(e)
try: raise 1
except TypeError as e: print(e)
try: raise ValueError
except ValueError as e: print(repr(e), str(e) == '')
try:
    try: 1 / 0
    except ZeroDivisionError as e: raise ValueError('from') from e
except ValueError as e: print(e, repr(e.__cause__))
try:
    try: 1 / 0
    except ZeroDivisionError: raise KeyError('context')
except KeyError as e: print(e, repr(e.__context__), e.__cause__)
try:
    try: {}['k']
    except KeyError: raise
except LookupError as e: print('reraised', e)
def order():
    log = []
    try:
        try: log.append('try'); raise RuntimeError('r')
        except ValueError: log.append('no')
        else: log.append('no else')
        finally: log.append('finally')
    except (TypeError, RuntimeError) as e: log.append(str(e))
    else: log.append('no')
    finally: log.append('end')
    return log
print(order())
try: pass
except: print('no')
else: print('else')
finally: print('finally')
try: raise Exception('a', 1)
except Exception as e: print(e, e.args, repr(e))
try:
    e
except NameError as n: print(n)
print(issubclass(KeyError, LookupError), issubclass(IndexError, Exception), issubclass(NotImplementedError, RuntimeError), issubclass(ZeroDivisionError, ArithmeticError), issubclass(ModuleNotFoundError, ImportError), issubclass(KeyboardInterrupt, Exception))
print(isinstance(ValueError('x'), Exception), repr(ValueError('x')), repr(KeyError('k')), str(KeyError('k')), str(ValueError('x', 2)), repr(StopIteration()))
try: raise
except RuntimeError as e: print(e)
def nested():
    try: return 'try'
    finally: print('in finally')
print(nested())
import warnings
with warnings.catch_warnings(record=True) as w:
    warnings.simplefilter('always')
    warnings.warn('careful'); warnings.warn('old', DeprecationWarning)
    print(len(w), w[0].message, w[1].category.__name__)
import contextlib
@contextlib.contextmanager
def managed(x):
    print('start', x)
    try: yield x * 2
    except KeyError as e: print('handled', e)
    finally: print('stop')
with managed(2) as v: print(v)
with managed(1): raise KeyError('k')
try:
    with managed(3): raise ValueError('v')
except ValueError as e: print('out', e)
with contextlib.suppress(ValueError): int('x')
with contextlib.nullcontext(5) as five: print(five)
