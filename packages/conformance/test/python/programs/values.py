# numbers
print(7 // 2, -7 // 2, 7 / 2, 6 / 2, 7 % -3, -7.5 % 2, 7.5 // -2, 1e308 * 10, -1e308 * 10, 2 ** 100, 2 ** 0.5, 4 ** -1, (-8) ** 3)
print(True + True, True * 3, True & False, True | 2, not True, int(True), float(False), True == 1, bool('a'), bool(''), bool(0.0), bool([0]))
print(10 ** 30 / 10 ** 29, (2 ** 63 + 1) / 3, 1 / 3, 123456789012345678901234567890 / 7, 5 // 0.3, -0.0, 0.0 == -0.0, 1e16, 1e15, 1.5e-5)
print(round(2.5), round(3.5), round(-2.5), round(2.675, 2), round(1234.5678, -2), round(15, -1), round(25, -1), round(1e20), round(0.5), round(1.005, 2), type(round(2.0, 1)).__name__)
print(abs(-3), abs(-2.5), divmod(-7, 2), divmod(7.5, 2), pow(2, 10), pow(3, 4, 5), pow(2, -1, 5), min(1, 2.5), max(True, 0))
print(int('12'), int(' -7 '), int('ff', 16), int('0x1f', 16), int('0b11', 0), int(3.9), int(-3.9), int('1_000'), float('1e3'), float(' inf '), float('-nan') != float('nan'), float('1_0.5'))
print(hex(255), bin(-5), oct(8), (255).bit_length(), (2.0).is_integer(), (0.75).as_integer_ratio(), 5 .real)
print(1 == 1.0, 2 ** 53 + 1 == float(2 ** 53), 1 < 1.5, 10 ** 400 > 1e308, float('inf') > 10 ** 400, float('nan') == float('nan'), 0.1 + 0.2)
print(3 & 5, 3 | 5, 3 ^ 5, 1 << 10, -1 >> 1, ~0, -5 & 3)
print(isinstance(1, int), isinstance(True, int), isinstance(1.0, int), isinstance(1, float), type(1).__name__, type(1.).__name__, type(None).__name__, type(True).__name__)
print(type(1), int, list, type('a'), type([]) == list, type(print).__name__, type(lambda: 0).__name__, type(len), type(type))
# strings
s = 'Hello, World'
print(s.upper(), s.lower(), s.title(), s.swapcase(), s.replace('l', 'L', 2), s.find('o'), s.rfind('o'), s.find('z'), s.index('W'), s.count('l'))
print(s.split(', '), 'a b  c '.split(), 'a,b,,c'.split(','), 'a,b,c'.split(',', 1), 'a b c'.rsplit(' ', 1), 'x=1=2'.partition('='), 'x=1=2'.rpartition('='), ' a b '.split(None, 1), 'l1\nl2\n'.splitlines())
print('  x '.strip() + '|', '  x '.lstrip() + '|', '  x '.rstrip() + '|', 'xxaxx'.strip('x'), 'abc'.startswith('ab'), 'abc'.endswith(('x', 'c')), 'a-b'.join(['1', '2']), 'ab' * 2, 'ab'[::-1], 'abc'[-2:], 'abc'[1])
print('abc'.center(9, '*'), 'abc'.ljust(5) + '|', 'abc'.rjust(5), '7'.zfill(3), '-7'.zfill(4), 'abc'.center(8, '*'), 'ab'.center(5, '*'))
print('a1'.isalnum(), '12'.isdigit(), 'ab'.isalpha(), ' '.isspace(), 'Ab'.isupper(), 'AB1'.isupper(), 'x_1'.isidentifier(), ''.isdigit(), 'aBC'.capitalize(), 'a.b'.removeprefix('a.'), 'a.py'.removesuffix('.py'))
print('%d %5.2f %s %r %x %05d %-5s| %+d %% %e %g' % (3, 3.14159, 'a', 'b', 255, 42, 'l', 7, 12345.678, 1e-10), '%(a)s-%(b)d' % {'a': 1, 'b': 2}, '%.3s' % 'abcdef', '%c' % 'x', '%s' % [1], '%*d' % (5, 3))
print('{} {}'.format(1, 'a'), '{0} {1} {0}'.format(1, 2), '{a} {b[0]} {c.real}'.format(a=1, b=[5], c=3), '{:>5}|{:<5}|{:^5}|{:05.1f}|{:,}'.format('a', 'b', 'c', 2.345, 1234567), '{{}}', '{!r:>5}'.format('x'), '{:{w}.{p}f}'.format(3.14159, w=8, p=2))
x = 3.14159; n = 42; name = 'bob'; d = {'k': [1, 2]}
print(f'{x:.2f} {n:5d}| {n:<5}| {n:^7}| {n:05} {n:+} {n:x} {n:#b} {name!r:>8} {name:*^9} {x!s} {d["k"][1]} {n if n > 1 else 0} {{}} {x:{8}.{3}} {1e10:,.1f} {0.25:.0%} {n=} {n = } {name=!s} {x=:.1f} {"a" "b"} {(lambda v: v + 1)(2)}')
print(f'{"nested " + f"{n + 1}"}', f'', f'{None} {True} {[1, "a"]} {1.0} {1e20}', rf'\n{n}', f'''multi {n}
line''')
print('\x41\u00e9\t|\\n' 'joined', r'\raw', "it's", 'say "hi"', repr("it's"), repr('both \' "'), repr('\n\t\\\x00é'), len('é😀'), ascii('é'), 'a\
b')
print('a' < 'b', 'a' < 'B', 'abc' < 'abd', 'a' == 'a', 'b' in 'abc', '' in 'a', 'ab' 'cd', chr(97), ord('a'), str(1.0), str(None), repr(1e5), 'x'.__class__.__name__)
# lists and tuples
l = [3, 1, 2]
l.append(4); l.extend([5, 6]); l.insert(1, 9); l.remove(3); print(l, l.pop(), l.pop(0), l, l.index(4), l.count(1), len(l))
l.sort(); print(l, sorted(l, reverse=True)); l.sort(key=lambda v: -v); l.reverse(); print(l, l[::-1], l[1:3], l[-1], l[:-1], l[::2], l + [0], [0] * 3, l == [1, 2, 4, 5], [1, 2] < [1, 3], [1] < [1, 0])
c = l.copy(); c.clear(); print(l, c, list('abc'), list(range(3)), [*l, *'ab'], [[]] * 2, sum([[1], [2]], []), any([0, 1]), all([]), list(reversed([1, 2])))
del l[1:3]; print(l); l[1:1] = [7, 8]; print(l, 7 in l, [1, [2, [3]]][1][1][0])
t = (1, 'a', [2]); print(t, t[1], t + (3,), (1,), (), t * 2, (1, 2) == (1, 2), tuple([1]), len(t), t.index('a'), (1, 2, 2).count(2), (1, 2) < (2,), hash((1, 2)) == hash((1, 2)), t[::-1])
r = range(10, 0, -3); print(r, list(r), len(r), r[1], r[-1], 4 in r, 5 in r, r[1:], range(3) == range(0, 3), list(range(5, 2)), range(0, 10, 2).step, [*range(2)])
# dicts and sets
d = {'a': 1, 'b': 2}; d['c'] = 3; d.update({'a': 9}, e=5); print(d, d.get('z'), d.get('z', 0), d.pop('b'), d.pop('q', None), list(d), list(d.values()), list(d.items()), 'a' in d, len(d), d.keys(), d.items(), d.values())
print(d.setdefault('s', []), d.setdefault('a', 0), {**d, 'a': 0}, dict(a=1), dict([('x', 1)], y=2), dict(zip('ab', [1, 2])), {1: 'i', 1.0: 'f', True: 'b'}, {(1, 2): 3}[(1, 2)], d.popitem(), {'a': 1} == {'a': 1.0}, {'a': 1} | {'b': 2}, dict.fromkeys('ab', 0))
for k, v in sorted(d.items(), key=str): print(k, v, end=' ')
print({k: v for k, v in d.items() if k != 'a'}, {'x': {'y': 1}}['x']['y'], list({'b': 1, 'a': 2}), sorted({'b': 1, 'a': 2}), max({'b': 1, 'c': 0}), list(reversed({'a': 1, 'b': 2})))
s1 = {1, 2, 3}; s2 = {2, 3, 4}; print(s1 & s2, s1 | s2, s1 - s2, s1 ^ s2, s1 <= {1, 2, 3, 4}, s1 == {3, 2, 1}, len(set('aab')), frozenset([1]), set(), 2 in s1, s1.isdisjoint({9}), sorted(s1.union([7])), {1} < {1, 2}, s1.issubset(s1))
s1.add(9); s1.discard(1); s1.update([5]); print(sorted(s1)); s1 -= {9}; print(sorted(s1)); s1.remove(5); print(sorted(s1))
from collections import OrderedDict, defaultdict, Counter, namedtuple
od = OrderedDict(a=1, b=2); od.move_to_end('a'); print(od, list(od.keys()), isinstance(od, dict), od == {'a': 1, 'b': 2}, OrderedDict())
dd = defaultdict(list); dd['x'].append(1); print(dd, dd['x'], len(dd), dict(dd)); di = defaultdict(int); di['q'] += 1; print(di['q'], di.get('zz'))
co = Counter('abracadabra'); print(co['a'], co['zz'], co.most_common(2))
P = namedtuple('P', ['x', 'y']); p = P(1, y=2); print(p, p.x, p[1], p._asdict(), p._replace(x=5), isinstance(p, tuple), P._fields, p == (1, 2), type(p).__name__); px, py = p; print(px, py)
Q = namedtuple('Q', 'a b', defaults=[7]); print(Q(1), Q(1, 2))
import copy
n1 = [[1], {'a': [2]}]; n2 = copy.deepcopy(n1); n3 = copy.copy(n1); n1[0].append(9); print(n1, n2, n3)
import math, itertools, operator
print(math.sqrt(16), math.pi, math.e, math.inf, -math.inf, math.floor(-1.5), math.ceil(1.2), math.trunc(-1.7), math.log(100, 10), math.log2(8), math.log10(1000), math.exp(0), math.pow(2, 3), math.factorial(20), math.gcd(12, 18), math.isnan(math.nan), math.isclose(0.1 + 0.2, 0.3), math.prod([1, 2, 3]), math.hypot(3, 4), math.fmod(-7, 3), math.copysign(1, -0.0), math.comb(5, 2), math.perm(5, 2), math.isqrt(17), math.degrees(math.pi), math.fsum([0.1] * 10), math.lcm(4, 6), math.modf(2.5), math.gamma(5), math.erf(0))
print(list(itertools.chain([1], (2,))), list(itertools.product([0, 1], 'ab')), list(itertools.combinations('abc', 2)), list(itertools.permutations([1, 2, 3], 2)), list(itertools.accumulate([1, 2, 3])), list(itertools.zip_longest([1], [2, 3])), list(itertools.repeat(1, 2)), [(k, list(g)) for k, g in itertools.groupby('aab')], list(itertools.product([0, 1], repeat=2)))
print(operator.add(1, 2), operator.itemgetter(1)([1, 2]), operator.attrgetter('real')(3), operator.mul(2, 3), operator.neg(1), operator.lt(1, 2))
print((1).__add__(2), [1].__len__(), 'a'.__eq__('a'), (5).__neg__(), [1, 2].__getitem__(0), (1).__add__('a'), {}.__contains__(1), [].__class__, int.__add__(1, 2), str.upper('a'), list.append.__name__)
print(slice(1, 2), slice(None).stop, slice(1, None, 2).indices(5), Ellipsis, ..., NotImplemented, [1, 2, 3][slice(0, 2)])
print(id(l) == id(l), hash('a') == hash('a'), hash(1) == hash(1.0), format(3.14159, '.2f'), repr([1, 'a', None, (1,), {'k': {1}}]))
print(str([1.0, float('nan'), 1e-7]), [0.1, 1e22, 123456789.123], (1e16, 1e-5), -0.0, 1e300 * 1e10)
rec = [1]; rec.append(rec); print(rec)
print(sum([0.1] * 3), sum([1, 2.5]), sum(range(101)), sum([1, 2], 10), max('abc'), min([3, 1], key=lambda v: -v), sorted([(2, 'a'), (1, 'b')]), sorted('bca'), sorted([1, 10, 9]), sorted({3: 1, 2: 2}), list(range(3))[::-1])
