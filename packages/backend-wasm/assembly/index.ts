// Every export has one signature, so that one thread pool runs them all:
//   kernel(args: pointer to the kernel's argument block, begin, end: range of work, scratch: pointer)
// The host hands disjoint ranges to threads; each thread brings a scratch area of its own.
export * from './conv'
export * from './conv-direct'
export * from './copy'
export * from './matmul'
export * from './pad'
export * from './reduce/positions'
export * from './rows/normalize'
export * from './rows/scan'
export * from './rows/softmax'
export * from './rows/attention'
export * from './sort/sort'
