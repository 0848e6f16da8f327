import {
  type Backend,
  type BackendInfo,
  BackendUnavailable,
  type Buffer,
  type DType,
  dtypes,
  type Kernel,
  type Operand,
  optionalKinds,
  requiredKinds,
  type TypedArray,
  UnsupportedKernel,
} from '@sconce/backend'
import { closures } from './closures/engine.ts'
import { canGenerate, codegen } from './codegen/engine.ts'
import type { Engine, Program } from './engine.ts'
import { CpuBuffer, copyInto, dataOf, Pool } from './memory.ts'
import { isNative, prepare } from './prepare.ts'
import { ProgramCache } from './programs.ts'
import { floatUnary, isExact } from './scalar/float.ts'

/** Options of `createCpuBackend`. */
export interface CpuBackendOptions {
  /** The device's name. Default: `cpu`. */
  readonly name?: string
  /**
   * `codegen` compiles kernels to JS, `closures` interprets them, for pages whose
   * Content-Security-Policy forbids generated code. Default: `codegen` where it is allowed.
   */
  readonly engine?: 'codegen' | 'closures'
  /** Bytes of freed memory that are kept to be used again. Default: 64 MiB. */
  readonly poolSize?: number
  /** Compiled programs that are kept. Default: 4096. */
  readonly programs?: number
}

function chooseEngine(wanted: CpuBackendOptions['engine']): Engine {
  const allowed = wanted !== 'closures' && canGenerate()
  if (wanted === 'codegen' && !allowed) {
    throw new BackendUnavailable(
      "cpu: generated code is forbidden here. Use the engine 'closures', or allow 'unsafe-eval' " +
        'in the script-src of the Content-Security-Policy.',
    )
  }
  return allowed ? codegen : closures
}

/** Float32 functions are computed in double and rounded, which is off by one ULP at most. */
const ulp = Object.fromEntries(
  Object.keys({ ...floatUnary, pow: 1, atan2: 1 })
    .filter((op) => !isExact(op) && op !== 'sqrt')
    .map((op) => [op, 1]),
)

/** The reference backend: runs everywhere, in portable JavaScript. */
export class CpuBackend implements Backend {
  readonly name: string
  readonly info: BackendInfo
  readonly #engine: Engine
  readonly #pool: Pool
  readonly #cache: ProgramCache
  /** By kernel id. */
  #programs: (Program | undefined)[] = []

  constructor(options: CpuBackendOptions = {}) {
    this.name = options.name ?? 'cpu'
    this.#engine = chooseEngine(options.engine)
    this.#pool = new Pool(options.poolSize ?? 1 << 26)
    this.#cache = new ProgramCache(options.programs ?? 4096)
    const support = { storage: true, arithmetic: true }
    this.info = {
      dtypes: Object.fromEntries(Object.keys(dtypes).map((dtype) => [dtype, support])),
      native: [...requiredKinds, ...optionalKinds],
      maxLength: 2 ** 31 - 1,
      description: `JavaScript (${this.#engine.name})`,
      readSync: 'free',
      collected: true,
      numerics: { subnormals: true, specials: true, ulp },
    }
  }

  /** Programs compiled so far and kept: constant once every kernel has met its layouts. */
  get compiled(): number {
    return this.#cache.size
  }

  usage(): { readonly pooled: number } {
    return { pooled: this.#pool.bytes }
  }

  supports(kernel: Kernel): boolean {
    return isNative(kernel)
  }

  allocate(dtype: DType, length: number): Buffer {
    return this.#pool.allocate(dtype, length)
  }

  free(buffer: Buffer): void {
    if (buffer instanceof CpuBuffer) this.#pool.free(buffer)
  }

  write(buffer: Buffer, data: TypedArray, offset = 0): void {
    copyInto(dataOf(buffer), data, offset)
  }

  readSync(buffer: Buffer, offset: number, length: number): TypedArray {
    return dataOf(buffer).slice(offset, offset + length)
  }

  async read(buffer: Buffer, offset: number, length: number): Promise<TypedArray> {
    return this.readSync(buffer, offset, length)
  }

  run(
    kernel: Kernel,
    inputs: readonly Operand[],
    outputs: readonly Operand[],
    scalars: ArrayLike<number>,
  ): void {
    const program = this.#programs[kernel.id] ?? this.#prepare(kernel)
    program(inputs, outputs, scalars)
  }

  #prepare(kernel: Kernel): Program {
    if (!this.supports(kernel)) {
      throw new UnsupportedKernel(`${this.name}: ${kernel.kind} kernels run as their lowering`)
    }
    const program = prepare(kernel, this.#engine, this.#cache, this.#pool)
    this.#programs[kernel.id] = program
    return program
  }

  async synchronize(): Promise<void> {}

  dispose(): void {
    this.#pool.clear()
    this.#programs = []
  }
}
