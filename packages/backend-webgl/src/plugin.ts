import { type Availability, available, type BackendPlugin, unavailable } from '@sconce/backend'
import { WebglBackend, type WebglBackendOptions } from './backend.ts'
import {
  closeContext,
  hasCanvas,
  isSoftware,
  openContext,
  rendererName,
  requiredExtension,
} from './device/context.ts'

/** Whether WebGL2 can be computed with here, found out on a context that is given back at once. */
export function probe(): Availability {
  if (!hasCanvas()) {
    return unavailable(
      'there is no canvas in this environment',
      'use WebGL in a browser, in a window or in a worker with OffscreenCanvas',
    )
  }
  const context = openContext()
  if (!context) {
    return unavailable(
      'the browser gives no WebGL2 context',
      'switch on hardware acceleration in the browser, or close other pages that use WebGL',
    )
  }
  const { gl } = context
  const renderer = rendererName(gl)
  const complete = gl.getExtension(requiredExtension) !== null
  closeContext(gl)
  if (!complete) {
    return unavailable(
      `${renderer} does not render to float32 textures (${requiredExtension})`,
      'use a newer graphics driver, or another device',
    )
  }
  return available(`WebGL2, ${renderer}`, isSoftware(renderer))
}

/** Makes a WebGL backend of one's own: on another canvas, under another name, with other limits. */
export const createWebglBackend = (options?: WebglBackendOptions): WebglBackend =>
  new WebglBackend(options)

/** What `registerBackend` takes: preferred to all backends that run on the CPU. */
export const plugin: BackendPlugin = {
  name: 'webgl',
  priority: 20,
  probe,
  create: () => new WebglBackend(),
}
