import type { Device } from './device.ts'
import type { Tensor } from './tensor.ts'

/**
 * Keeps copies of tensors on the host, from which they come back by themselves after the device was lost
 * (a browser may take a WebGL context away at any time): as of the last `synchronize()` of the device,
 * which brings all copies to the same moment – a checkpoint of a training run. Resolves when the copies
 * are there. Tensors on devices that can't be lost are left as they are.
 *
 *     await keepHostCopy(model.parameters())
 *     for (…) { …; if (step % 100 === 0) await synchronize() }
 *
 * @param keep false: no longer.
 * @throws DeviceLost where the device is lost now.
 */
export async function keepHostCopy(tensors: Iterable<Tensor>, keep = true): Promise<void> {
  const devices = new Set<Device>()
  for (const { storage } of tensors) {
    const { device, resident } = storage
    if (!device.backend.keepHostCopy) continue
    device.backend.keepHostCopy(storage.use(), keep)
    resident.kept = keep
    devices.add(device)
  }
  if (!keep) return
  await Promise.all([...devices].map(({ backend }) => backend.synchronize()))
}
