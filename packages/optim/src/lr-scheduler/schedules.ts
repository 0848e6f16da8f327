/** Schedules: one row each. Rates follow from those of the epoch before, so that schedulers can be chained. */
import { ValueError } from '@sconce/core'
import { schedule } from './schedule.ts'
import { forGroups } from './scheduler.ts'

/** A factor by epoch: one for all groups, or one for each. */
type Factors = ((epoch: number) => number) | ((epoch: number) => number)[]

interface LambdaOptions {
  lrLambda: Factors
}

const factorAt = (factors: Factors, i: number, epoch: number): number =>
  (Array.isArray(factors) ? factors[i] : factors)(epoch)

/** Makes a list of one for all. @throws ValueError for a list of another length than that of the groups. */
function completeFactors(
  options: LambdaOptions,
  { paramGroups }: { paramGroups: readonly object[] },
): void {
  const { lrLambda } = options
  if (!Array.isArray(lrLambda)) options.lrLambda = paramGroups.map(() => lrLambda)
  else if (lrLambda.length !== paramGroups.length)
    throw new ValueError(`Expected ${paramGroups.length} lr_lambdas, but got ${lrLambda.length}`)
}

/** The initial rate times a function of the epoch; `LambdaLR`. */
export class LambdaLR extends schedule<LambdaOptions>({
  options: { lrLambda: undefined },
  check: completeFactors,
  rate: ({ lrLambda }, { epoch }, _, base, i) => base * factorAt(lrLambda, i, epoch),
}) {}

/** The rate times a function of the epoch; `MultiplicativeLR`. */
export class MultiplicativeLR extends schedule<LambdaOptions>({
  options: { lrLambda: undefined },
  check: completeFactors,
  rate: ({ lrLambda }, { epoch }, { lr }, _, i) =>
    epoch > 0 ? lr * factorAt(lrLambda, i, epoch) : lr,
}) {}

/** Times `gamma` every `stepSize` epochs; `StepLR`. */
export class StepLR extends schedule<{ stepSize: number; gamma: number }>({
  options: { stepSize: undefined, gamma: 0.1 },
  rate: ({ stepSize, gamma }, { epoch }, { lr }) =>
    epoch === 0 || epoch % stepSize !== 0 ? lr : lr * gamma,
  closedForm: ({ stepSize, gamma }, epoch, base) => base * gamma ** Math.floor(epoch / stepSize),
}) {}

/** Times `gamma` at each milestone; `MultiStepLR`. */
export class MultiStepLR extends schedule<{ milestones: readonly number[]; gamma: number }>({
  options: { milestones: undefined, gamma: 0.1 },
  rate: ({ milestones, gamma }, { epoch }, { lr }) =>
    lr * gamma ** milestones.filter((m) => m === epoch).length,
  closedForm: ({ milestones, gamma }, epoch, base) =>
    base * gamma ** milestones.filter((m) => m <= epoch).length,
}) {
  /** PyTorch's states count how often each milestone is there. */
  override loadStateDict(state: object): void {
    const given: unknown = Reflect.get(state, 'milestones')
    const isCount = typeof given === 'object' && given !== null && !Array.isArray(given)
    if (!isCount) {
      super.loadStateDict(state)
      return
    }
    const counts: Iterable<[unknown, unknown]> =
      given instanceof Map ? given : Object.entries(given)
    const milestones = Array.from(counts, ([epoch, n]) =>
      Array<number>(Number(n)).fill(Number(epoch)),
    ).flat()
    super.loadStateDict({ ...state, milestones: milestones.sort((a, b) => a - b) })
  }
}

/** Smaller by a factor for the first epochs; `ConstantLR`. */
export class ConstantLR extends schedule<{ factor: number; totalIters: number }>({
  options: { factor: 1 / 3, totalIters: 5 },
  check({ factor }) {
    if (factor > 1 || factor < 0)
      throw new ValueError('Constant multiplicative factor expected to be between 0 and 1.')
  },
  rate({ factor, totalIters }, { epoch }, { lr }) {
    if (epoch === 0) return lr * factor
    return epoch === totalIters ? lr * (1 / factor) : lr
  },
  closedForm: ({ factor, totalIters }, epoch, base) =>
    base * (factor + (epoch >= totalIters ? 1 - factor : 0)),
}) {}

/** From one factor to another in the first epochs; `LinearLR`. */
export class LinearLR extends schedule<{
  startFactor: number
  endFactor: number
  totalIters: number
}>({
  options: { startFactor: 1 / 3, endFactor: 1, totalIters: 5 },
  check({ startFactor, endFactor }) {
    if (startFactor > 1 || startFactor < 0)
      throw new ValueError('Starting multiplicative factor expected to be between 0 and 1.')
    if (endFactor > 1 || endFactor < 0)
      throw new ValueError('Ending multiplicative factor expected to be between 0 and 1.')
  },
  rate({ startFactor, endFactor, totalIters }, { epoch }, { lr }) {
    if (epoch === 0) return lr * startFactor
    if (epoch > totalIters) return lr
    const rise = endFactor - startFactor
    return lr * (1 + rise / (totalIters * startFactor + (epoch - 1) * rise))
  },
  closedForm: ({ startFactor, endFactor, totalIters }, epoch, base) =>
    base * (startFactor + ((endFactor - startFactor) * Math.min(totalIters, epoch)) / totalIters),
}) {}

/** Times `gamma` every epoch; `ExponentialLR`. */
export class ExponentialLR extends schedule<{ gamma: number }>({
  options: { gamma: undefined },
  rate: ({ gamma }, { epoch }, { lr }) => (epoch === 0 ? lr : lr * gamma),
  closedForm: ({ gamma }, epoch, base) => base * gamma ** epoch,
}) {}

/** To zero along a power; `PolynomialLR`. */
export class PolynomialLR extends schedule<{ totalIters: number; power: number }>({
  options: { totalIters: 5, power: 1 },
  rate({ totalIters, power }, { epoch }, { lr }) {
    if (epoch === 0 || epoch > totalIters) return lr
    return lr * ((1 - epoch / totalIters) / (1 - (epoch - 1) / totalIters)) ** power
  },
  closedForm: ({ totalIters, power }, epoch, base) =>
    base * (1 - Math.min(totalIters, epoch) / totalIters) ** power,
}) {}

const cosine = (x: number): number => 1 + Math.cos(Math.PI * x)

/** Half a cosine down to `etaMin` in `TMax` epochs, and up again; Loshchilov & Hutter (2017); `CosineAnnealingLR`. */
export class CosineAnnealingLR extends schedule<{ TMax: number; etaMin: number }>({
  options: { TMax: undefined, etaMin: 0 },
  rate({ TMax, etaMin }, { epoch, stepCount }, { lr }, base) {
    if (epoch === 0) return lr
    if (stepCount === 1 && epoch > 0)
      return etaMin + ((base - etaMin) * (1 + Math.cos((epoch * Math.PI) / TMax))) / 2
    if ((epoch - 1 - TMax) % (2 * TMax) === 0)
      return lr + ((base - etaMin) * (1 - Math.cos(Math.PI / TMax))) / 2
    const ratio =
      (1 + Math.cos((Math.PI * epoch) / TMax)) / (1 + Math.cos((Math.PI * (epoch - 1)) / TMax))
    return ratio * (lr - etaMin) + etaMin
  },
  closedForm: ({ TMax, etaMin }, epoch, base) =>
    etaMin + ((base - etaMin) * cosine(epoch / TMax)) / 2,
}) {}

interface SwaOptions {
  swaLr: number | number[]
  annealEpochs: number
  annealStrategy: string
}

const anneals: Readonly<Record<string, (t: number) => number>> = {
  cos: (t) => (1 - Math.cos(Math.PI * t)) / 2,
  linear: (t) => t,
}

/** Anneals to a fixed rate for weight averaging; Izmailov et al. (2018); `swa_utils.SWALR`. */
export class SWALR extends schedule<SwaOptions>({
  options: { swaLr: undefined, annealEpochs: 10, annealStrategy: 'cos' },
  check({ swaLr, annealEpochs, annealStrategy }, optimizer) {
    if (Array.isArray(swaLr) && swaLr.length !== optimizer.paramGroups.length) {
      throw new ValueError(
        `swa_lr must have the same length as optimizer.param_groups: swa_lr has ${swaLr.length}, optimizer.param_groups has ${optimizer.paramGroups.length}`,
      )
    }
    if (!Object.hasOwn(anneals, annealStrategy)) {
      throw new ValueError(
        `anneal_strategy must by one of 'cos' or 'linear', instead got ${annealStrategy}`,
      )
    }
    if (!Number.isInteger(annealEpochs) || annealEpochs < 0)
      throw new ValueError(`anneal_epochs must be equal or greater than 0, got ${annealEpochs}`)
    const rates = forGroups('swa_lr', optimizer, swaLr)
    optimizer.paramGroups.forEach((group, i) => {
      group.swaLr = rates[i]
    })
  },
  rate({ annealEpochs, annealStrategy }, { stepCount }, { lr, swaLr = lr }) {
    const anneal = anneals[annealStrategy]
    const step = annealEpochs === 0 ? Math.max(1, stepCount - 1) : stepCount - 1
    const at = (n: number) => anneal(Math.max(0, Math.min(1, n / Math.max(1, annealEpochs))))
    const before = at(step - 1)
    const initial = before === 1 ? swaLr : (lr - before * swaLr) / (1 - before)
    const now = at(step)
    return swaLr * now + initial * (1 - now)
  },
}) {}
