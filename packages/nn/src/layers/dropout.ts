/** Dropout: one row each. `p` is the probability of a zero. */
import { pythonFloat, type Tensor, ValueError } from '@sconce/core'
import { functional as F, inplace } from '../functional.ts'
import { layer } from '../layer.ts'

const options = 'float p=0.5, bool inplace=False' as const

type Name =
  | 'dropout'
  | 'dropout1d'
  | 'dropout2d'
  | 'dropout3d'
  | 'alphaDropout'
  | 'featureAlphaDropout'

const drop =
  (name: Name) =>
  (o: { p: number; inplace: boolean; training: boolean }, x: Tensor): Tensor =>
    o.inplace ? inplace(name, x, o.p, o.training) : F[name](x, o.p, o.training)

/** @throws ValueError for what is no probability. */
function checkP({ p }: { p: number }): void {
  if (p >= 0 && p <= 1) return
  throw new ValueError(`dropout probability has to be between 0 and 1, but got ${pythonFloat(p)}`)
}

/** Zeroes elements and scales the others, while training; Hinton et al. (2012). */
export class Dropout extends layer(`Dropout(${options})`, 'p, inplace', drop('dropout'), checkP) {}

/** Zeroes whole channels of [N, C, L] or [C, L]. */
export class Dropout1d extends layer(
  `Dropout1d(${options})`,
  'p, inplace',
  drop('dropout1d'),
  checkP,
) {}

/** Zeroes whole channels of [N, C, H, W]. */
export class Dropout2d extends layer(
  `Dropout2d(${options})`,
  'p, inplace',
  drop('dropout2d'),
  checkP,
) {}

/** Zeroes whole channels of [N, C, D, H, W]. */
export class Dropout3d extends layer(
  `Dropout3d(${options})`,
  'p, inplace',
  drop('dropout3d'),
  checkP,
) {}

/** Keeps mean and variance behind SELU; Klambauer et al. (2017). */
export class AlphaDropout extends layer(
  `AlphaDropout(${options})`,
  'p, inplace',
  drop('alphaDropout'),
  checkP,
) {}

/** `AlphaDropout` of whole channels. */
export class FeatureAlphaDropout extends layer(
  `FeatureAlphaDropout(${options})`,
  'p, inplace',
  drop('featureAlphaDropout'),
  checkP,
) {}
