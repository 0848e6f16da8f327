export type Canvas = OffscreenCanvas | HTMLCanvasElement

/** What a device is asked for, and what the backend needs to know about what it got. */
export interface Context {
  readonly canvas: Canvas
  readonly gl: WebGL2RenderingContext
}

const attributes: WebGLContextAttributes = {
  alpha: false,
  antialias: false,
  depth: false,
  stencil: false,
  preserveDrawingBuffer: false,
  failIfMajorPerformanceCaveat: false,
  powerPreference: 'high-performance',
}

function makeCanvases(): Canvas[] {
  const canvases: Canvas[] = []
  if (typeof OffscreenCanvas !== 'undefined') canvases.push(new OffscreenCanvas(1, 1))
  if (typeof document !== 'undefined') canvases.push(document.createElement('canvas'))
  return canvases
}

/** Whether this environment has any canvas to draw on; false on a server. */
export const hasCanvas = (): boolean =>
  typeof OffscreenCanvas !== 'undefined' || typeof document !== 'undefined'

/** The two canvas types have the same method, which TypeScript does not see on their union. */
const contextOf = (canvas: Canvas): WebGL2RenderingContext | null =>
  'convertToBlob' in canvas
    ? canvas.getContext('webgl2', attributes)
    : canvas.getContext('webgl2', attributes)

/** A WebGL2 context of its own, in a window or in a worker; undefined where there is none. */
export function openContext(canvas?: Canvas): Context | undefined {
  for (const candidate of canvas ? [canvas] : makeCanvases()) {
    const gl = contextOf(candidate)
    if (gl) return { canvas: candidate, gl }
  }
  return undefined
}

/** Without this extension float32 can't be rendered to, and nothing else matters. */
export const requiredExtension = 'EXT_color_buffer_float'

/** What the driver calls itself. */
export function rendererName(gl: WebGL2RenderingContext): string {
  const info = gl.getExtension('WEBGL_debug_renderer_info')
  return String(gl.getParameter(info ? info.UNMASKED_RENDERER_WEBGL : gl.RENDERER))
}

/** Whether the name is that of a rasteriser that runs on the CPU. */
export const isSoftware = (renderer: string): boolean =>
  /swiftshader|llvmpipe|softpipe|software|basic render/i.test(renderer)

/** Gives the context back at once instead of waiting for the collector; browsers allow about 16. */
export const closeContext = (gl: WebGL2RenderingContext): void =>
  gl.getExtension('WEBGL_lose_context')?.loseContext()
