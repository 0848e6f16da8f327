import { fromTypedArray, type Tensor } from 'sconce'
import { type LabelledPixels, PIXELS } from './packed.ts'

/** Digits as a network takes them: images [N, 1, 28, 28] around zero, and labels [N]. */
export interface Digits {
  readonly images: Tensor
  readonly labels: Tensor
}

/** Pixels as numbers around zero: the mean and deviation are those of all of MNIST. */
export const imagesOf = (pixels: Uint8Array<ArrayBuffer>): Tensor =>
  fromTypedArray(Float32Array.from(pixels), [pixels.length / PIXELS, 1, 28, 28])
    .div(255)
    .sub(0.1307)
    .div(0.3081)

export const digitsOf = ({ pixels, labels }: LabelledPixels): Digits => ({
  images: imagesOf(pixels),
  labels: fromTypedArray(Int32Array.from(labels), [labels.length]),
})
