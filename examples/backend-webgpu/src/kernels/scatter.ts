import { type DType, dtypes, type Expr, type ScatterKernel } from '@sconce/backend'
import { WORD } from '../device/slabs.ts'
import { Emitter, noAccumulator } from '../wgsl/emit.ts'
import { type Bindings, bind, slabsOf } from '../wgsl/layouts.ts'
import { application, conversion } from '../wgsl/ops.ts'
import { type Call, LANES, Source } from '../wgsl/source.ts'
import { Operands, positions } from '../wgsl/space.ts'
import { fromWord, toWord } from '../wgsl/types.ts'
import { countOf, type Runner } from './engine.ts'
import { invocation } from './map.ts'

/** The slot that a program combines into. */
interface AtomicSlot {
  readonly slot: number
  readonly type: 'i32' | 'u32'
}

/** The common part of all scatters: an invocation for each element, and where it goes. */
function begin(kernel: ScatterKernel, call: Call, bindings: Bindings, atomic?: AtomicSlot) {
  const source = new Source(bindings.slots)
  if (atomic) source.slots[atomic.slot].atomic = atomic.type
  const linear = source.let(invocation)
  source.line(`if (${linear} >= ${source.int('count', ({ sizes }) => sizes[0])}) { return; }`)
  const operands = new Operands(source, kernel, call, bindings)
  const rank = call.inputs[0].shape.length
  const dims = positions(source, linear, 'size', rank, (d) => (later) => later.inputs[0].shape[d])
  const emitter = new Emitter(source, operands.leaves({ linear, dims }, noAccumulator))
  const at = kernel.at.map((coordinate) => emitter.emit(coordinate))
  source.line(`if (!(${operands.inside('outputs', 0, at)})) { return; }`)
  /** The value, in the target's dtype. */
  const value = (expr: Expr): string =>
    source.let(conversion(source, expr.dtype, kernel.outputs[0], emitter.emit(expr)))
  return { source, linear, operands, at, value }
}

/** The number of a coordinate in the target's shape, in row-major order. */
function ownerIndex(source: Source, at: readonly string[]): string {
  let index = '0'
  at.forEach((c, d) => {
    const size = source.int(`owners ${d}`, ({ outputs }) => outputs[0].shape[d])
    index = source.let(d === 0 ? c : `${index} * ${size} + ${c}`)
  })
  return index
}

/** Of elements with the same target the last in row-major order claims it. */
function claimProgram(kernel: ScatterKernel, call: Call, bindings: Bindings): Source {
  const owners = bindings.read[bindings.read.length - 1]
  const { source, linear, at } = begin(kernel, call, bindings, { slot: owners, type: 'u32' })
  source.line(`atomicMax(&slot${owners}[${ownerIndex(source, at)}], u32(${linear}) + 1u);`)
  return source
}

/** Who has the claim writes. */
function assignProgram(kernel: ScatterKernel, call: Call, bindings: Bindings): Source {
  const owners = bindings.read[bindings.read.length - 1]
  const { source, linear, operands, at, value } = begin(kernel, call, bindings)
  const owner = source.word(owners, ownerIndex(source, at))
  source.line(`if (${owner} != u32(${linear}) + 1u) { return; }`)
  const { slot, address } = operands.target(0, at)
  source.store(slot, address, toWord(kernel.outputs[0], value(kernel.value)))
  return source
}

/** What combining is in terms of the scalar ops; truth values are added as by or, multiplied as by and. */
const boolOps = { add: 'or', max: 'or', mul: 'and', min: 'and' } as const

/** The device's own atomic operations, where their result is exactly what the contract asks for. */
const atomics: Partial<Record<DType, Partial<Record<ScatterKernel['combine'], string>>>> = {
  int32: { add: 'atomicAdd', min: 'atomicMin', max: 'atomicMax' },
  bool: { add: 'atomicOr', max: 'atomicOr', mul: 'atomicAnd', min: 'atomicAnd' },
}

/**
 * Combines in the order in which invocations come. That order can't be told from the result, except in
 * float sums and products, where it may change the last digits.
 */
function combineProgram(kernel: ScatterKernel, call: Call, bindings: Bindings): Source {
  const combine = kernel.combine === 'assign' ? undefined : kernel.combine
  if (!combine) throw new Error('assigning combines nothing')
  const [dtype] = kernel.outputs
  const isSigned = dtype === 'int32'
  const [slot] = bindings.written
  const type = isSigned ? 'i32' : 'u32'
  const { source, operands, at, value } = begin(kernel, call, bindings, { slot, type })
  const fresh = value(kernel.value)
  const place = source.let(operands.target(0, at).address)
  const atomic = atomics[dtype]?.[combine]
  if (atomic) {
    const operand = isSigned ? fresh : toWord(dtype, fresh)
    source.line(`${atomic}(&slot${slot}[${place}], ${operand});`)
    return source
  }
  // Compare and exchange, until nobody came in between.
  const asAtomic = (word: string): string => (isSigned ? `bitcast<i32>(${word})` : word)
  const old = source.variable(`atomicLoad(&slot${slot}[${place}])`)
  source.line('loop {')
  const before = source.let(fromWord(dtype, isSigned ? `bitcast<u32>(${old})` : old))
  const op = dtypes[dtype].kind === 'bool' ? boolOps[combine] : combine
  const after = source.let(application(source, op, dtype, [before, fresh]))
  const word = source.let(asAtomic(toWord(dtype, after)))
  const exchanged = source.let(`atomicCompareExchangeWeak(&slot${slot}[${place}], ${old}, ${word})`)
  source.line(`if (${exchanged}.exchanged) { break; }`)
  source.line(`${old} = ${exchanged}.old_value;`)
  source.line('}')
  return source
}

/** Runs `scatter` kernels. */
export const runScatter: Runner<ScatterKernel> = (engine, kernel, given, outputs, scalars) => {
  const count = countOf(given[0])
  const targets = countOf(outputs[0])
  if (count === 0 || targets === 0) return
  const workgroups = Math.ceil(count / LANES)
  // The owners take a slot of their own.
  engine.withFewBuffers(given, outputs, 1, (inputs) => {
    const call: Call = { inputs, outputs, scalars, sizes: [count] }
    const layouts = `${inputs[0].shape.length}:${Operands.key(kernel, call)}`
    const [reads, writes] = [slabsOf(inputs), slabsOf(outputs)]
    if (kernel.combine !== 'assign') {
      const bindings = bind(reads, writes)
      engine.launch(kernel, layouts, bindings, call, workgroups, () =>
        combineProgram(kernel, call, bindings),
      )
      return
    }
    engine.withScratch(targets, (owners) => {
      engine.commands.clear(owners, targets * WORD)
      const claiming = bind([...reads, owners], [...writes, owners])
      engine.launch(kernel, `claim ${layouts}`, claiming, call, workgroups, () =>
        claimProgram(kernel, call, claiming),
      )
      const assigning = bind([...reads, owners], writes)
      engine.launch(kernel, `assign ${layouts}`, assigning, call, workgroups, () =>
        assignProgram(kernel, call, assigning),
      )
    })
  })
}
