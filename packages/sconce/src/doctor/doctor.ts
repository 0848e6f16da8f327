import {
  type Backend,
  type BackendPlugin,
  type DType,
  type KernelKind,
  registeredBackends,
} from '@sconce/backend'
import { activeDevices } from '@sconce/core'
import { benchmark, fastest, type Timed, type Timings } from './benchmark.ts'
import { environment } from './environment.ts'

/** A backend that runs here, and what it says of itself. */
export interface AvailableBackend {
  readonly name: string
  readonly available: true
  /** What the device is, for people. */
  readonly description: string
  /** An emulated GPU, which is only used when asked for by name. */
  readonly software: boolean
  readonly threads?: number
  /** `SIMD` or `relaxed SIMD`. */
  readonly simd?: string
  readonly gpu?: string
  /** Most elements of a tensor, bytes before spilling, and the device's own limits by name. */
  readonly limits: Readonly<Record<string, number>>
  /** Dtypes that it holds. */
  readonly dtypes: readonly DType[]
  /** Kernel kinds that it does not leave to be lowered. */
  readonly native: readonly KernelKind[]
  readonly readSync: 'free' | 'stall' | 'none'
  /** Deviations of its arithmetic, in a sentence each. */
  readonly notes: readonly string[]
  /** Where it was asked for. */
  readonly timings?: Timings
}

/** A backend that can't run here. */
export interface UnavailableBackend {
  readonly name: string
  readonly available: false
  readonly reason: string
  /** What would mend it. */
  readonly mend: string
}

export type Diagnosis = AvailableBackend | UnavailableBackend

/** What `doctor` finds. */
export interface Findings {
  readonly environment: Readonly<Record<string, string>>
  /** Preferred first. */
  readonly backends: readonly Diagnosis[]
  /** What `init()` without names would pick. */
  readonly preferred: string | undefined
  /** What was fastest here, where backends were timed. Emulated GPUs are left out. */
  readonly recommended?: string
}

/** What `doctor` is to do. */
export interface DoctorOptions {
  /** Time the backends, and recommend one. Default: false. */
  readonly bench?: boolean
  /** Only these backends. Default: all that are registered. */
  readonly only?: readonly string[]
}

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error)

function describe({ info }: Backend, name: string, software: boolean): AvailableBackend {
  const { description, dtypes, native, readSync, hardware = {}, maxLength, budget } = info
  const { limits, ...rest } = hardware
  const held = Object.entries(dtypes).flatMap(([dtype, { storage }]) => (storage ? [dtype] : []))
  return {
    name,
    available: true,
    description,
    software,
    ...rest,
    limits: { maxLength, ...(budget === undefined ? {} : { budget }), ...limits },
    dtypes: held as DType[],
    native,
    readSync,
    notes: info.numerics?.notes ?? [],
  }
}

const broken = (name: string, error: unknown): UnavailableBackend => ({
  name,
  available: false,
  reason: `it does not work: ${messageOf(error)}`,
  mend: 'report it to the author of the backend',
})

async function examine(plugin: BackendPlugin, bench: boolean): Promise<Diagnosis> {
  const { name } = plugin
  let own: Backend | undefined
  try {
    const probe = await plugin.probe()
    if (!probe.available) {
      return { name, available: false, reason: probe.reason, mend: probe.mend }
    }
    const used = activeDevices().find((device) => device.name === name)
    if (!used) own = await plugin.create()
    const backend = used?.backend ?? own
    if (!backend) throw new Error('it makes no device')
    const timings = bench ? { timings: await benchmark(backend) } : {}
    // Afterwards: only then is it known whether the threads came up.
    return { ...describe(backend, name, probe.software ?? false), ...timings }
  } catch (error) {
    return broken(name, error)
  } finally {
    own?.dispose()
  }
}

/**
 * Looks at every registered backend: whether it can run here, if not why not and how to mend it, and what
 * its device is. Leaves devices in use and the default as they are. Works in Node, pages and workers.
 */
export async function doctor({ bench = false, only }: DoctorOptions = {}): Promise<Findings> {
  const backends: Diagnosis[] = []
  for (const plugin of registeredBackends()) {
    if (!only || only.includes(plugin.name)) backends.push(await examine(plugin, bench))
  }
  const usable = backends.filter((found) => found.available && !found.software)
  const timed = usable.flatMap((found): Timed[] =>
    found.available && found.timings ? [{ name: found.name, timings: found.timings }] : [],
  )
  const findings = { environment: environment(), backends, preferred: usable[0]?.name }
  return bench ? { ...findings, recommended: fastest(timed) } : findings
}
