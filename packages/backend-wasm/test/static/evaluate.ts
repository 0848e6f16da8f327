import {
  bfloat16Bits,
  bfloat16Value,
  type DType,
  type Expr,
  elementCount,
  float16Bits,
  float16Value,
  type MapKernel,
  type Operand,
  type TypedArray,
} from '@sconce/backend'

type Value = number | bigint

const unary: Record<string, (x: number) => number> = {
  neg: (x) => -x,
  exp: Math.exp,
  log: Math.log,
  tanh: Math.tanh,
}
const binary: Record<string, (a: number, b: number) => number> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  max: Math.max,
  min: Math.min,
}

const rounded = (dtype: DType, value: number) => (dtype === 'float32' ? Math.fround(value) : value)

function evaluate(expr: Expr, inputs: readonly Value[], scalars: ArrayLike<number>): Value {
  const at = (i: number) => evaluate(expr.args[i], inputs, scalars)
  switch (expr.op) {
    case 'input':
      return inputs[expr.value]
    case 'scalar':
      return rounded(expr.dtype, scalars[expr.value])
    case 'const':
      return rounded(expr.dtype, expr.value)
    case 'cast':
      return expr.dtype === 'int64'
        ? BigInt(Math.trunc(Number(at(0))))
        : rounded(expr.dtype, Number(at(0)))
    default: {
      const [f, g] = [unary[expr.op], binary[expr.op]]
      if (f) return rounded(expr.dtype, f(Number(at(0))))
      if (g) return rounded(expr.dtype, g(Number(at(0)), Number(at(1))))
      throw new Error(`the test's interpreter has no ${expr.op}`)
    }
  }
}

const decode: Partial<Record<DType, (bits: number) => number>> = {
  float16: float16Value,
  bfloat16: bfloat16Value,
}
const encode: Partial<Record<DType, (value: number) => number>> = {
  float16: float16Bits,
  bfloat16: bfloat16Bits,
}

/** Element `i` of an array of `dtype`, half precision decoded. */
export const getElement = (dtype: DType, array: TypedArray, i: number): Value =>
  decode[dtype]?.(Number(array[i])) ?? array[i]

export function setElement(dtype: DType, array: TypedArray, i: number, value: Value): void {
  array[i] = encode[dtype]?.(Number(value)) ?? value
}

/** Positions in the buffer of all elements of a view, in row-major order. */
export function positions({ shape, strides, offset }: Operand): Int32Array {
  let found = Int32Array.of(offset)
  for (let d = 0; d < shape.length; d++) {
    const next = new Int32Array(found.length * shape[d])
    let at = 0
    for (const base of found) {
      for (let i = 0; i < shape[d]; i++) next[at++] = base + i * strides[d]
    }
    found = next
  }
  return found
}

/** A map kernel, element by element, in plain JS. */
export function evaluateMap(
  kernel: MapKernel,
  inputs: readonly Operand[],
  outputs: readonly Operand[],
  scalars: ArrayLike<number>,
  contents: (operand: Operand) => TypedArray,
): void {
  const sources = inputs.map((o) => ({ dtype: o.dtype, array: contents(o), at: positions(o) }))
  const targets = outputs.map((o) => ({ dtype: o.dtype, array: contents(o), at: positions(o) }))
  for (let i = 0; i < elementCount(outputs[0].shape); i++) {
    const values = sources.map((s) => getElement(s.dtype, s.array, s.at[i]))
    const results = kernel.values.map((value) => evaluate(value, values, scalars))
    targets.forEach((t, k) => setElement(t.dtype, t.array, t.at[i], results[k]))
  }
}
