import { getDefaultDevice, getDevice } from 'sconce'

/** The most exact floats that the default device holds: GPUs have none of 64 bits. */
export const widestFloat = (): 'float64' | 'float32' =>
  getDevice(getDefaultDevice()).backend.info.dtypes.float64?.storage ? 'float64' : 'float32'
