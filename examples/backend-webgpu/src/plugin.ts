import { type Availability, available, type BackendPlugin, unavailable } from '@sconce/backend'
import { WebgpuBackend, type WebgpuOptions } from './backend.ts'
import { findAdapter, hasWebgpu } from './device/adapter.ts'

/** Whether there is a GPU to be had, and what would mend it if not. Opens nothing. */
export async function probe(): Promise<Availability> {
  if (!hasWebgpu()) return withoutWebgpu()
  const found = await findAdapter()
  if (!found) {
    return unavailable(
      'the browser has WebGPU, but gives no adapter',
      'switch on hardware acceleration, update the graphics driver, or start Chromium with ' +
        '--enable-unsafe-webgpu --enable-features=Vulkan',
    )
  }
  return available(found.description, found.software)
}

function withoutWebgpu(): Availability {
  if (typeof isSecureContext === 'boolean' && !isSecureContext) {
    return unavailable(
      'browsers give WebGPU only to pages that came over a secure connection',
      'serve the page by https, or from localhost',
    )
  }
  return unavailable(
    'there is no WebGPU in this environment',
    'use a browser that has it, such as Chrome or Edge 113, Firefox 141 or Safari 26, or newer',
  )
}

/** Makes a backend of one's own: under another name, with other limits. */
export const createWebgpuBackend = (options?: WebgpuOptions): Promise<WebgpuBackend> =>
  WebgpuBackend.create(options)

/** What `registerBackend` takes: preferred to WebGL, which has 20. */
export const plugin: BackendPlugin = {
  name: 'webgpu',
  priority: 30,
  probe,
  create: () => WebgpuBackend.create(),
}
