export { type Collated, defaultCollate, defaultConvert } from './collate.ts'
export {
  type AnyDataset,
  type Dataset,
  type IterableDataset,
  isIterableDataset,
} from './dataset.ts'
export {
  ChainDataset,
  ConcatDataset,
  StackDataset,
  Subset,
  TensorDataset,
} from './datasets.ts'
export { DistributedSampler, type DistributedSamplerOptions } from './distributed-sampler.ts'
export { DataLoader } from './loader.ts'
export type { DataLoaderOptions } from './loader-options.ts'
export { randomSplit } from './random-split.ts'
export {
  BatchSampler,
  RandomSampler,
  type RandomSamplerOptions,
  type Sampler,
  SequentialSampler,
  SubsetRandomSampler,
  WeightedRandomSampler,
} from './samplers.ts'
export { getWorkerInfo, type WorkerInfo } from './workers/info.ts'
export type { WorkerPort, Workers } from './workers/port.ts'
export { serveDataset, webWorkers } from './workers/web.ts'
