import './ops/install.ts'
import * as root from './functions.ts'
import { activationSchemas, compositeActivationSchemas } from './ops/functional/activations.ts'
import { adaptivePoolSchemas } from './ops/functional/adaptive-pool.ts'
import { attentionSchemas } from './ops/functional/attention.ts'
import { convSchemas } from './ops/functional/conv.ts'
import { ctcSchemas } from './ops/functional/ctc.ts'
import { dropoutSchemas } from './ops/functional/dropout.ts'
import { foldSchemas } from './ops/functional/fold.ts'
import { gridSchemas } from './ops/functional/grid.ts'
import { interpolateSchemas } from './ops/functional/interpolate.ts'
import { linearSchemas } from './ops/functional/linear.ts'
import { lossSchemas } from './ops/functional/losses.ts'
import { marginLossSchemas } from './ops/functional/margin-losses.ts'
import { maxUnpoolSchemas } from './ops/functional/max-unpool.ts'
import { normalizationSchemas } from './ops/functional/normalization.ts'
import { padSchemas } from './ops/functional/pad.ts'
import { poolSchemas } from './ops/functional/pool.ts'
import { functionsOf, inplaceFunctionsOf } from './table.ts'

const { relu, sigmoid, tanh, softmax, logSoftmax, pixelShuffle, pixelUnshuffle, channelShuffle } =
  root

/** `torch.nn.functional`. */
export const functional = {
  ...functionsOf(activationSchemas, 'functional'),
  ...functionsOf(compositeActivationSchemas, 'functional'),
  ...functionsOf(attentionSchemas, 'functional'),
  ...functionsOf(convSchemas, 'functional'),
  ...functionsOf(ctcSchemas, 'functional'),
  ...functionsOf(dropoutSchemas, 'functional'),
  ...functionsOf(foldSchemas, 'functional'),
  ...functionsOf(gridSchemas, 'functional'),
  ...functionsOf(interpolateSchemas, 'functional'),
  ...functionsOf(linearSchemas, 'functional'),
  ...functionsOf(lossSchemas, 'functional'),
  ...functionsOf(normalizationSchemas, 'functional'),
  ...functionsOf(padSchemas, 'functional'),
  ...functionsOf(poolSchemas, 'functional'),
  ...functionsOf(adaptivePoolSchemas, 'functional'),
  ...functionsOf(maxUnpoolSchemas, 'functional'),
  ...functionsOf(marginLossSchemas, 'functional'),
  ...inplaceFunctionsOf(activationSchemas, 'functional'),
  ...inplaceFunctionsOf(dropoutSchemas, 'functional'),
  relu,
  sigmoid,
  tanh,
  softmax,
  logSoftmax,
  pixelShuffle,
  pixelUnshuffle,
  channelShuffle,
}
