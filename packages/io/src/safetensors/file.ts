import { type Tensor, ValueError } from '@sconce/core'
import { type ElementKind, type ReadOptions, tensorOf } from '../elements.ts'
import { type ByteInput, Reader, viewOf } from '../source.ts'
import { FORMAT, type Header, headerLength, parseHeader, type TensorInfo, types } from './header.ts'
import { type Run, runsOf, type SliceItem, sliceOf } from './slice.ts'

/** Runs that are at most this far apart are read together. */
const GAP = 2 ** 16
/** And at most this many bytes at a time. */
const WINDOW = 2 ** 22

/** Neighbouring runs that are read at once. */
interface Group {
  readonly runs: Run[]
  readonly start: number
  end: number
}

function* groups(runs: Iterable<Run>, size: number): Generator<Group> {
  let group: Group | undefined
  for (const run of runs) {
    const end = run.start + run.length
    if (
      group !== undefined &&
      (run.start - group.end) * size <= GAP &&
      (end - group.start) * size <= WINDOW
    ) {
      group.runs.push(run)
      group.end = end
      continue
    }
    if (group !== undefined) yield group
    group = { runs: [run], start: run.start, end }
  }
  if (group !== undefined) yield group
}

/** A safetensors file of which only the header has been read; tensors are read when asked for. */
export class SafetensorsFile {
  /** The strings that were saved beside the tensors. */
  readonly metadata: ReadonlyMap<string, string>
  readonly #reader: Reader
  readonly #tensors: ReadonlyMap<string, TensorInfo>
  readonly #dataStart: number

  /** Used by `openSafetensors`. */
  constructor(reader: Reader, header: Header, dataStart: number) {
    this.#reader = reader
    this.#tensors = header.tensors
    this.metadata = header.metadata
    this.#dataStart = dataStart
  }

  /** Names of the tensors. */
  keys(): string[] {
    return [...this.#tensors.keys()]
  }

  has(name: string): boolean {
    return this.#tensors.has(name)
  }

  /**
   * Type (in the format's words: 'F32'), shape and place of a tensor.
   *
   * @throws ValueError for a name that isn't there.
   */
  info(name: string): TensorInfo {
    const info = this.#tensors.get(name)
    if (!info) throw new ValueError(`File does not contain tensor ${name}`)
    return info
  }

  #kindOf(name: string): ElementKind {
    const { dtype } = this.info(name)
    if (Object.hasOwn(types, dtype)) return types[dtype]
    throw this.#reader.fail(`'${name}' is ${dtype}, which no tensor can be; \`bytes\` reads it raw`)
  }

  /** The bytes of a tensor as they are in the file. */
  async bytes(name: string): Promise<Uint8Array> {
    const { begin, end } = this.info(name)
    return this.#reader.read(this.#dataStart + begin, end - begin, `'${name}'`)
  }

  /**
   * Reads a tensor.
   *
   * @throws FormatError for a type that no tensor can be.
   */
  async get(name: string, options?: ReadOptions): Promise<Tensor> {
    const kind = this.#kindOf(name)
    return tensorOf(kind, await this.bytes(name), this.info(name).shape, options)
  }

  /**
   * Reads part of a tensor, and of the file little more than that: `file.slice('w', [0, '10:20'])`.
   *
   * @throws IndexError for an index out of range.
   */
  async slice(name: string, items: readonly SliceItem[], options?: ReadOptions): Promise<Tensor> {
    const kind = this.#kindOf(name)
    const { shape, begin } = this.info(name)
    const slice = sliceOf(shape, items)
    const { size } = kind
    const out = new Uint8Array(slice.size.reduce((a, b) => a * b, 1) * size)
    let written = 0
    for (const group of groups(runsOf(shape, slice), size)) {
      const from = this.#dataStart + begin + group.start * size
      const bytes = await this.#reader.read(from, (group.end - group.start) * size, `'${name}'`)
      for (const { start, length } of group.runs) {
        const at = (start - group.start) * size
        out.set(bytes.subarray(at, at + length * size), written)
        written += length * size
      }
    }
    return tensorOf(kind, out, slice.shape, options)
  }

  /** Reads all tensors; one after the other, so that only one is in host memory besides. */
  async load(options?: ReadOptions): Promise<Map<string, Tensor>> {
    const state = new Map<string, Tensor>()
    for (const name of this.keys()) state.set(name, await this.get(name, options))
    return state
  }
}

/**
 * Opens a safetensors file: reads and checks its header; `safetensors.safe_open`.
 *
 * @throws FormatError for whatever is wrong with the file.
 */
export async function openSafetensors(input: ByteInput): Promise<SafetensorsFile> {
  const reader = new Reader(input, FORMAT)
  const length = headerLength(viewOf(await reader.read(0, 8, 'the header’s length')), reader.size)
  const header = parseHeader(await reader.read(8, length, 'the header'), reader.size - 8 - length)
  return new SafetensorsFile(reader, header, 8 + length)
}

/** All tensors of a safetensors file; `safetensors.torch.load`. See `openSafetensors`. */
export const readSafetensors = async (
  input: ByteInput,
  options?: ReadOptions,
): Promise<Map<string, Tensor>> => (await openSafetensors(input)).load(options)
