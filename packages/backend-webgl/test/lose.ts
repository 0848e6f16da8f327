import type { WebglBackend } from '../src/index.ts'

const event = (backend: WebglBackend, name: string) =>
  new Promise((resolve) => backend.gl.canvas.addEventListener(name, resolve, { once: true }))

/** Loses the context, and gives the function that restores it. */
export async function lose(backend: WebglBackend): Promise<() => Promise<void>> {
  const extension = backend.gl.getExtension('WEBGL_lose_context')
  if (!extension) throw new Error('this browser can not lose contexts on purpose')
  const lost = event(backend, 'webglcontextlost')
  extension.loseContext()
  await lost
  return async () => {
    const restored = event(backend, 'webglcontextrestored')
    // The browser takes the request only after the event of the loss is over.
    await new Promise((resolve) => setTimeout(resolve, 10))
    extension.restoreContext()
    await restored
  }
}
