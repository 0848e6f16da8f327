import { camelCase, type Operation } from '@sconce/core'

const isScalarValue = (value: unknown): boolean =>
  typeof value !== 'undefined' &&
  !(typeof value === 'object' && value !== null && 'storage' in value)

/**
 * Numbers that libtorch gives to the overloads of an op, in the order of its `derivatives.yaml`, where
 * they aren't 0 for tensors and 1 for a scalar operand.
 */
const numbers: Readonly<Record<string, (args: readonly unknown[]) => number>> = {
  div: ([, other, rounding]) => (rounding === undefined ? 0 : 2) + Number(isScalarValue(other)),
  pow: ([, exponent]) => (isScalarValue(exponent) ? 0 : 1),
  lerp: ([, , weight]) => (isScalarValue(weight) ? 0 : 1),
  fmod: ([, other]) => (isScalarValue(other) ? 0 : 1),
  remainder: ([, other]) => (isScalarValue(other) ? 0 : 1),
  clamp_min: ([, min]) => (isScalarValue(min) ? 0 : 1),
  clamp_max: ([, max]) => (isScalarValue(max) ? 0 : 1),
  masked_fill: ([, , value]) => (isScalarValue(value) ? 0 : 1),
  xlogy: ([, other]) => (isScalarValue(other) ? 2 : 0),
  'xlogy.self_scalar': () => 1,
  special_xlog1py: ([, other]) => (isScalarValue(other) ? 2 : 0),
  'special_xlog1py.self_scalar': () => 1,
  'where.self': () => 0,
  'where.method': () => 0,
}

/** Ops that PyTorch makes of others by their last step. */
const names: Readonly<Record<string, string>> = {
  relu6: 'HardtanhBackward0',
  selu: 'EluBackward0',
  softsign: 'DivBackward0',
  special_ndtr: 'MulBackward1',
  tanhshrink: 'SubBackward0',
}

/** `log_softmax` → `LogSoftmax`, `log1p` → `Log1P`: Python's `title()` of each word. */
const pascalCase = (name: string): string => {
  const camel = camelCase(name.replace(/^_+/, ''))
  return camel.replace(/^[a-z]|(?<=\d)[a-z]/g, (letter) => letter.toUpperCase())
}

/** The name of the node that an op makes: `MulBackward0`, with a scalar operand `MulBackward1`. */
export function nodeName(operation: Operation, args: readonly unknown[]): string {
  const { schema } = operation
  const known = names[schema.name]
  if (known) return known
  const number =
    numbers[schema.name]?.(args) ??
    Number(schema.parameters.some((p, i) => p.type === 'Tensor|Scalar' && isScalarValue(args[i])))
  return `${pascalCase(schema.name.split('.')[0])}Backward${number}`
}
