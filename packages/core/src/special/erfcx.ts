import { constant, type Expr } from '@sconce/backend'
import { polynomialOf, rational } from './series.ts'

/*
 * exp(x²) · erfc(x) by W. J. Cody's rational approximations ("Rational Chebyshev approximations for the
 * error function", 1969; SPECFUN), which are exact to a few units in the last place of a double.
 */

/** erf(x) / x up to 0.46875, in x². */
const small = {
  above: [
    0.18577770618460315, 3.1611237438705655, 113.86415415105016, 377.485237685302,
    3209.3775891384694,
  ],
  below: [1, 23.601290952344122, 244.02463793444417, 1282.6165260773723, 2844.236833439171],
}
/** From 0.46875 to 4. */
const middle = {
  above: [
    2.1531153547440383e-8, 0.5641884969886701, 8.883149794388377, 66.11919063714163,
    298.6351381974001, 881.952221241769, 1712.0476126340707, 2051.0783778260716, 1230.3393547979972,
  ],
  below: [
    1, 15.744926110709835, 117.6939508913125, 537.1811018620099, 1621.3895745666903,
    3290.7992357334597, 4362.619090143247, 3439.3676741437216, 1230.3393548037495,
  ],
}
/** x² · (1 / √π - x · erfcx(x)) above 4, in 1 / x². */
const large = {
  above: [
    0.016315387137302097, 0.30532663496123236, 0.36034489994980445, 0.12578172611122926,
    0.016083785148742275, 0.0006587491615298378,
  ],
  below: [
    1, 2.568520192289822, 1.8729528499234673, 0.5279051029514285, 0.06051834131244132,
    0.0023352049762686918,
  ],
}
const [smallBound, largeBound] = [0.46875, 4]
const inverseRootPi = 1 / Math.sqrt(Math.PI)

/** exp(x²) · erfc(x). */
export function erfcx(x: Expr): Expr {
  const y = x.abs()
  const square = x.mul(x)
  const one = constant(1, x.dtype)
  const erf = x.mul(rational(square, small.above, small.below))
  const inverse = one.div(square)
  const tail = constant(inverseRootPi, x.dtype)
    .sub(inverse.mul(rational(inverse, large.above, large.below)))
    .div(y)
  const right = y.le(largeBound).where(rational(y, middle.above, middle.below), tail)
  const left = square.exp().mul(2).sub(right)
  return y.le(smallBound).where(square.exp().mul(one.sub(erf)), x.lt(0).where(left, right))
}

const ratio = (x: number, { above, below }: typeof small): number =>
  polynomialOf(x, above) / polynomialOf(x, below)

/** erfc of a number. */
export function erfcOf(x: number): number {
  const y = Math.abs(x)
  const square = x * x
  if (y <= smallBound) return 1 - x * ratio(square, small)
  const scaled =
    y <= largeBound ? ratio(y, middle) : (inverseRootPi - ratio(1 / square, large) / square) / y
  const right = Math.exp(-square) * scaled
  return x < 0 ? 2 - right : right
}
