/** `torch.optim.swa_utils`: averages of the weights along a training. */
import { noGrad } from '@sconce/autograd'
import { type Tensor, tensor, untracked } from '@sconce/core'

export { SWALR } from './lr-scheduler/schedules.ts'

/** What is needed of a module. */
export interface Averageable {
  readonly training: boolean
  clone(): this
  // Of what types inputs and output are is the module's business.
  forward(...inputs: never[]): unknown
  readonly call: (...inputs: never[]) => unknown
  modules(): Iterable<object>
  parameters(): Iterable<Tensor>
  buffers(): Iterable<Tensor>
  to(device: string): unknown
  train(mode?: boolean): unknown
  stateDict(): Map<string, Tensor>
  loadStateDict(state: ReadonlyMap<string, Tensor>): unknown
}

/** The next average of a parameter, from the last one, the parameter, and how many were averaged. */
export type AverageFunction = (average: Tensor, parameter: Tensor, count: number) => Tensor

/** The plain average. */
const equally: AverageFunction = (average, parameter, count) =>
  average.add(parameter.sub(average).div(count + 1))

/** An exponential moving average: `decay` of the last one, the rest of the parameter. */
export const getEmaAvgFn =
  (decay = 0.999): AverageFunction =>
  (average, parameter) =>
    average.lerp(parameter, 1 - decay)

/** Options of `AveragedModel`. */
export interface AveragedModelOptions {
  device?: string
  /** Default: the plain average. */
  avgFn?: AverageFunction
  /** Whether buffers are averaged too. */
  useBuffers?: boolean
}

/**
 * A copy of a module whose parameters are averages of those of the module along the training;
 * `swa_utils.AveragedModel`. It is called as the module is; the copy is its `module`.
 */
export class AveragedModel<M extends Averageable> {
  readonly module: M
  /** How many models have been averaged. */
  nAveraged = 0
  readonly avgFn: AverageFunction
  readonly useBuffers: boolean

  constructor(
    model: M,
    options: string | AveragedModelOptions = {},
    more: Omit<AveragedModelOptions, 'device'> = {},
  ) {
    const given = typeof options === 'string' ? { ...more, device: options } : options
    const { device, avgFn = equally, useBuffers = false } = given
    this.module = untracked(() => model.clone())
    if (device !== undefined) this.module.to(device)
    this.avgFn = avgFn
    this.useBuffers = useBuffers
  }

  /** Calls the copy. */
  get call(): M['forward'] {
    // What `call` of a module takes and returns is what its `forward` does.
    return this.module.call.bind(this.module) as M['forward']
  }

  /** The copy, and what is below it. */
  modules(): Iterable<object> {
    return this.module.modules()
  }

  /** The averages. */
  parameters(): Iterable<Tensor> {
    return this.module.parameters()
  }

  buffers(): Iterable<Tensor> {
    return this.module.buffers()
  }

  get training(): boolean {
    return this.module.training
  }

  train(mode = true): this {
    this.module.train(mode)
    return this
  }

  eval(): this {
    return this.train(false)
  }

  /** Takes the parameters of the model into the average. */
  updateParameters(model: M): void {
    const all = (m: M): Tensor[] => [...m.parameters(), ...(this.useBuffers ? m.buffers() : [])]
    const current = all(model)
    noGrad(() => {
      all(this.module).forEach((average, i) => {
        const value = current[i].detach().to(average.device)
        const isFirst = this.nAveraged === 0 || !average.isFloatingPoint()
        average.copy_(isFirst ? value : this.avgFn(average.detach(), value, this.nAveraged))
      })
    })
    this.nAveraged++
  }

  /** The state in PyTorch's layout: that of the module below `module.`, and `n_averaged`. */
  stateDict(): Map<string, Tensor> {
    const state = new Map([['n_averaged', tensor(this.nAveraged, { dtype: 'int32' })]])
    for (const [key, value] of this.module.stateDict()) state.set(`module.${key}`, value)
    return state
  }

  /** Takes over a state of `stateDict`. */
  loadStateDict(state: ReadonlyMap<string, Tensor>): void {
    const below = [...state].flatMap(([key, value]): [string, Tensor][] =>
      key.startsWith('module.') ? [[key.slice('module.'.length), value]] : [],
    )
    this.module.loadStateDict(new Map(below))
    const count = state.get('n_averaged')
    if (count) this.nAveraged = Number(count.item())
  }
}

/** What is needed of a batch norm. */
interface Statistics {
  momentum: number | undefined
  resetRunningStats(): void
}

const isStatistics = (module: object): module is Statistics => 'resetRunningStats' in module

/** A module that is called with one input. */
export interface Normalized {
  readonly training: boolean
  modules(): Iterable<object>
  train(mode?: boolean): unknown
  call(input: Tensor): unknown
}

type Batch = Tensor | readonly [input: Tensor, ...rest: unknown[]]
const isList = (batch: Batch): batch is readonly [Tensor, ...unknown[]] => Array.isArray(batch)

/** Computes the running statistics of all batch norms anew, over a pass of the data; `swa_utils.update_bn`. */
export function updateBn(
  loader: Iterable<Batch>,
  model: Normalized,
  { device }: { device?: string } = {},
): void {
  const norms = [...model.modules()].filter(isStatistics)
  if (norms.length === 0) return
  const momenta = norms.map(({ momentum }) => momentum)
  const { training } = model
  for (const norm of norms) {
    norm.resetRunningStats()
    norm.momentum = undefined
  }
  model.train()
  try {
    noGrad(() => {
      for (const batch of loader) {
        const input = isList(batch) ? batch[0] : batch
        model.call(device === undefined ? input : input.to(device))
      }
    })
  } finally {
    norms.forEach((norm, i) => {
      norm.momentum = momenta[i]
    })
    model.train(training)
  }
}
