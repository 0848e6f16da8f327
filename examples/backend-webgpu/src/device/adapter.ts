/// <reference types="@webgpu/types" />

/** A GPU that can be used, and what there is to say about it. */
export interface FoundAdapter {
  readonly adapter: GPUAdapter
  /** For people: vendor and architecture, as the browser tells them. */
  readonly description: string
  /** A GPU that is played by the processor. */
  readonly software: boolean
}

/** `navigator.gpu`, where there is one: also in workers, never on a server. */
const gpuOf = (): GPU | undefined =>
  typeof navigator === 'undefined' ? undefined : (navigator.gpu as GPU | undefined)

/** Whether this environment has the API at all. */
export const hasWebgpu = (): boolean => gpuOf() !== undefined

/** Names under which rasterisers in software go. */
const softwareNames = /swiftshader|llvmpipe|lavapipe|warp|software|basic render/i

/** The best adapter, or undefined where the browser gives none. */
export async function findAdapter(): Promise<FoundAdapter | undefined> {
  const adapter = await gpuOf()?.requestAdapter({ powerPreference: 'high-performance' })
  if (!adapter) return undefined
  const { vendor, architecture, device, description } = adapter.info
  const name = [vendor, architecture, device, description].filter(Boolean).join(' ')
  return {
    adapter,
    description: `WebGPU, ${name || 'an unnamed adapter'}`,
    software: adapter.info.isFallbackAdapter || softwareNames.test(name),
  }
}

/** The limits of which we want all that there is; the API gives the least that is allowed otherwise. */
const wantedLimits = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
] as const

/** Opens the device of an adapter. */
export const openDevice = (adapter: GPUAdapter): Promise<GPUDevice> =>
  adapter.requestDevice({
    label: 'sconce',
    requiredLimits: Object.fromEntries(
      wantedLimits.map((name) => [name, adapter.limits[name]] as const),
    ),
  })
