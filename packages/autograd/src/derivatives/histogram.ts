import type { histogramSchemas } from '@sconce/core'
import { underived } from '../record/not-implemented.ts'
import { defineNotImplemented } from './row.ts'

defineNotImplemented<typeof histogramSchemas>({
  'histogram.bin_ct': underived('histogram'),
  'histogram.bins_tensor': underived('histogram'),
  histogramdd: underived('_histogramdd_from_bin_cts'),
  'histogramdd.TensorList_bins': underived('_histogramdd_from_bin_tensors'),
})
