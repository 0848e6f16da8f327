import { identity, multiply } from './matrix.ts'
import { matrixNorm } from './norms.ts'

/**
 * Up to which 1-norm a Taylor polynomial of a degree is exact to float64 (Bader, Blanes & Casas 2019,
 * "Computing the matrix exponential with an optimized Taylor polynomial approximation"): PyTorch's choice.
 */
const DEGREES = [
  { degree: 1, norm: 2.220446049250313e-16 },
  { degree: 2, norm: 2.58095680795169e-8 },
  { degree: 4, norm: 3.39716884911e-3 },
  { degree: 8, norm: 4.99122887111532e-2 },
  { degree: 12, norm: 2.99615891381158e-1 },
  { degree: 18, norm: 1.090863719290036 },
]
const LAST = DEGREES[DEGREES.length - 1]

/** `Σ Aⁱ/i!` up to a degree, in blocks of ⌈√degree⌉ powers (Paterson & Stockmeyer; Golub & Van Loan 9.2). */
function taylor(a: Float64Array, n: number, degree: number): Float64Array {
  const width = Math.ceil(Math.sqrt(degree))
  const powers = [identity(n), a]
  while (powers.length <= width) powers.push(multiply(powers[powers.length - 1], a, n, n, n))
  const reciprocals = [1]
  for (let i = 1; i <= degree; i++) reciprocals.push(reciprocals[i - 1] / i)
  let sum: Float64Array = new Float64Array(n * n)
  for (let block = Math.floor(degree / width); block >= 0; block--) {
    if (block < Math.floor(degree / width)) sum = multiply(sum, powers[width], n, n, n)
    for (let i = 0; i < width && block * width + i <= degree; i++) {
      const factor = reciprocals[block * width + i]
      const power = powers[i]
      for (let j = 0; j < sum.length; j++) sum[j] += factor * power[j]
    }
  }
  return sum
}

/** The exponential of an `n` by `n` matrix by scaling, a Taylor polynomial, and squaring (Golub & Van Loan 9.3). */
export function matrixExp(a: Float64Array, n: number): Float64Array {
  if (n === 0) return new Float64Array(0)
  const norm = matrixNorm(a, n, n, 1)
  if (!Number.isFinite(norm)) return new Float64Array(n * n).fill(Number.NaN)
  const { degree } = DEGREES.find((entry) => norm <= entry.norm) ?? LAST
  const squarings = norm > LAST.norm ? Math.max(0, Math.ceil(Math.log2(norm / LAST.norm))) : 0
  let result = taylor(
    a.map((x) => x * 2 ** -squarings),
    n,
    degree,
  )
  for (let i = 0; i < squarings; i++) result = multiply(result, result, n, n, n)
  return result
}
