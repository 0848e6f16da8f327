import { grad } from '@sconce/autograd'
import type { Tensor } from '@sconce/core'
import { fromTypedArray } from '@sconce/core'
import type { Outcome } from '../case.ts'
import {
  at,
  type CompareOptions,
  type Comparison,
  different,
  same,
  worst,
} from '../compare/comparison.ts'
import { decodeTensor } from '../compare/decode.ts'
import { applySigns, signsOf } from '../compare/decompositions.ts'
import type { HostTensor } from '../compare/host.ts'
import { compareTensors } from '../compare/tensors.ts'
import type { F64Dev, GoldenValue, GradRecord, OpCase, OpFile } from '../golden/types.ts'
import { toArguments, toTensor } from './arguments.ts'
import { awaited, readsLater } from './awaited.ts'
import { type Env, enter, fail, outcomeOf } from './context.ts'
import { decodeAll, optionsOf } from './forward.ts'
import { readTensor, tensorsOf } from './read.ts'
import { findCall } from './resolve.ts'

const fromHost = ({ data, shape, dtype }: HostTensor, device: string): Tensor =>
  fromTypedArray(data, shape, { dtype, device })

/** A forward run that is recorded. */
interface Forward {
  readonly inputs: Tensor[]
  readonly all: Tensor[]
  readonly outputs: Tensor[]
}

/** A forward run, and what its gradient is taken of. */
interface Recorded extends Forward {
  readonly gradOutputs: Tensor[]
}

async function record(
  file: OpFile,
  member: OpCase,
  wanted: GradRecord,
  env: Env,
): Promise<Recorded | string> {
  const found = await awaited(env, () => forward(file, member, wanted, env))
  if (typeof found === 'string') return found
  return { ...found, gradOutputs: await cotangents(file, member, wanted, found.all, env) }
}

function forward(file: OpFile, member: OpCase, wanted: GradRecord, env: Env): Forward | string {
  const call = findCall(file.call)
  if (!call) return `no such op: ${file.call}`
  const given = toArguments(member, env.device)
  const inputs: Tensor[] = []
  for (const path of wanted.inputs) {
    const tensor = given.tensors.get(path)
    if (!tensor) return `${path} is not among the recorded arguments`
    tensor.requiresGrad = true
    inputs.push(tensor)
  }
  const all = tensorsOf(call(given.args, given.kwargs))
  const outputs: Tensor[] = []
  for (const i of wanted.outputs) {
    if (!all[i]) return `the op returned ${all.length} tensors, but output ${i} has a gradient`
    outputs.push(all[i])
  }
  return { inputs, all, outputs }
}

/** The recorded cotangents, turned with the vectors where their signs are the library's choice. */
async function cotangents(
  file: OpFile,
  member: OpCase,
  wanted: GradRecord,
  outputs: readonly Tensor[],
  { device }: Env,
): Promise<Tensor[]> {
  const recorded = wanted.grad_outputs.flatMap((value) => (value.t === 'tensor' ? [value] : []))
  if (!file.sign_ambiguous) return recorded.map((value) => toTensor(value, device))
  const actual = await Promise.all(outputs.map(readTensor))
  const signs = signsOf(file.name, actual, decodeAll(member.out))
  if (!signs) return recorded.map((value) => toTensor(value, device))
  const byOutput: HostTensor[] = [...actual]
  for (const [i, output] of wanted.outputs.entries()) byOutput[output] = decodeTensor(recorded[i])
  const turned = applySigns(byOutput, signs)
  return wanted.outputs.map((output) => fromHost(turned[output], device))
}

const isZero = ({ data }: HostTensor): boolean => data.every((x) => Number(x) === 0)

/**
 * Compares gradients with recorded ones; `none` is no gradient. Whether a second derivative that is zero
 * everywhere is there at all depends on how the first was written.
 */
async function compareGradients(
  actual: readonly (Tensor | null | undefined)[],
  expected: readonly GoldenValue[],
  names: readonly string[],
  options: CompareOptions,
): Promise<Comparison> {
  if (actual.length !== expected.length)
    return different(`expected ${expected.length} gradients, got ${actual.length}`)
  const comparisons = expected.map(async (value, i): Promise<Comparison> => {
    const gradient = actual[i]
    const second = options.phase === 'double'
    if (value.t !== 'tensor') {
      if (!gradient || (second && isZero(await readTensor(gradient)))) return same
      return at(names[i], different('expected no gradient, got one'))
    }
    if (!gradient) {
      if (second && isZero(decodeTensor(value))) return same
      return at(names[i], different('expected a gradient, got none'))
    }
    return at(names[i], compareTensors(await readTensor(gradient), decodeTensor(value), options))
  })
  return worst(await Promise.all(comparisons))
}

/** Takes the gradient of the recorded outputs. */
export async function runGradient(
  file: OpFile,
  member: OpCase,
  wanted: GradRecord,
  env: Env,
): Promise<Outcome> {
  enter(env)
  const recorded = await record(file, member, wanted, env)
  if (typeof recorded === 'string') return fail(recorded)
  const { inputs, outputs, gradOutputs } = recorded
  // A graph that is gone through again, after a read, has to be there still.
  const retainGraph = readsLater(env)
  const found = await awaited(env, () =>
    grad(outputs, inputs, { gradOutputs, allowUnused: true, retainGraph }),
  )
  const options = { ...optionsOf(file, member, env), phase: 'grad', f64dev: wanted.f64dev } as const
  const names = wanted.inputs.map((path) => `gradient of ${path}`)
  return outcomeOf(await compareGradients(found, wanted.grad_inputs, names, options))
}

/** Gradients of gradients; of those that depend on nothing there are none. */
function secondGradients(
  gradients: readonly Tensor[],
  cotangents: readonly Tensor[],
  sources: readonly Tensor[],
  retainGraph: boolean,
): readonly (Tensor | null | undefined)[] {
  const connected = [...gradients.keys()].filter((i) => gradients[i].requiresGrad)
  if (connected.length === 0) return sources.map(() => null)
  const gradOutputs = connected.map((i) => cotangents[i])
  return grad(
    connected.map((i) => gradients[i]),
    [...sources],
    { gradOutputs, allowUnused: true, retainGraph },
  )
}

/**
 * No deviation from float64 was recorded for second derivatives; where PyTorch was asked again it was up to
 * ten times that of the first ones (`linalg.householder_product`).
 */
const secondDeviation = (first: F64Dev | undefined): F64Dev | undefined =>
  first && { ...first, abs: 4 * first.abs, rel: 4 * first.rel }

/** Takes the gradient of the gradient. */
export async function runDoubleGradient(
  file: OpFile,
  member: OpCase,
  wanted: NonNullable<OpCase['grad']>,
  env: Env,
): Promise<Outcome> {
  const { double } = wanted
  if (!double) return fail('no double gradient was recorded')
  enter(env)
  const recorded = await record(file, member, wanted, env)
  if (typeof recorded === 'string') return fail(recorded)
  const { inputs, outputs, gradOutputs } = recorded
  for (const tensor of gradOutputs) tensor.requiresGrad = true
  const first = await awaited(env, () =>
    grad(outputs, inputs, { gradOutputs, createGraph: true, allowUnused: true }),
  )
  const chosen: Tensor[] = []
  for (const i of double.grad_indices) {
    const gradient = first[i]
    if (!gradient) return fail(`gradient of ${wanted.inputs[i]}: expected one, got none`)
    chosen.push(gradient)
  }
  const v = double.v.flatMap((value) => (value.t === 'tensor' ? [toTensor(value, env.device)] : []))
  const second = await awaited(env, () =>
    secondGradients(chosen, v, [...inputs, ...gradOutputs], readsLater(env)),
  )
  const names = [
    ...wanted.inputs.map((path) => `double gradient of ${path}`),
    ...gradOutputs.map((_, i) => `gradient of cotangent ${i}`),
  ]
  const expected = [...double.grad_inputs, ...double.grad_grad_outputs]
  const f64dev = secondDeviation(wanted.f64dev)
  const options = { ...optionsOf(file, member, env), phase: 'double', f64dev } as const
  return outcomeOf(await compareGradients(second, expected, names, options))
}
