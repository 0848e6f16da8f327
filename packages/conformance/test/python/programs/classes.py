class A:
    kind = 'a'
    shared = []
    def __init__(self, x, y=0):
        self.x = x; self.y = y
    def total(self): return self.x + self.y
    @property
    def double(self): return self.x * 2
    @double.setter
    def double(self, v): self.x = v // 2
    @staticmethod
    def make(v): return A(v)
    @classmethod
    def of(cls, v): return cls(v, 1)
    def __repr__(self): return f'{type(self).__name__}({self.x}, {self.y})'
    def __eq__(self, o): return isinstance(o, A) and (self.x, self.y) == (o.x, o.y)
    def __hash__(self): return hash((self.x, self.y))
    def __add__(self, o): return type(self)(self.x + (o.x if isinstance(o, A) else o), self.y)
    def __radd__(self, o): return self + o
    def __iadd__(self, o): self.x += o; return self
    def __lt__(self, o): return self.x < o.x
    def __len__(self): return self.x
    def __getitem__(self, i):
        if isinstance(i, slice): return ('slice', i.start, i.stop, i.step)
        if i >= self.x: raise IndexError('out')
        return i * 10
    def __contains__(self, v): return v == 42
    def __call__(self, *a, **k): return ('called', a, k)
    def __neg__(self): return A(-self.x)
class B(A):
    kind = 'b'
    def __init__(self, x, y=0, z=9):
        super().__init__(x, y); self.z = z
    def total(self): return super().total() + self.z
a = A(3); b = B(3, 4)
print(a, b, a.total(), b.total(), A.kind, b.kind, a == A(3), a != A(3), a == 3)
a.double = 10; print(a.x, a.double, A.make(2), B.of(5), B.make(1))
print(a + 1, 1 + a, a + A(1), sum([A(1), A(2)]), -a, a < A(9), sorted([A(3), A(1)]))
a += 5; print(a, len(a), bool(A(0)), a[1], a[1:2], 42 in a, 1 in a, list(A(3)))
print(a(1, k=2), callable(a), {A(1): 'v'}[A(1)], len({A(1), A(1), A(2)}))
print(isinstance(b, A), isinstance(b, (int, A)), issubclass(B, A), type(b) is B, type(b) == A, B.__name__, B.__mro__ == (B, A, object), b.__class__.__name__)
print(getattr(a, 'nope', 'default'), hasattr(a, 'x'), hasattr(a, 'nope'), hasattr(A, 'total'))
setattr(a, 'dyn', 1); print(a.dyn, vars(a), a.__dict__ is a.__dict__); del a.dyn; print(hasattr(a, 'dyn'))
a.__dict__['w'] = 5; print(a.w); A.shared.append(1); print(b.shared); A.late = lambda self: 'late'; print(b.late())
print(A.total(a), B.total.__name__, a.total.__self__ is a)
for bad in ['a.nope', 'A.nope']:
    pass
try: a.nope
except AttributeError as e: print(e)
try: A.nope
except AttributeError as e: print(e)
try: A()
except TypeError as e: print(e)
try: a.total(1)
except TypeError as e: print(e)
class Empty: pass
try: Empty(1)
except TypeError as e: print(e)
try: del Empty().x
except AttributeError as e: print(e)
class RO:
    @property
    def v(self): return 1
try: RO().v = 2
except AttributeError as e: print('AttributeError')
# multiple inheritance
class X:
    def who(self): return ['X']
class Y(X):
    def who(self): return ['Y'] + super().who()
class Z(X):
    def who(self): return ['Z'] + super().who()
class W(Y, Z):
    def who(self): return ['W'] + super(W, self).who()
print(W().who(), [c.__name__ for c in W.__mro__])
class Mixin:
    def __init__(self, **kw): self.kw = kw; super().__init__()
class Uses(Mixin, X): pass
print(Uses(a=1).kw)
# containers and attributes
class Attrs:
    def __getattr__(self, name):
        if name.startswith('dyn_'): return name[4:]
        raise AttributeError(name)
    def __setattr__(self, name, v): super().__setattr__(name, ('set', v))
at = Attrs(); at.q = 1; print(at.dyn_x, at.q, getattr(at, 'zzz', None))
class D(dict):
    def __missing__(self, k): return k * 2
    def extra(self): return len(self)
d = D(a=1); print(d['a'], d['zz'], d.extra(), list(d), d == {'a': 1}, isinstance(d, dict), d.get('b'))
d['n'] = 3; print(d, 'n' in d)
class L(list):
    def __init__(self, *items):
        super().__init__(items); self.tag = 'L'
    def first(self): return self[0]
l = L(3, 1); l.append(2); print(l, l.first(), len(l), sorted(l), l.tag, [x for x in l], l[1:])
class Err(ValueError):
    def __init__(self, code, msg): super().__init__(msg); self.code = code
try: raise Err(5, 'bad')
except ValueError as e: print(type(e).__name__, e, e.code, repr(e), e.args)
class Iter:
    def __init__(self, n): self.n = n; self.i = 0
    def __iter__(self): return self
    def __next__(self):
        if self.i >= self.n: raise StopIteration
        self.i += 1; return self.i
print(list(Iter(3)), sum(Iter(4)), [a for a, in zip(Iter(2))], max(Iter(3)))
class G:
    def __iter__(self):
        yield from (1, 2)
p, q = G(); print(p, q, *G())
class CM:
    def __init__(self, name, swallow=False): self.name = name; self.swallow = swallow
    def __enter__(self): print('enter', self.name); return self.name
    def __exit__(self, t, v, tb): print('exit', self.name, t.__name__ if t else None, v); return self.swallow
with CM('a') as n, CM('b'): print('in', n)
with CM('s', True): raise KeyError('k')
print('after')
try:
    with CM('x'): raise ValueError('v')
except ValueError as e: print('caught', e)
def returning():
    with CM('r'): return 1
print(returning())
class Bool:
    def __bool__(self): return False
print(bool(Bool()), 'no' if not Bool() else 'yes')
class Meta:
    def __init_subclass__(cls, **kw): print('sub', cls.__name__, kw)
class Sub(Meta, tag=1): pass
class Fmt:
    def __format__(self, spec): return f'<{spec}>'
    def __str__(self): return 'str'
    def __repr__(self): return 'repr'
print(f'{Fmt():abc} {Fmt()!s} {Fmt()!r}', Fmt(), [Fmt()], '%s %r' % (Fmt(), Fmt()))
class New:
    def __new__(cls, v):
        o = super().__new__(cls); o.made = v; return o
    def __init__(self, v): self.init = v
print(New(2).made, New(3).init)
class Outer:
    class Inner:
        v = 1
    items = [v for v in (Inner.v, Inner.v)]
print(Outer.Inner.v, Outer.items)
Dyn = type('Dyn', (A,), {'kind': 'dyn'}); print(Dyn(1), Dyn.kind)
class NoHash:
    def __eq__(self, o): return True
try: {NoHash()}
except TypeError as e: print(e)
class Idx:
    def __index__(self): return 1
    def __float__(self): return 2.5
    def __int__(self): return 7
print([1, 2, 3][Idx()], float(Idx()), int(Idx()), range(5)[Idx()], 'ab' * Idx())
class Cached:
    from functools import cached_property
    @cached_property
    def v(self): print('computed'); return 1
c = Cached(); print(c.v, c.v)
class Cmp:
    def __init__(self, v): self.v = v
    def __gt__(self, o): return 'gt'
    def __ne__(self, o): return 'ne'
print(Cmp(1) > 2, 1 < Cmp(2), Cmp(1) != 1)
try: Cmp(1) + 1
except TypeError as e: print(e)
try: A(1) < 1
except AttributeError as e: print(e)
print(object() != object(), isinstance(object(), object))
