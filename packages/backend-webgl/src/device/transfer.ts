import { DeviceLost, SconceError } from '@sconce/backend'
import type { Device } from './device.ts'
import { formats, type HostArray } from './formats.ts'
import { type Rect, span } from './region.ts'
import type { Renderer } from './renderer.ts'
import { rowBits, rowTexels, type Texture } from './textures.ts'

/** An array on memory that WebGL takes: it refuses memory that threads share. */
function unshared(data: HostArray): ArrayBufferView<ArrayBuffer> {
  const shared =
    typeof SharedArrayBuffer !== 'undefined' && data.buffer instanceof SharedArrayBuffer
  // The type can't say what was tested: that the memory is not shared.
  return (shared ? data.slice() : data) as ArrayBufferView<ArrayBuffer>
}

/** Fills the texels from element `begin` on, a multiple of 4; a last part of a texel is filled up with zeros. */
export function upload(device: Device, texture: Texture, data: HostArray, begin = 0): void {
  const { gl } = device
  const { pixels, upload: type, array } = formats[texture.format]
  const source = unshared(data)
  device.bindForTransfer(texture.handle)
  const put = ({ x, y, width, height }: Rect, from: ArrayBufferView<ArrayBuffer>, offset: number) =>
    gl.texSubImage2D(gl.TEXTURE_2D, 0, x, y, width, height, gl[pixels], gl[type], from, offset)
  const first = begin >> 2
  const whole = data.length >> 2
  let at = 0
  for (const rect of span(first, first + whole)) {
    put(rect, source, at)
    at += rect.width * rect.height * 4
  }
  if (at < data.length) {
    const tail = new array(4)
    tail.set(data.subarray(at))
    put(span(first + whole, first + whole + 1)[0], unshared(tail), 0)
  }
}

/** The rectangle of whole texture rows that holds some elements, and where they begin in it. */
function rectOf(texture: Texture, offset: number, length: number): { rect: Rect; skip: number } {
  const [first, last] = [offset >> 2, (offset + length - 1) >> 2]
  const [y, bottom] = [first >> rowBits, last >> rowBits]
  if (y === bottom) {
    const x = first & (rowTexels - 1)
    const width = last - first + 1
    return { rect: { x, y, width, height: 1, mask: 15 }, skip: offset & 3 }
  }
  const rect = { x: 0, y, width: texture.width, height: bottom - y + 1, mask: 15 }
  return { rect, skip: offset - y * texture.width * 4 }
}

/** Reads elements now, waiting for all work before. */
export function download(
  device: Device,
  renderer: Renderer,
  texture: Texture,
  offset: number,
  length: number,
): HostArray {
  const { gl } = device
  const { pixels, download: type, downloadArray } = formats[texture.format]
  const { rect, skip } = rectOf(texture, offset, length)
  const { x, y, width, height } = rect
  const data = new downloadArray(width * height * 4)
  const framebuffer = renderer.framebuffer(texture)
  gl.bindFramebuffer(gl.READ_FRAMEBUFFER, framebuffer)
  gl.readPixels(x, y, width, height, gl[pixels], gl[type], data)
  device.check()
  return skip === 0 && data.length === length ? data : data.slice(skip, skip + length)
}

/** What is read of a texture: its first elements. */
export interface Reading {
  readonly texture: Texture
  readonly length: number
}

/** Reads the beginnings of several textures now, with one wait for all work before. */
export function downloadAll(
  device: Device,
  renderer: Renderer,
  readings: readonly Reading[],
): HostArray[] {
  const { gl } = device
  const rects = readings.map(({ texture, length }) => rectOf(texture, 0, length).rect)
  const sizes = rects.map(({ width, height }) => width * height * 16)
  const packed = gl.createBuffer()
  gl.bindBuffer(gl.PIXEL_PACK_BUFFER, packed)
  const all = new ArrayBuffer(sizes.reduce((sum, size) => sum + size, 0))
  gl.bufferData(gl.PIXEL_PACK_BUFFER, all.byteLength, gl.STREAM_READ)
  const begins: number[] = []
  let begin = 0
  readings.forEach(({ texture }, i) => {
    const { x, y, width, height } = rects[i]
    const { pixels, download: type } = formats[texture.format]
    gl.bindFramebuffer(gl.READ_FRAMEBUFFER, renderer.framebuffer(texture))
    gl.readPixels(x, y, width, height, gl[pixels], gl[type], begin)
    begins.push(begin)
    begin += sizes[i]
  })
  gl.getBufferSubData(gl.PIXEL_PACK_BUFFER, 0, new Uint8Array(all))
  gl.bindBuffer(gl.PIXEL_PACK_BUFFER, null)
  gl.deleteBuffer(packed)
  device.check()
  // Copies: a view would keep the contents of all alive.
  return readings.map(({ texture, length }, i) => {
    const { downloadArray } = formats[texture.format]
    return new downloadArray(all, begins[i], length).slice()
  })
}

/** Milliseconds to the next look at a fence that is not yet passed; short at first. */
const pause = (looks: number): number => Math.min(looks >> 2, 8)

/** Resolves when all work that was enqueued is done; rejects when the context is lost meanwhile. */
export function fence(device: Device): Promise<void> {
  const { gl, generation } = device
  device.check()
  const sync = gl.fenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0)
  gl.flush()
  return new Promise((resolve, reject) => {
    let looks = 0
    const look = () => {
      if (device.generation !== generation || device.lost || !sync) {
        reject(new DeviceLost('webgl: the WebGL context was lost while work was under way'))
        return
      }
      const status = gl.clientWaitSync(sync, 0, 0)
      if (status === gl.TIMEOUT_EXPIRED) {
        setTimeout(look, pause(looks++))
        return
      }
      gl.deleteSync(sync)
      if (status === gl.WAIT_FAILED) reject(new SconceError('webgl: waiting for the device failed'))
      else resolve()
    }
    look()
  })
}

/** Reads elements as they are after all work before, without waiting on the calling thread. */
export async function downloadLater(
  device: Device,
  renderer: Renderer,
  texture: Texture,
  offset: number,
  length: number,
): Promise<HostArray> {
  const { gl } = device
  const { pixels, download: type, downloadArray } = formats[texture.format]
  const { rect, skip } = rectOf(texture, offset, length)
  const { x, y, width, height } = rect
  const packed = gl.createBuffer()
  gl.bindBuffer(gl.PIXEL_PACK_BUFFER, packed)
  gl.bufferData(gl.PIXEL_PACK_BUFFER, width * height * 16, gl.STREAM_READ)
  gl.bindFramebuffer(gl.READ_FRAMEBUFFER, renderer.framebuffer(texture))
  gl.readPixels(x, y, width, height, gl[pixels], gl[type], 0)
  gl.bindBuffer(gl.PIXEL_PACK_BUFFER, null)
  try {
    await fence(device)
    const data = new downloadArray(length)
    gl.bindBuffer(gl.PIXEL_PACK_BUFFER, packed)
    gl.getBufferSubData(gl.PIXEL_PACK_BUFFER, skip * 4, data)
    gl.bindBuffer(gl.PIXEL_PACK_BUFFER, null)
    device.check()
    return data
  } finally {
    gl.deleteBuffer(packed)
  }
}
