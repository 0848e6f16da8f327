import type { Device } from 'sconce'
import { disposeDevice, setDefaultDevice, useBackend } from 'sconce'

export const backendNames = ['cpu', 'wasm', 'webgl'] as const
export type BackendName = (typeof backendNames)[number]

/** Backends by name; `budget`: bytes from which on tensors are spilled, instead of the backend's own. */
const makers: Readonly<
  Record<BackendName, (budget: number | undefined) => Promise<Device['backend']>>
> = {
  cpu: async () => (await import('@sconce/backend-cpu')).createCpuBackend(),
  wasm: async (budget) => (await import('@sconce/backend-wasm')).createWasmBackend({ budget }),
  webgl: async (budget) => (await import('@sconce/backend-webgl')).createWebglBackend({ budget }),
}

/** Starts a backend afresh, in place of an earlier one of its name, and makes it the default. */
export async function startDevice(name: BackendName, budget?: number): Promise<void> {
  disposeDevice(name)
  useBackend(await makers[name](budget))
  setDefaultDevice(name)
}
