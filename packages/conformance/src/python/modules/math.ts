import { functions } from '../builtins/methods.ts'
import { isInt, roundEven, toBigInt, truncate } from '../runtime/arithmetic.ts'
import { toFloat, toIndex } from '../runtime/convert.ts'
import { toList, values } from '../runtime/iterate.ts'
import { binary } from '../runtime/operators.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { special } from '../runtime/types.ts'
import { raise } from '../values/errors.ts'
import { Module, Tuple, type Value } from '../values/value.ts'

const domainError = (): Error => raise('ValueError', 'math domain error')

/** NaN from numbers is a domain error, infinity from finite ones is a range error. */
function checked(inputs: readonly number[], result: number): number {
  if (Number.isNaN(result) && !inputs.some(Number.isNaN)) throw domainError()
  if (!Number.isFinite(result) && !Number.isNaN(result) && inputs.every(Number.isFinite))
    throw raise('OverflowError', 'math range error')
  return result
}

/** Functions of floats that JavaScript has under the same name. */
const PLAIN = 'sin cos tan asin acos atan sinh cosh tanh asinh acosh exp expm1 sqrt cbrt'.split(' ')

const FLOATS: { [name: string]: (x: number) => number } = {
  degrees: (x) => (x * 180) / Math.PI,
  radians: (x) => (x * Math.PI) / 180,
  fabs: Math.abs,
  exp2: (x) => 2 ** x,
  gamma,
  lgamma,
  erf: (x) => (x < 0 ? -1 : 1) * (1 - erfcPositive(Math.abs(x))),
  erfc: (x) => (x < 0 ? 2 - erfcPositive(-x) : erfcPositive(x)),
  atanh: (x) => {
    if (Math.abs(x) >= 1) throw domainError()
    return Math.atanh(x)
  },
  log1p: (x) => {
    if (x <= -1) throw domainError()
    return Math.log1p(x)
  },
}

/** Lanczos' approximation with g = 7 and nine terms (as in Numerical Recipes), 1e-15 relative. */
const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313,
  -176.61502916214059, 12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6,
  1.5056327351493116e-7,
]

function lanczos(x: number): number {
  return LANCZOS.reduce((sum, c, i) => (i === 0 ? c : sum + c / (x + i)), 0)
}

function lgamma(x: number): number {
  if (x <= 0 && Number.isInteger(x)) throw domainError()
  if (!Number.isFinite(x)) return Math.abs(x)
  if (x === 1 || x === 2) return 0
  if (x < 0.5) return Math.log(Math.PI / Math.abs(Math.sin(Math.PI * x))) - lgamma(1 - x)
  const y = x - 1
  const t = y + 7.5
  return 0.5 * Math.log(2 * Math.PI) + (y + 0.5) * Math.log(t) - t + Math.log(lanczos(y))
}

function gamma(x: number): number {
  if ((x <= 0 && Number.isInteger(x)) || x === Number.NEGATIVE_INFINITY) throw domainError()
  if (Number.isInteger(x) && x <= 23) return Number(factorial(BigInt(x - 1)))
  if (x < 0.5) return Math.PI / (Math.sin(Math.PI * x) * gamma(1 - x))
  if (x > 171.7) return checked([x], Number.POSITIVE_INFINITY)
  const y = x - 1
  const t = y + 7.5
  // In two factors, as the power alone is too large from 143 on.
  const root = t ** ((y + 0.5) / 2)
  return Math.sqrt(2 * Math.PI) * root * Math.exp(-t) * lanczos(y) * root
}

/** Series for small arguments, continued fraction for large ones (Abramowitz & Stegun 7.1.6, 7.1.14). */
function erfcPositive(x: number): number {
  if (Number.isNaN(x)) return x
  if (x > 27) return 0
  if (x < 2) {
    let term = x
    let sum = x
    for (let n = 1; Math.abs(term) > 1e-18 * Math.abs(sum); n++) {
      term *= (2 * x * x) / (2 * n + 1)
      sum += term
    }
    return 1 - ((2 * Math.exp(-x * x)) / Math.sqrt(Math.PI)) * sum
  }
  let fraction = 0
  for (let n = 120; n > 0; n--) fraction = n / 2 / (x + fraction)
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / (x + fraction)
}

function factorial(n: bigint): bigint {
  if (n < 0n) throw raise('ValueError', 'factorial() not defined for negative values')
  let result = 1n
  for (let i = 2n; i <= n; i++) result *= i
  return result
}

/** `n · (n-1) · … `, `k` factors. */
function falling(n: bigint, k: bigint): bigint {
  let result = 1n
  for (let i = 0n; i < k; i++) result *= n - i
  return result
}

function gcd(a: bigint, b: bigint): bigint {
  let [x, y] = [a < 0n ? -a : a, b < 0n ? -b : b]
  while (y !== 0n) [x, y] = [y, x % y]
  return x
}

function lcm(a: bigint, b: bigint): bigint {
  const product = a * b
  return product === 0n ? 0n : (product < 0n ? -product : product) / gcd(a, b)
}

/** Newton's method on integers. */
function integerRoot(n: bigint): bigint {
  if (n < 0n) throw raise('ValueError', 'isqrt() argument must be nonnegative')
  if (n < 2n) return n
  let x = 1n << BigInt(Math.ceil(n.toString(2).length / 2))
  for (;;) {
    const y = (x + n / x) >> 1n
    if (y >= x) return x
    x = y
  }
}

/** Of positive integers beyond the range of floats too. */
function logarithm(value: number | bigint): number {
  if (value <= 0) throw domainError()
  if (typeof value === 'number' || value < 2n ** 1000n) return Math.log(Number(value))
  const shift = value.toString(2).length - 64
  return Math.log(Number(value >> BigInt(shift))) + shift * Math.LN2
}

/** An exactly rounded sum: Shewchuk's partial sums that do not overlap. */
function exactSum(numbers: readonly number[]): number {
  const partials: number[] = []
  for (const number of numbers) {
    let x = number
    let count = 0
    for (let y of partials) {
      if (Math.abs(x) < Math.abs(y)) [x, y] = [y, x]
      const high = x + y
      const low = y - (high - x)
      if (low !== 0) partials[count++] = low
      x = high
    }
    partials.length = count
    partials.push(x)
  }
  return partials.reduceRight((sum, partial) => sum + partial, 0)
}

export function mathModule(rt: Runtime): Module {
  const module = new Module('math', [
    ['pi', Math.PI],
    ['e', Math.E],
    ['tau', 2 * Math.PI],
    ['inf', Number.POSITIVE_INFINITY],
    ['nan', Number.NaN],
  ])
  const float = (value: Value): number => toFloat(rt, value)
  const index = (value: Value): bigint => toIndex(rt, value)
  const rounded =
    (name: string, round: (x: number) => number) =>
    ([x]: Value[]) =>
      isInt(x) ? toBigInt(x) : (special(rt, x, name)?.() ?? truncate(round(float(x))))
  const logOf = (x: Value): number => logarithm(isInt(x) ? toBigInt(x) : float(x))
  const plain = PLAIN.map((name) => [name, Reflect.get(Math, name)] as const)
  const table = functions({
    'floor x': rounded('__floor__', Math.floor),
    'ceil x': rounded('__ceil__', Math.ceil),
    'trunc x': rounded('__trunc__', Math.trunc),
    'log x base=': ([x, base]) => (base === undefined ? logOf(x) : logOf(x) / logOf(base)),
    'log2 x': ([x]) => {
      const value = isInt(x) ? Number(x) : float(x)
      if (value <= 0) throw domainError()
      return Number.isFinite(value) ? Math.log2(value) : logOf(x) / Math.LN2
    },
    'log10 x': ([x]) => {
      const value = isInt(x) ? Number(x) : float(x)
      if (value <= 0) throw domainError()
      return Number.isFinite(value) ? Math.log10(value) : logOf(x) / Math.LN10
    },
    'pow x y': ([x, y]) => {
      const [a, b] = [float(x), float(y)]
      if (a === 1 || b === 0) return 1
      if (a === 0 && b < 0) throw domainError()
      return checked([a, b], a ** b)
    },
    'atan2 y x': ([y, x]) => Math.atan2(float(y), float(x)),
    'hypot *args': (args) => Math.hypot(...args.map(float)),
    'dist p q': ([p, q]) => {
      const other = toList(rt, q)
      return Math.hypot(...toList(rt, p).map((x, i) => float(x) - float(other[i])))
    },
    'fmod x y': ([x, y]) => checked([float(x), float(y)], float(x) % float(y)),
    'remainder x y': ([x, y]) => {
      const [a, b] = [float(x), float(y)]
      if (!Number.isFinite(b)) return checked([a], Number.isFinite(a) ? a : Number.NaN)
      return checked([a, b], a - roundEven(a / b) * b)
    },
    'modf x': ([x]) => {
      const value = float(x)
      const whole = Math.trunc(value)
      return new Tuple([Number.isFinite(value) ? value - whole : 0, whole])
    },
    'copysign x y': ([x, y]) => {
      const negative = float(y) < 0 || Object.is(float(y), -0)
      return negative ? -Math.abs(float(x)) : Math.abs(float(x))
    },
    'isnan x': ([x]) => Number.isNaN(float(x)),
    'isinf x': ([x]) => Math.abs(float(x)) === Number.POSITIVE_INFINITY,
    'isfinite x': ([x]) => Number.isFinite(float(x)),
    'isclose a b * rel_tol= abs_tol=': ([a, b, relative = 1e-9, absolute = 0]) => {
      const [x, y] = [float(a), float(b)]
      if (x === y) return true
      if (!Number.isFinite(x) || !Number.isFinite(y)) return false
      const scale = Math.max(Math.abs(x), Math.abs(y))
      return Math.abs(x - y) <= Math.max(float(relative) * scale, float(absolute))
    },
    'factorial n': ([n]) => factorial(index(n)),
    'comb n k': ([n, k]) =>
      index(k) > index(n) ? 0n : falling(index(n), index(k)) / factorial(index(k)),
    'perm n k=': ([n, k = n]) => (index(k) > index(n) ? 0n : falling(index(n), index(k))),
    'gcd *args': (args) => args.map(index).reduce(gcd, 0n),
    'lcm *args': (args) => args.map(index).reduce(lcm, 1n),
    'isqrt n': ([n]) => integerRoot(index(n)),
    'fsum iterable': ([iterable]) => exactSum([...values(rt, iterable)].map(float)),
    'prod iterable * start=': ([iterable, start = 1n]) => {
      let product = start
      for (const value of values(rt, iterable)) product = binary(rt, '*', product, value)
      return product
    },
  })
  for (const fn of table) module.members.set(fn.name, fn)
  for (const [name, fn] of [...plain, ...Object.entries(FLOATS)]) {
    const [member] = functions({ [`${name} x`]: ([x]) => checked([float(x)], fn(float(x))) })
    module.members.set(name, member)
  }
  return module
}
