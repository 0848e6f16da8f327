/** Borders: one row each. `padding` goes from the last dim backwards. */
import type { Tensor } from '@sconce/core'
import { functional as F } from '../functional.ts'
import { layer } from '../layer.ts'

const pad =
  (mode: 'constant' | 'reflect' | 'replicate' | 'circular') =>
  (o: { padding: readonly number[] }, x: Tensor): Tensor =>
    F.pad(x, o.padding, mode)

const constant = (o: { padding: readonly number[]; value: number }, x: Tensor): Tensor =>
  F.pad(x, o.padding, 'constant', o.value)

/** `torch.nn.ConstantPad1d`: a value around. */
export class ConstantPad1d extends layer(
  'ConstantPad1d(int[2] padding, float value)',
  'padding, value',
  constant,
) {}
/** `torch.nn.ConstantPad2d`: a value around. */
export class ConstantPad2d extends layer(
  'ConstantPad2d(int[4] padding, float value)',
  'padding, value',
  constant,
) {}
/** `torch.nn.ConstantPad3d`: a value around. */
export class ConstantPad3d extends layer(
  'ConstantPad3d(int[6] padding, float value)',
  'padding, value',
  constant,
) {}

/** `torch.nn.ZeroPad1d`: zeros around. */
export class ZeroPad1d extends layer('ZeroPad1d(int[2] padding)', ':padding', pad('constant')) {}
/** `torch.nn.ZeroPad2d`: zeros around. */
export class ZeroPad2d extends layer('ZeroPad2d(int[4] padding)', ':padding', pad('constant')) {}
/** `torch.nn.ZeroPad3d`: zeros around. */
export class ZeroPad3d extends layer('ZeroPad3d(int[6] padding)', ':padding', pad('constant')) {}

/** `torch.nn.ReflectionPad1d`: mirrored at the border. */
export class ReflectionPad1d extends layer(
  'ReflectionPad1d(int[2] padding)',
  ':padding',
  pad('reflect'),
) {}
/** `torch.nn.ReflectionPad2d`: mirrored at the border. */
export class ReflectionPad2d extends layer(
  'ReflectionPad2d(int[4] padding)',
  ':padding',
  pad('reflect'),
) {}
/** `torch.nn.ReflectionPad3d`: mirrored at the border. */
export class ReflectionPad3d extends layer(
  'ReflectionPad3d(int[6] padding)',
  ':padding',
  pad('reflect'),
) {}

/** `torch.nn.ReplicationPad1d`: the border repeated. */
export class ReplicationPad1d extends layer(
  'ReplicationPad1d(int[2] padding)',
  ':padding',
  pad('replicate'),
) {}
/** `torch.nn.ReplicationPad2d`: the border repeated. */
export class ReplicationPad2d extends layer(
  'ReplicationPad2d(int[4] padding)',
  ':padding',
  pad('replicate'),
) {}
/** `torch.nn.ReplicationPad3d`: the border repeated. */
export class ReplicationPad3d extends layer(
  'ReplicationPad3d(int[6] padding)',
  ':padding',
  pad('replicate'),
) {}

/** `torch.nn.CircularPad1d`: as if it went round. */
export class CircularPad1d extends layer(
  'CircularPad1d(int[2] padding)',
  ':padding',
  pad('circular'),
) {}
/** `torch.nn.CircularPad2d`: as if it went round. */
export class CircularPad2d extends layer(
  'CircularPad2d(int[4] padding)',
  ':padding',
  pad('circular'),
) {}
/** `torch.nn.CircularPad3d`: as if it went round. */
export class CircularPad3d extends layer(
  'CircularPad3d(int[6] padding)',
  ':padding',
  pad('circular'),
) {}
