import { addAlias } from '../table.ts'

/** Second names that PyTorch has for ops, with their in-place forms. */
export const aliases = {
  absolute: 'abs',
  arccos: 'acos',
  arccosh: 'acosh',
  arcsin: 'asin',
  arcsinh: 'asinh',
  arctan: 'atan',
  arctan2: 'atan2',
  arctanh: 'atanh',
  clip: 'clamp',
  divide: 'div',
  trueDivide: 'div',
  fix: 'trunc',
  greater: 'gt',
  greaterEqual: 'ge',
  less: 'lt',
  lessEqual: 'le',
  multiply: 'mul',
  negative: 'neg',
  notEqual: 'ne',
  subtract: 'sub',
  concatenate: 'cat',
  unsafeChunk: 'chunk',
  unsafeSplit: 'split',
  unsafeSplitWithSizes: 'splitWithSizes',
} as const

for (const [alias, name] of Object.entries(aliases)) addAlias(alias, name)
