import { type DType, dtypes, elementCount, type Operand } from '@sconce/backend'
import { commonDevice, type Device } from '../device.ts'
import { check, RuntimeError, sizes } from '../errors.ts'
import { hasInternalOverlap, overlapsPartially, runKernel } from '../kernel-call.ts'
import { canCast } from '../promotion.ts'
import { FloatScalar, type Scalar } from '../scalar.ts'
import type { ParsedSchema } from '../schema/parse.ts'
import { broadcastShapes, broadcastStrides, sameShape } from '../shape.ts'
import { makeTensor, type Tensor } from '../tensor.ts'
import {
  type CompiledPointwise,
  compilePointwise,
  isTensorArg,
  pointwiseKey,
  roleOf,
} from './compile.ts'
import type { PointwiseRule } from './rule.ts'

/** A pointwise op: its rule and what was compiled for the dtypes met so far. */
export class PointwiseOp {
  readonly schema: ParsedSchema
  readonly rule: PointwiseRule
  readonly #compiled = new Map<number | string, CompiledPointwise>()

  constructor(schema: ParsedSchema, rule: PointwiseRule) {
    this.schema = schema
    this.rule = rule
  }

  /** The compiled form for these arguments. */
  compiled(args: readonly unknown[], into?: DType): CompiledPointwise {
    const base = pointwiseKey(this.schema, args)
    const key = into === undefined ? base : `${base}>${into}`
    let found = this.#compiled.get(key)
    if (found === undefined) {
      found = compilePointwise(this.rule, this.schema, args, into)
      this.#compiled.set(key, found)
    }
    return found
  }

  /** Runs into fresh tensors. */
  run(args: readonly unknown[]): Tensor | Tensor[] {
    this.rule.check?.(args)
    const compiled = this.compiled(args)
    const tensors = tensorsOf(args)
    const device = deviceOf(tensors)
    const shape = tensors.length === 1 ? tensors[0].shape : broadcastAll(tensors)
    const { outputs } = compiled
    const scalars = scalarsOf(this.schema, args, compiled.integral)
    if (outputs.length === 1) {
      const result = makeTensor(device, outputs[0], shape)
      launch(device, compiled, tensors, [result], shape, scalars)
      return result
    }
    const results = outputs.map((dtype) => makeTensor(device, dtype, shape))
    launch(device, compiled, tensors, results, shape, scalars)
    return results
  }

  /** Writes the result over the first argument. */
  inplace(args: readonly unknown[]): void {
    this.rule.check?.(args)
    const self = args[0] as Tensor
    const { dtype, values } = this.compiled(args)
    const natural = values[0].dtype === 'bool' && dtype !== 'bool' ? self.dtype : dtype
    if (!canCast(natural, self.dtype)) {
      throw new RuntimeError(
        `result type ${dtypes[natural].scalarType} can't be cast to the desired output type ${dtypes[self.dtype].scalarType}`,
      )
    }
    this.writeInto(self, args)
  }

  /** Writes the result, cast to its dtype, into `target`, whose shape must be the broadcast shape. */
  writeInto(target: Tensor, args: readonly unknown[]): void {
    const natural = this.compiled(args)
    const compiled =
      natural.outputs[0] === target.dtype ? natural : this.compiled(args, target.dtype)
    const tensors = tensorsOf(args)
    const device = deviceOf(tensors)
    if (target.storage.device !== device) commonDevice([target, ...tensors])
    const shape = broadcastAll(tensors)
    check(
      sameShape(shape, target.shape),
      () =>
        `output with shape ${sizes(target.shape)} doesn't match the broadcast shape ${sizes(shape)}`,
    )
    checkWritable(target)
    const safe = tensors.map((t) => (overlapsPartially(t, target) ? t.clone() : t))
    const scalars = scalarsOf(this.schema, args, compiled.integral)
    launch(device, compiled, safe, [target], shape, scalars)
  }
}

/** Throws where two elements of the tensor are one in memory. */
export function checkWritable(target: Tensor): void {
  check(
    !hasInternalOverlap(target),
    () =>
      'unsupported operation: more than one element of the written-to tensor refers to a single ' +
      'memory location. Please clone() the tensor before performing the operation.',
  )
}

function tensorsOf(args: readonly unknown[]): Tensor[] {
  const tensors: Tensor[] = []
  for (let i = 0; i < args.length; i++) if (isTensorArg(args[i])) tensors.push(args[i] as Tensor)
  return tensors
}

function deviceOf(tensors: readonly Tensor[]): Device {
  const { device } = tensors[0].storage
  for (let i = 1; i < tensors.length; i++) {
    // 0-d host tensors are no exception: one device for all.
    if (tensors[i].storage.device !== device) commonDevice(tensors)
  }
  return device
}

function broadcastAll(tensors: readonly Tensor[]): readonly number[] {
  let shape = tensors[0].shape
  for (let i = 1; i < tensors.length; i++) {
    if (tensors[i].shape !== shape) shape = broadcastShapes(shape, tensors[i].shape)
  }
  return shape
}

const noScalars: readonly number[] = []

function scalarsOf(
  schema: ParsedSchema,
  args: readonly unknown[],
  integral: boolean,
): readonly number[] {
  let scalars: number[] | undefined
  for (let i = 0; i < args.length; i++) {
    const value = args[i]
    if (value === undefined || roleOf(schema.parameters[i].type, value) !== 'scalar') continue
    const number = Number(value instanceof FloatScalar ? value.value : (value as Scalar))
    scalars ??= []
    scalars.push(integral ? Math.trunc(number) : number)
  }
  return scalars ?? noScalars
}

/** Elementwise launch; everything contiguous and of one shape goes straight to the backend. */
function launch(
  device: Device,
  compiled: CompiledPointwise,
  inputs: readonly Tensor[],
  outputs: readonly Tensor[],
  shape: readonly number[],
  scalars: readonly number[],
): void {
  const count = elementCount(shape)
  if (count === 0) return
  if (allFlat(inputs, shape) && allFlat(outputs, shape)) {
    const flat = count === 1 ? noScalars : [count]
    const strides = count === 1 ? noScalars : unit
    device.epoch++
    const from = inputs.map((t) => flatOperand(t, flat, strides))
    const to = outputs.map((t) => flatOperand(t, flat, strides))
    try {
      device.backend.run(compiled.kernel, from, to, scalars)
    } catch (error) {
      device.makeRoom(error)
      device.backend.run(compiled.kernel, from, to, scalars)
    }
    return
  }
  runKernel(
    device,
    compiled.kernel,
    inputs.map((t) => spanning(t, shape)),
    outputs,
    scalars,
  )
}

const unit: readonly number[] = [1]

function allFlat(tensors: readonly Tensor[], shape: readonly number[]): boolean {
  for (let i = 0; i < tensors.length; i++) {
    const t = tensors[i]
    if (!t.isContiguous() || (t.shape !== shape && !sameShape(t.shape, shape))) return false
  }
  return true
}

const flatOperand = (t: Tensor, shape: readonly number[], strides: readonly number[]): Operand => ({
  buffer: t.storage.use(),
  dtype: t.dtype,
  shape,
  strides,
  offset: t.offset,
})

/** The tensor broadcast to `shape`, as a layout. */
const spanning = (t: Tensor, shape: readonly number[]) => ({
  storage: t.storage,
  dtype: t.dtype,
  shape,
  strides: broadcastStrides(t, shape),
  offset: t.offset,
})
