import './ops/install.ts'
import { fftSchemas } from './ops/fft.ts'
import { functionsOf } from './table.ts'

/** `torch.fft`: the functions that real tensors can have. */
export const fft = functionsOf(fftSchemas, 'fft')
