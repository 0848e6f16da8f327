/** `torch.optim.lr_scheduler`. */
export { ChainedScheduler, type Scheduler, SequentialLR } from './composed.ts'
export {
  CosineAnnealingWarmRestarts,
  CyclicLR,
  type CyclicOptions,
  OneCycleLR,
  type OneCycleOptions,
  type WarmRestartOptions,
} from './cycles.ts'
export { type PlateauOptions, ReduceLROnPlateau } from './plateau.ts'
export { LRScheduler, type ScheduledOptimizer, type SchedulerOptions } from './scheduler.ts'
export {
  ConstantLR,
  CosineAnnealingLR,
  ExponentialLR,
  LambdaLR,
  LinearLR,
  MultiplicativeLR,
  MultiStepLR,
  PolynomialLR,
  StepLR,
} from './schedules.ts'
