import { dtypes, elementCount, type Operand } from '@sconce/backend'
import { Arrangement } from './arrangement.ts'
import { step } from './emit/access.ts'
import type { ArgumentLayout, OperandWords } from './emit/arguments.ts'
import type { Launcher } from './launcher.ts'
import type { Heap, WasmBuffer } from './memory/heap.ts'
import { type Operands, operandsOf } from './operands.ts'
import { classOf, compile, type Emitted, type Program, type Target } from './program.ts'
import { type ProgramCache, ProgramTable } from './programs.ts'
import { copy } from './static/copy.ts'
import type { StaticHost } from './static-host.ts'

/** What prepared kernels need of the backend. */
export interface Runtime {
  readonly heap: Heap
  readonly target: Target
  readonly cache: ProgramCache
  /** Byte address of the argument block. */
  readonly args: number
  /** Bytes of the argument block. */
  readonly argsLength: number
  readonly launcher: Launcher
  readonly host: StaticHost
  /** Runs another kernel. */
  readonly run: (
    kernel: Emitted,
    inputs: readonly Operand[],
    outputs: readonly Operand[],
    scalars: ArrayLike<number>,
  ) => void
}

const addressOf = (o: Operand): number =>
  (o.buffer as WasmBuffer).address + o.offset * dtypes[o.dtype].size

/** The loop that threads should share: the outermost one that is long enough, else the longest. */
function splitLoop(sizes: readonly number[], loops: number): number {
  let longest = 0
  for (let loop = 0; loop < loops; loop++) {
    if (sizes[loop] >= 64) return loop
    if (sizes[loop] > sizes[longest]) longest = loop
  }
  return longest
}

/** Strides without gaps, with the dims in the order in which an operand has them in memory. */
function stridesLike({ shape, strides }: Operand): number[] {
  const order = [...shape.keys()].sort((a, b) => Math.abs(strides[a]) - Math.abs(strides[b]))
  const result = new Array<number>(shape.length)
  let stride = 1
  for (const d of order) {
    result[d] = stride
    stride *= shape[d]
  }
  return result
}

/** Elements from which on it pays to copy what lies across the loops. */
const manyElements = 4096

/** Finds, or compiles, the program of a call's layouts, and writes its arguments. */
export class KernelRunner {
  readonly #kernel: Emitted
  readonly #runtime: Runtime
  readonly #operands: Operands
  readonly #arrangement: Arrangement
  readonly #table = new ProgramTable()
  readonly #spanning: Operand[] = []
  readonly #units: number[] = []

  /** Whether the kernel moves elements as they are. */
  readonly #isCopy: boolean

  constructor(kernel: Emitted, runtime: Runtime) {
    this.#kernel = kernel
    this.#runtime = runtime
    this.#operands = operandsOf(kernel)
    this.#isCopy =
      kernel.kind === 'map' && kernel.values.length === 1 && kernel.values[0].op === 'input'
    const ordered =
      kernel.kind === 'reduce' && kernel.reductions.some((r) => r.op.startsWith('arg'))
    this.#arrangement = new Arrangement(this.#operands.spans.length, {
      kept: kernel.kind !== 'scatter',
      reduced: !ordered,
      merge: !kernel.positional,
    })
  }

  /** Everything contiguous: no loops to arrange. */
  runFlat(
    inputs: readonly Operand[],
    outputs: readonly Operand[],
    scalars: ArrayLike<number>,
    count: number,
  ): void {
    const { heap, cache, args } = this.#runtime
    const table = this.#table
    table.tick = ++cache.tick
    const program = table.flat ?? this.flat()
    const { words } = heap
    const { spans } = program.layout
    const base = args >> 2
    for (let k = 0; k < inputs.length; k++)
      words[base + (spans[k].pointer >> 2)] = addressOf(inputs[k])
    for (let k = 0; k < outputs.length; k++) {
      words[base + (spans[inputs.length + k].pointer >> 2)] = addressOf(outputs[k])
    }
    this.#writeScalars(program.layout, scalars)
    this.#runtime.launcher.program(program, count, 1, true)
  }

  /** The program for contiguous operands, compiled if need be. */
  flat(): Program {
    if (this.#table.flat) return this.#table.flat
    const steps = this.#operands.spans.map(() => step.dense)
    const layouts = { loops: 1, steps, kept: 1, columns: false, loopOf: [0], unit: [] }
    const program = compile(this.#kernel, this.#operands, layouts, this.#runtime.target)
    this.#table.flat = program
    this.#added(program)
    return program
  }

  #added({ layout }: Program): void {
    if (layout.length > this.#runtime.argsLength) {
      throw new RangeError(
        `wasm: a kernel with ${this.#operands.spans.length} operands has more arguments than there is room for`,
      )
    }
    this.#runtime.cache.added(this.#table)
  }

  #writeScalars(layout: ArgumentLayout, scalars: ArrayLike<number>): void {
    const { heap, args } = this.#runtime
    const first = (args + layout.scalars) >> 3
    for (let i = 0; i < this.#kernel.scalars; i++) heap.doubles[first + i] = scalars[i]
  }

  /** Any layouts over `shape`, of which the last `reduced` dims are collapsed. */
  run(
    inputs: readonly Operand[],
    outputs: readonly Operand[],
    scalars: ArrayLike<number>,
    shape: readonly number[],
    reduced: number,
    untangled = false,
  ): void {
    const runtime = this.#runtime
    const { kind } = this.#kernel
    this.#table.tick = ++runtime.cache.tick
    const spanning = this.#spanning
    const { spans } = this.#operands
    for (let k = 0; k < spans.length; k++) {
      const i = spans[k]
      spanning[k] = i < inputs.length ? inputs[i] : outputs[i - inputs.length]
    }
    const loops = this.#arrangement
    loops.arrange(spanning, shape, reduced)
    if (kind === 'map' && !untangled && this.#untangle(inputs, outputs, scalars, shape)) return
    if (kind === 'reduce') this.#arrangeReduction(spans.length - outputs.length)
    if (loops.loops === 0) loops.addLoop()
    this.#findUnits(inputs, outputs)
    const program = this.#program(shape.length)
    const split = kind === 'reduce' && loops.kept === 0 ? 0 : this.#splitLoop()
    this.#write(program.layout, spanning, inputs, outputs, split)
    this.#writeScalars(program.layout, scalars)
    let work = 1
    for (let loop = 0; loop < loops.loops; loop++) if (loop !== split) work *= loops.sizes[loop]
    const divisible = kind === 'map' || (kind === 'reduce' && loops.kept > 0)
    runtime.launcher.program(program, loops.sizes[split], work, divisible)
  }

  /**
   * Copies large inputs that lie across the loops (as a transposed matrix does) to where they lie along
   * them, and runs the kernel on the copies. False if there are none.
   */
  #untangle(
    inputs: readonly Operand[],
    outputs: readonly Operand[],
    scalars: ArrayLike<number>,
    shape: readonly number[],
  ): boolean {
    const loops = this.#arrangement
    const { span } = this.#operands
    if (loops.loops < 2 || elementCount(shape) < manyElements) return false
    const tangled = inputs.map((_, i) => span[i] >= 0 && loops.liesAcross(span[i]))
    if (!tangled.includes(true)) return false
    const { host } = this.#runtime
    const strides = stridesLike(outputs[0])
    host.lend(() => {
      if (this.#isCopy) {
        copy(host, inputs[0], outputs[0])
        return
      }
      const untangled = inputs.map((o, i) => {
        if (!tangled[i]) return o
        const made = { ...host.temporary(o.dtype, shape), strides }
        copy(host, o, made)
        return made
      })
      this.run(untangled, outputs, scalars, shape, 0, true)
    })
    return true
  }

  #arrangeReduction(inputs: number): void {
    const loops = this.#arrangement
    loops.chooseColumns(inputs)
    if (!loops.columns && loops.kept === loops.loops) loops.addLoop()
  }

  /** The loop that threads share; one over a kept dim. */
  #splitLoop(): number {
    const { sizes, kept, columns, loops } = this.#arrangement
    if (!columns) return splitLoop(sizes, this.#kernel.kind === 'reduce' ? kept : loops)
    const outer = splitLoop(sizes, kept - 1)
    return kept > 1 && sizes[outer] >= sizes[loops - 1] / 4 ? outer : loops - 1
  }

  /** Of the operands with dims of their own: which dim has the stride 1. */
  #findUnits(inputs: readonly Operand[], outputs: readonly Operand[]): void {
    const { own } = this.#operands
    for (let i = 0; i < inputs.length; i++) {
      if (own[i] >= 0) this.#units[own[i]] = inputs[i].strides.lastIndexOf(1)
    }
    if (this.#kernel.kind === 'scatter') {
      this.#units[this.#operands.ranks.length - 1] = outputs[0].strides.lastIndexOf(1)
    }
  }

  #program(rank: number): Program {
    const loops = this.#arrangement
    let key = loops.loops * 2 + (loops.columns ? 1 : 0)
    key = key * 16 + loops.kept
    for (let k = 0; k < this.#operands.spans.length; k++) key = key * 3 + loops.stepOf(k)
    if (this.#kernel.positional) {
      for (let loop = 0; loop < loops.loops; loop++) key = key * 17 + loops.dims[loop] + 1
      for (let k = 0; k < this.#units.length; k++) key = key * 17 + this.#units[k] + 1
    }
    const found: number | string =
      key < Number.MAX_SAFE_INTEGER && loops.loops < 16 ? key : this.#longKey()
    let program = this.#table.others.get(found)
    if (!program) {
      const layouts = classOf(loops, this.#operands, rank, this.#units)
      program = compile(this.#kernel, this.#operands, layouts, this.#runtime.target)
      this.#table.others.set(found, program)
      this.#added(program)
    }
    return program
  }

  #longKey(): string {
    const loops = this.#arrangement
    const steps = this.#operands.spans.map((_, k) => loops.stepOf(k))
    return `${loops.kept},${loops.columns}:${loops.dims.slice(0, loops.loops)}:${steps}:${this.#units}`
  }

  #write(
    layout: ArgumentLayout,
    spanning: readonly Operand[],
    inputs: readonly Operand[],
    outputs: readonly Operand[],
    split: number,
  ): void {
    const { heap, args } = this.#runtime
    const { words } = heap
    const base = args >> 2
    const { sizes, strides, loops } = this.#arrangement
    words[base + (layout.splitLoop >> 2)] = split
    for (let loop = 0; loop < loops; loop++) words[base + (layout.sizes[loop] >> 2)] = sizes[loop]
    for (let k = 0; k < spanning.length; k++) {
      const at = layout.spans[k]
      const size = this.#operands.sizes[k]
      words[base + (at.pointer >> 2)] = addressOf(spanning[k])
      words[base + (at.split >> 2)] = strides[k][split] * size
      for (let loop = 0; loop < loops; loop++) {
        words[base + (at.strides[loop] >> 2)] = strides[k][loop] * size
      }
    }
    const { own } = this.#operands
    for (let i = 0; i < inputs.length; i++) {
      if (own[i] >= 0) writeOwn(words, base, layout.own[own[i]], inputs[i])
    }
    if (this.#kernel.kind === 'scatter') {
      writeOwn(words, base, layout.own[layout.own.length - 1], outputs[0])
    }
  }
}

/** The words of an operand with dims of its own. */
function writeOwn(words: Int32Array, base: number, at: OperandWords, o: Operand): void {
  const { size } = dtypes[o.dtype]
  words[base + (at.pointer >> 2)] = addressOf(o)
  for (let d = 0; d < at.strides.length; d++) {
    words[base + (at.strides[d] >> 2)] = o.strides[d] * size
    words[base + (at.sizes[d] >> 2)] = o.shape[d]
  }
}
