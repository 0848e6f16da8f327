/** Pictures as tensors: PNG by fast-png, JPEG by jpeg-js. */
import { check, fromTypedArray, type Tensor, TypeError_, tensor, ValueError } from '@sconce/core'
import { convertIndexedToRgb, decode as decodePng, encode as encodePngData } from 'fast-png'
import jpeg from 'jpeg-js'

/** Options of `decodeImage`. */
export interface ImageOptions {
  /** The channels wanted. Default: those of the file; of a JPEG always three. */
  mode?: 'unchanged' | 'gray' | 'rgb' | 'rgba'
  /** The largest picture that is decoded, in pixels. Default: 2^26. */
  maxPixels?: number
  device?: string
}

/** Channel after channel of each pixel, row by row. */
interface Pixels {
  readonly width: number
  readonly height: number
  readonly channels: number
  readonly data: Uint8Array | Uint16Array
  /** What white is. */
  readonly top: number
}

const PNG_SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
const startsWith = (bytes: Uint8Array, head: readonly number[]): boolean =>
  head.every((byte, i) => bytes[i] === byte)

const CHANNELS = { gray: 1, rgb: 3, rgba: 4 } as const

/** The size that a PNG says it has, before anything of that size is allocated. */
function pngPixels(bytes: Uint8Array): number {
  if (bytes.length < 24) return Number.NaN
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return view.getUint32(16) * view.getUint32(20)
}

function readPng(bytes: Uint8Array, maxPixels: number): Pixels {
  const pixels = pngPixels(bytes)
  if (!(pixels <= maxPixels))
    throw new ValueError(`a PNG of ${pixels} pixels (limit: ${maxPixels})`)
  const png = decodePng(bytes, { checkCrc: true })
  const { width, height, depth } = png
  if (png.palette) {
    const data = Uint8Array.from(convertIndexedToRgb(png))
    return { width, height, data, channels: data.length / (width * height), top: 255 }
  }
  if (depth < 8)
    return {
      width,
      height,
      channels: 1,
      top: 255,
      data: unpackGray(png.data, width, height, depth),
    }
  const top = depth === 16 ? 0xffff : 0xff
  const data = png.data instanceof Uint16Array ? png.data : Uint8Array.from(png.data)
  return { width, height, channels: png.channels, data, top }
}

/** Grey levels of 1, 2 or 4 bits, each row from a whole byte on. */
function unpackGray(
  packed: ArrayLike<number>,
  width: number,
  height: number,
  depth: number,
): Uint8Array {
  const out = new Uint8Array(width * height)
  const rowBytes = Math.ceil((width * depth) / 8)
  const top = 2 ** depth - 1
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const bit = x * depth
      const byte = packed[y * rowBytes + (bit >> 3)]
      out[y * width + x] = (((byte >> (8 - depth - (bit & 7))) & top) * 255) / top
    }
  }
  return out
}

function readJpeg(bytes: Uint8Array, maxPixels: number): Pixels {
  const { width, height, data } = jpeg.decode(bytes, {
    useTArray: true,
    formatAsRGBA: false,
    tolerantDecoding: false,
    maxResolutionInMP: maxPixels / 1e6,
  })
  return { width, height, channels: 3, data, top: 255 }
}

/** Luma of ITU-R BT.601, as PIL's `convert('L')`. */
const luma = (r: number, g: number, b: number): number =>
  (r * 19595 + g * 38470 + b * 7471 + 0x8000) >> 16

/** Pixels as channel planes with the channels wanted. */
function planes(
  { width, height, channels, data, top }: Pixels,
  wanted: number,
): Uint8Array | Uint16Array {
  const size = width * height
  const out = top === 255 ? new Uint8Array(wanted * size) : new Uint16Array(wanted * size)
  const colors = channels < 3 ? 1 : 3
  const alpha = channels === 2 || channels === 4 ? channels - 1 : -1
  for (let p = 0; p < size; p++) {
    const at = (c: number) => data[p * channels + c]
    for (let c = 0; c < wanted; c++) {
      const isAlpha = (wanted === 2 || wanted === 4) && c === wanted - 1
      if (isAlpha) out[c * size + p] = alpha < 0 ? top : at(alpha)
      else if (wanted < 3 && colors === 3) out[c * size + p] = luma(at(0), at(1), at(2))
      else out[c * size + p] = at(Math.min(c, colors - 1))
    }
  }
  return out
}

/**
 * A PNG or JPEG file as a tensor [channels, height, width]: uint8, or int32 of a PNG with 16 bits;
 * `torchvision.io.decode_image`.
 *
 * @throws ValueError for other files, broken ones, and pictures beyond `maxPixels`.
 */
export function decodeImage(bytes: Uint8Array, options: ImageOptions = {}): Tensor {
  const { mode = 'unchanged', maxPixels = 2 ** 26, device } = options
  const reader = startsWith(bytes, PNG_SIGNATURE)
    ? readPng
    : startsWith(bytes, [0xff, 0xd8, 0xff])
      ? readJpeg
      : undefined
  if (!reader) throw new ValueError('neither a PNG nor a JPEG file')
  let pixels: Pixels
  try {
    pixels = reader(bytes, maxPixels)
  } catch (error) {
    if (error instanceof ValueError) throw error
    const reason = error instanceof Error ? error.message : String(error)
    throw new ValueError(`the picture can't be decoded: ${reason}`, { cause: error })
  }
  const wanted = mode === 'unchanged' ? pixels.channels : CHANNELS[mode]
  const data = planes(pixels, wanted)
  const shape = [wanted, pixels.height, pixels.width]
  const at = device === undefined ? {} : { device }
  return data instanceof Uint16Array
    ? fromTypedArray(Int32Array.from(data), shape, at)
    : fromTypedArray(data, shape, at)
}

/**
 * The bytes of a PNG file of a uint8 tensor [channels, height, width] with 1 to 4 channels, or [height,
 * width]; `torchvision.io.encode_png`.
 *
 * @throws TypeError for another dtype, RuntimeError for another shape.
 */
export async function encodePng(image: Tensor): Promise<Uint8Array<ArrayBuffer>> {
  if (image.dtype !== 'uint8') {
    throw new TypeError_(`Input tensor dtype should be uint8, got ${image.dtype}`)
  }
  const picture = image.ndim === 2 ? image.unsqueeze(0) : image
  check(
    picture.ndim === 3 && picture.size(0) >= 1 && picture.size(0) <= 4,
    () => `Input data should be [1 to 4 channels, height, width], got [${image.shape.join(', ')}]`,
  )
  const [channels, height, width] = picture.shape
  const interleaved = await picture.permute([1, 2, 0]).data()
  // Of a uint8 tensor the elements are bytes.
  const data = interleaved as Uint8Array
  return new Uint8Array(encodePngData({ width, height, channels, depth: 8, data }))
}

/** A picture as float32 from 0 to 1; `torchvision.transforms.ToTensor` of a uint8 picture. */
export function toFloat(image: Tensor): Tensor {
  if (image.isFloatingPoint()) return image
  return image.to('float32').div(image.dtype === 'uint8' ? 255 : 65535)
}

/** `(image - mean) / std` per channel, of [..., channels, height, width]; `torchvision.transforms.Normalize`. */
export function normalize(image: Tensor, mean: readonly number[], std: readonly number[]): Tensor {
  const perChannel = (values: readonly number[]) =>
    tensor(values, { dtype: image.dtype, device: image.device }).view([-1, 1, 1])
  return image.sub(perChannel(mean)).div(perChannel(std))
}
