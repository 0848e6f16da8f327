/**
 * Orthogonal polynomials of degree `n`, in doubles: three-term recurrences, and closed forms where
 * PyTorch uses them. A negative degree gives 0.
 */
export type OrthogonalPolynomial = (x: number, n: number) => number

/** Whole degree, cut off towards zero; NaN counts as negative. */
const degree = (n: number): number => (n > -1 ? Math.trunc(n) : -1)

/** p(0) = 1, p(1) = `first`, p(k + 1) = `next(k, p(k), p(k - 1))`; 0 for a negative degree. */
function recurrence(
  n: number,
  first: number,
  next: (k: number, now: number, before: number) => number,
): number {
  if (n <= 0) return n < 0 ? 0 : 1
  let before = 1
  let now = first
  for (let k = 1; k < n; k++) {
    const after = next(k, now, before)
    before = now
    now = after
  }
  return now
}

interface Chebyshev {
  /** The polynomial of degree 1. */
  readonly first: (x: number) => number
  /** Values at 1 and -1. */
  readonly right: (n: number) => number
  readonly left: (n: number) => number
  /** In terms of acos(x), inside of (-1, 1). */
  readonly closed: (angle: number, n: number) => number
  /** Degrees above which the closed form is used, on [-1, 1] and on [0, 1]. */
  readonly from: readonly [number, number]
}

const alternating = (n: number): number => (n % 2 === 0 ? 1 : -1)

const chebyshevKinds: Readonly<Record<'t' | 'u' | 'v' | 'w', Chebyshev>> = {
  t: {
    first: (x) => x,
    right: () => 1,
    left: alternating,
    closed: (angle, n) => Math.cos(n * angle),
    from: [6, 6],
  },
  u: {
    first: (x) => x + x,
    right: (n) => n + 1,
    left: (n) => alternating(n) * (n + 1),
    closed: (angle, n) => Math.sin((n + 1) * angle) / Math.sin(angle),
    from: [8, 6],
  },
  v: {
    first: (x) => x + x - 1,
    right: () => 1,
    left: (n) => alternating(n) * (n + n + 1),
    closed: (angle, n) => Math.cos((n + 0.5) * angle) / Math.cos(angle / 2),
    from: [8, 6],
  },
  w: {
    first: (x) => x + x + 1,
    right: (n) => n + n + 1,
    left: alternating,
    closed: (angle, n) => Math.sin((n + 0.5) * angle) / Math.sin(angle / 2),
    from: [8, 4],
  },
}

function evaluate(kind: Chebyshev, x: number, n: number, from: number): number {
  if (n < 0) return 0
  if (x === 1) return kind.right(n)
  if (x === -1) return kind.left(n)
  if (n > from && Math.abs(x) < 1) return kind.closed(Math.acos(x), n)
  return recurrence(n, kind.first(x), (_, now, before) => (x + x) * now - before)
}

/** Chebyshev polynomials of the first to the fourth kind. */
export const chebyshev =
  (name: keyof typeof chebyshevKinds): OrthogonalPolynomial =>
  (x, n) =>
    evaluate(chebyshevKinds[name], x, degree(n), chebyshevKinds[name].from[0])

/** Chebyshev polynomials moved to [0, 1]. */
export const shiftedChebyshev =
  (name: keyof typeof chebyshevKinds): OrthogonalPolynomial =>
  (x, n) =>
    evaluate(chebyshevKinds[name], x + x - 1, degree(n), chebyshevKinds[name].from[1])

/** Hermite polynomials of the physicists. */
export const hermiteH: OrthogonalPolynomial = (x, n) =>
  recurrence(degree(n), x + x, (k, now, before) => (x + x) * now - 2 * k * before)

/** Hermite polynomials of the probabilists. */
export const hermiteHe: OrthogonalPolynomial = (x, n) =>
  recurrence(degree(n), x, (k, now, before) => x * now - k * before)

/** Laguerre polynomials. */
export const laguerreL: OrthogonalPolynomial = (x, n) =>
  recurrence(degree(n), 1 - x, (k, now, before) => ((2 * k + 1 - x) * now - k * before) / (k + 1))

/** Legendre polynomials. */
export const legendreP: OrthogonalPolynomial = (x, n) =>
  recurrence(degree(n), x, (k, now, before) => ((2 * k + 1) * x * now - k * before) / (k + 1))
