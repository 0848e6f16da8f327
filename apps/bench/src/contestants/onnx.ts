import type { InputSpecs } from '../rows/inputs.ts'
import type { OnnxGraph, OnnxNode } from '../rows/row.ts'

/** Writes ONNX models: protocol buffers by hand, as the few messages that a small graph takes. */

type Field = readonly number[]

function varint(value: number): number[] {
  const bytes: number[] = []
  let rest = BigInt.asUintN(64, BigInt(value))
  while (rest >= 128n) {
    bytes.push(Number(rest & 127n) | 128)
    rest >>= 7n
  }
  bytes.push(Number(rest))
  return bytes
}

const integer = (field: number, value: number): Field => [...varint(field << 3), ...varint(value)]
const bytes = (field: number, content: ArrayLike<number>): Field => [
  ...varint((field << 3) | 2),
  ...varint(content.length),
  ...Array.from(content),
]
const text = (field: number, value: string): Field => bytes(field, new TextEncoder().encode(value))
const float = (field: number, value: number): Field => [
  ...varint((field << 3) | 5),
  ...new Uint8Array(new Float32Array([value]).buffer),
]
const message = (field: number, parts: readonly Field[]): Field => bytes(field, parts.flat())

const elementTypes = { float32: 1, int32: 6, int64: 7 } as const
/** AttributeProto.AttributeType */
const attributeTypes = { float: 1, int: 2, ints: 7 } as const

function attribute(name: string, value: number | readonly number[]): Field {
  const parts = [text(1, name)]
  if (typeof value !== 'number') {
    parts.push(...value.map((v) => integer(8, v)), integer(20, attributeTypes.ints))
  } else if (Number.isInteger(value)) {
    parts.push(integer(3, value), integer(20, attributeTypes.int))
  } else {
    parts.push(float(2, value), integer(20, attributeTypes.float))
  }
  return message(5, parts)
}

const node = ({ op, inputs, output, attributes = {} }: OnnxNode): Field =>
  message(1, [
    ...inputs.map((name) => text(1, name)),
    text(2, output),
    text(4, op),
    ...Object.entries(attributes).map(([name, value]) => attribute(name, value)),
  ])

/** ValueInfoProto of a tensor; an output's shape is left to be inferred. */
function valueInfo(
  field: number,
  name: string,
  elementType: number,
  shape?: readonly number[],
): Field {
  const dims = shape?.map((size) => message(1, [integer(1, size)]))
  const tensor = [integer(1, elementType), ...(dims ? [message(2, dims)] : [])]
  return message(field, [text(1, name), message(2, [message(1, tensor)])])
}

/** TensorProto of 64-bit integers. */
const constant = (name: string, values: readonly number[]): Field =>
  message(5, [
    integer(1, values.length),
    integer(2, elementTypes.int64),
    ...values.map((v) => integer(7, v)),
    text(8, name),
  ])

/** A model of opset 17 with the given inputs and the output `y`. */
export function onnxModel({ nodes, constants = {} }: OnnxGraph, inputs: InputSpecs): Uint8Array {
  const graph = [
    ...nodes.map(node),
    text(2, 'row'),
    ...Object.entries(constants).map(([name, values]) => constant(name, values)),
    ...Object.entries(inputs).map(([name, { dtype, shape }]) =>
      valueInfo(11, name, elementTypes[dtype], shape),
    ),
    valueInfo(12, 'y', elementTypes.float32),
  ]
  return Uint8Array.from(
    [integer(1, 8), message(7, graph), message(8, [text(1, ''), integer(2, 17)])].flat(),
  )
}
