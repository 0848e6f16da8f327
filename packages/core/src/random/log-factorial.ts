const SMALL = 20

/** Logarithms of 0! … 19!, which doubles hold exactly. */
const table = new Float64Array(SMALL)
for (let k = 2, factorial = 1; k < SMALL; k++) {
  factorial *= k
  table[k] = Math.log(factorial)
}

const HALF_LOG_TWO_PI = 0.5 * Math.log(2 * Math.PI)

/** ln k! of a non-negative integer, by Stirling's series beyond 19. */
export function logFactorial(k: number): number {
  if (k < SMALL) return table[k]
  const inverse = 1 / k
  const square = inverse * inverse
  const tail = 1 / 12 - square * (1 / 360 - square * (1 / 1260 - square * (1 / 1680)))
  return (k + 0.5) * Math.log(k) - k + HALF_LOG_TWO_PI + inverse * tail
}
