/**
 * Every differentiable op against finite differences: the recorded calls, with their float32 arguments
 * widened to float64 and their values moved off the kinks that samples like to sit on.
 */
import '@sconce/backend-cpu'
import { gradcheck, gradgradcheck } from '@sconce/autograd'
import { setDefaultDevice, Tensor } from '@sconce/core'
import { describe, expect, it } from 'vitest'
import { decodeElements } from '../../src/compare/decode.ts'
import { toArguments } from '../../src/execute/arguments.ts'
import { tensorsOf } from '../../src/execute/read.ts'
import { findCall } from '../../src/execute/resolve.ts'
import type { GoldenValue, OpCase, OpFile } from '../../src/golden/types.ts'
import { shippedGolden } from '../../src/node.ts'

/** Ops that finite differences can't judge, and why. */
const exempt: Readonly<Record<string, string>> = {
  __rpow__: 'PyTorch copies the base: no gradient flows to it',
  float: 'the result is float32',
  'linalg.det.singular': 'the determinant is 0 in every direction but one',
  'linalg.norm.subgradients_at_zero': 'a subgradient, at a kink',
  cholesky: 'defined for symmetric matrices only: single elements can not be moved',
  'linalg.cholesky_ex': 'as cholesky',
  'linalg.eigvalsh': 'as cholesky',
  'linalg.pinv.hermitian': 'as cholesky',
  'nn.functional.lp_pool1d': 'sums of exactly 0, where a root has no slope',
  'nn.functional.max_unpool1d': 'sampled positions repeat: the last one wins, all have a gradient',
  'nn.functional.max_unpool2d': 'as max_unpool1d',
  'nn.functional.max_unpool3d': 'as max_unpool1d',
}

/** Of these only the second gradient. */
const exemptTwice: Readonly<Record<string, string>> = {
  pow: 'the sample has slopes of 1e7 beside 1e-3: more than differences resolve',
}

/** Most elements among the inputs of a call that is checked: the work grows with their square. */
const MOST_ELEMENTS = 30

const wide = (value: GoldenValue): GoldenValue => {
  switch (value.t) {
    case 'tensor': {
      if (value.dtype !== 'float32' || value.noncontiguous || value.data === undefined) return value
      const elements = Float64Array.from(decodeElements('float32', value.data) as Float32Array)
      return { ...value, dtype: 'float64', data: new Uint8Array(elements.buffer) }
    }
    case 'dtype':
      return value.v === 'float32' ? { ...value, v: 'float64' } : value
    case 'list':
    case 'tuple':
      return { ...value, v: value.v.map(wide) }
    default:
      return value
  }
}

const widened = (member: OpCase): OpCase => ({
  ...member,
  args: member.args.map(wide),
  kwargs: Object.fromEntries(Object.entries(member.kwargs).map(([k, v]) => [k, wide(v)])),
})

const elementsOf = (member: OpCase): number => {
  const { tensors } = toArguments(member, 'cpu')
  return (member.grad?.inputs ?? []).reduce((n, path) => n + (tensors.get(path)?.numel() ?? 0), 0)
}

/** Where the function isn't defined there is nothing to compare. */
function finite(out: GoldenValue): boolean {
  if (out.t === 'list' || out.t === 'tuple') return out.v.every(finite)
  if (out.t !== 'tensor' || out.dtype !== 'float32' || out.data === undefined) return true
  return (decodeElements('float32', out.data) as Float32Array).every(Number.isFinite)
}

/** The largest recorded call that is not too large. */
function sample({ cases }: OpFile): OpCase | undefined {
  const sized = cases
    .filter((c) => c.grad && !c.special)
    .filter((c) => !JSON.stringify(c.args).includes('noncontiguous'))
    .map((c) => [c, elementsOf(c)] as const)
    .filter(([, n]) => n > 1 && n <= MOST_ELEMENTS)
    .sort((a, b) => b[1] - a[1])
  return sized.map(([c]) => c).find((c) => finite(c.out))
}

/** The call as a function of the tensors that have a gradient. */
function callOf(file: OpFile, member: OpCase) {
  const call = findCall(file.call)
  if (!call || !member.grad) throw new Error(`no such op: ${file.call}`)
  const given = toArguments(widened(member), 'cpu')
  const inputs = member.grad.inputs.map((path) => {
    const found = given.tensors.get(path)
    if (!found) throw new Error(`no tensor at ${path}`)
    return found
  })
  const { outputs } = member.grad
  const fn = (...now: Tensor[]): Tensor[] => {
    const swap = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(swap)
      const at = value instanceof Tensor ? inputs.indexOf(value) : -1
      return at < 0 ? value : now[at]
    }
    const kwargs = Object.fromEntries(Object.entries(given.kwargs).map(([k, v]) => [k, swap(v)]))
    const all = tensorsOf(call(given.args.map(swap), kwargs))
    return outputs.map((i) => all[i])
  }
  return { fn, inputs: inputs.map((t) => t.detach().clone().requiresGrad_()) }
}

const golden = await shippedGolden()
const files = await Promise.all(golden.ops.map((name) => golden.op(name)))
setDefaultDevice('cpu')
const checked = files.flatMap((file) => {
  if (!file.supports_autograd || file.sign_ambiguous || file.op in exempt) return []
  const member = sample(file)
  return member ? [[file.op, file, member] as const] : []
})

describe('gradients agree with finite differences in float64', () => {
  it('are checked for most ops', () => expect(checked.length).toBeGreaterThan(200))

  it.each(checked)('%s', (_, file, member) => {
    const { fn, inputs } = callOf(file, member)
    expect(gradcheck(fn, inputs)).toBe(true)
  })
})

describe('second gradients do too', () => {
  it.each(checked.filter(([op, file]) => file.supports_gradgrad && !(op in exemptTwice)))(
    '%s',
    (_, file, member) => {
      const { fn, inputs } = callOf(file, member)
      expect(gradgradcheck(fn, inputs)).toBe(true)
    },
  )
})
