// Every export has one signature, so that one thread pool runs them all:
//   kernel(args: pointer to the kernel's argument block, begin, end: range of work, scratch: pointer)
// The host hands disjoint ranges to threads; each thread brings a scratch area of its own.
export { matmul_f32, matmul_f64 } from './matmul'
export { convolve_f32, convolve_f64, convolve_weight_f32, convolve_weight_f64 } from './conv'
export {
  convolve_direct_f32,
  convolve_direct_f64,
  convolve_direct_weight_f32,
  convolve_direct_weight_f64,
} from './conv-direct'
export { pad_planes_f32, pad_planes_f64 } from './pad'
export { copy_strided } from './copy'
export {
  log_softmax_backward_f32,
  log_softmax_backward_f64,
  log_softmax_f32,
  log_softmax_f64,
  softmax_backward_f32,
  softmax_backward_f64,
  softmax_f32,
  softmax_f64,
} from './rows/softmax'
