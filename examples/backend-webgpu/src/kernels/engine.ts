/// <reference types="@webgpu/types" />
import { type Buffer, elementCount, type Kernel, LruCache, type Operand } from '@sconce/backend'
import type { Commands } from '../device/commands.ts'
import { type Slab, type Slabs, WORD } from '../device/slabs.ts'
import { GpuBuffer, slabOf } from '../device/storage.ts'
import type { Bindings } from '../wgsl/layouts.ts'
import type { Call, Parameter, Source } from '../wgsl/source.ts'

/** A compiled program, with what it wants to know of a call. */
export interface Program {
  readonly pipeline: GPUComputePipeline
  readonly storageLayout: GPUBindGroupLayout
  readonly parameters: readonly Parameter[]
}

/** Programs that are kept: some of the kit's kernels come by the thousand, those of a model by the hundred. */
const KEPT_PROGRAMS = 512
const KEPT_GROUPS = 1024

/** What the kinds of kernels run on: programs by key, scratch memory, launching. */
export class Engine {
  readonly device: GPUDevice
  readonly commands: Commands
  readonly #slabs: Slabs
  readonly #programs = new LruCache<string, Program>(KEPT_PROGRAMS)
  readonly #groups = new LruCache<string, GPUBindGroup>(KEPT_GROUPS)
  readonly #layouts = new Map<string, GPUBindGroupLayout>()
  #words = new Int32Array(64)

  constructor(device: GPUDevice, commands: Commands, slabs: Slabs) {
    this.device = device
    this.commands = commands
    this.#slabs = slabs
  }

  /** Storage buffers that one program may be bound to. */
  get maxSlots(): number {
    return this.device.limits.maxStorageBuffersPerShaderStage
  }

  /**
   * Runs a program over a number of workgroups.
   * @param key tells programs of a kernel apart, beside the bindings
   * @param write the program's text, asked for if it is not known
   */
  launch(
    kernel: Kernel,
    key: string,
    bindings: Bindings,
    call: Call,
    workgroups: number,
    write: () => Source,
  ): void {
    const fullKey = `${kernel.id}|${key}|${bindings.key}`
    let program = this.#programs.get(fullKey)
    if (!program) {
      program = this.#compile(write())
      this.#programs.set(fullKey, program)
    }
    const { parameters } = program
    if (this.#words.length < parameters.length) this.#words = new Int32Array(parameters.length * 2)
    for (let i = 0; i < parameters.length; i++) this.#words[i] = parameters[i](call)
    this.commands.dispatch(
      program.pipeline,
      this.#group(program.storageLayout, bindings.slabs),
      bindings.slabs,
      this.#words.subarray(0, parameters.length),
      workgroups,
    )
  }

  /** Memory for the time of a launch or two: it is free again as soon as `use` returns, for later work. */
  withScratch(words: number, use: (scratch: Slab) => void): void {
    const slab = this.#slabs.take(words)
    try {
      use(slab)
    } finally {
      this.#slabs.give(slab)
    }
  }

  /**
   * Calls `use` with the inputs in as few buffers as programs may be bound to: those for which there is no
   * slot are copied, one after the other, into one.
   * @param further slots that the program needs beside those of its operands
   */
  withFewBuffers(
    inputs: readonly Operand[],
    outputs: readonly Operand[],
    further: number,
    use: (inputs: readonly Operand[]) => void,
  ): void {
    const written = new Set(outputs.map(({ buffer }) => buffer))
    const readOnly = [...new Set(inputs.map(({ buffer }) => buffer))].filter((b) => !written.has(b))
    const room = this.maxSlots - written.size - further
    if (readOnly.length <= room) {
      use(inputs)
      return
    }
    const packed = readOnly.slice(room - 1)
    const words = packed.reduce((sum, { length }) => sum + length, 0)
    this.withScratch(words, (scratch) => {
      const starts = new Map<Buffer, number>()
      let end = 0
      for (const buffer of packed) {
        starts.set(buffer, end)
        this.commands.copy(slabOf(buffer), 0, scratch.gpu, end * WORD, buffer.length * WORD)
        end += buffer.length
      }
      scratch.batch = this.commands.batch
      const pack = (o: Operand): Operand => {
        const start = starts.get(o.buffer)
        if (start === undefined) return o
        return { ...o, buffer: new GpuBuffer(o.dtype, words, scratch), offset: o.offset + start }
      }
      use(inputs.map(pack))
    })
  }

  #compile(source: Source): Program {
    const { device } = this
    const code = source.toString()
    const storageLayout = this.#layout(source.slots.map(({ written }) => written))
    const pipeline = device.createComputePipeline({
      layout: device.createPipelineLayout({
        bindGroupLayouts: [this.commands.parameterLayout, storageLayout],
      }),
      compute: { module: device.createShaderModule({ code }), entryPoint: 'main' },
    })
    return { pipeline, storageLayout, parameters: [...source.parameters] }
  }

  #layout(written: readonly boolean[]): GPUBindGroupLayout {
    const key = written.map(Number).join('')
    let layout = this.#layouts.get(key)
    if (!layout) {
      layout = this.device.createBindGroupLayout({
        label: key,
        entries: written.map((isWritten, binding) => ({
          binding,
          visibility: GPUShaderStage.COMPUTE,
          buffer: { type: isWritten ? 'storage' : 'read-only-storage' },
        })),
      })
      this.#layouts.set(key, layout)
    }
    return layout
  }

  #group(layout: GPUBindGroupLayout, slabs: readonly Slab[]): GPUBindGroup {
    let key = layout.label
    for (const { id } of slabs) key += `,${id}`
    let group = this.#groups.get(key)
    if (!group) {
      const entries = slabs.map(({ gpu }, binding) => ({ binding, resource: { buffer: gpu } }))
      group = this.device.createBindGroup({ layout, entries })
      this.#groups.set(key, group)
    }
    return group
  }
}

/** What a kernel does on a call. */
export type Runner<K extends Kernel> = (
  engine: Engine,
  kernel: K,
  inputs: readonly Operand[],
  outputs: readonly Operand[],
  scalars: ArrayLike<number>,
) => void

/** The element count of an operand's shape. */
export const countOf = ({ shape }: Operand): number => elementCount(shape)
