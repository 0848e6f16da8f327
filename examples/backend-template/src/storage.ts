import {
  type Buffer,
  type DType,
  dtypes,
  newArray,
  type Operand,
  OutOfMemory,
  type TypedArray,
} from '@sconce/backend'

/** TODO 3: memory of your device. This is memory of the host. */
class MyBuffer implements Buffer {
  readonly dtype: DType
  readonly length: number
  readonly elements: TypedArray

  constructor(dtype: DType, length: number) {
    this.dtype = dtype
    this.length = length
    this.elements = newArray(dtype, length)
  }
}

/** @throws OutOfMemory where there is no room: never a buffer that does not work */
export function allocate(dtype: DType, length: number): Buffer {
  try {
    return new MyBuffer(dtype, length)
  } catch (cause) {
    throw new OutOfMemory(`no room for ${length} elements of ${dtype}`, { cause })
  }
}

export function elementsOf(buffer: Buffer): TypedArray {
  if (!(buffer instanceof MyBuffer)) throw new TypeError('a buffer of another backend')
  return buffer.elements
}

/** Floats, and integers as JS numbers; truth values are 0 and 1. */
export type Value = number

/** Where an operand has its element at a position. */
export const addressOf = ({ offset, strides }: Operand, position: readonly number[]): number =>
  position.reduce((at, p, d) => at + p * strides[d], offset)

export const load = (operand: Operand, position: readonly number[]): Value =>
  Number(elementsOf(operand.buffer)[addressOf(operand, position)])

export function store(operand: Operand, position: readonly number[], value: Value): void {
  elementsOf(operand.buffer)[addressOf(operand, position)] = value
}

/** All positions of a shape, in row-major order; one without coordinates for the shape of a scalar. */
export function* positionsOf(shape: readonly number[]): Generator<number[]> {
  const [size, ...rest] = shape
  if (size === undefined) yield []
  else for (let p = 0; p < size; p++) for (const inner of positionsOf(rest)) yield [p, ...inner]
}

/** Whether coordinates are inside of an operand's shape. */
export const isInside = ({ shape }: Operand, position: readonly number[]): boolean =>
  position.every((p, d) => p >= 0 && p < shape[d])

/** Whether arithmetic in this dtype rounds or wraps around, and which way. */
export const kindOf = (dtype: DType): 'float' | 'int' | 'bool' => dtypes[dtype].kind
