import type { Tensor } from 'sconce'
import { pictureOf, type ShowOptions } from './picture.ts'
import { tell } from './sink.ts'

/**
 * Shows a tensor as a picture, in place of the one that had the title before. The last two dims are rows
 * and columns of a picture; further dims make several, beside each other.
 *
 *     show('first layer', net.hidden.weight)
 *     show('filters', conv.weight, { columns: 8 })
 *
 * @throws RangeError for a tensor without elements
 */
export const show = (title: string, tensor: Tensor, options?: ShowOptions): void =>
  tell({ kind: 'picture', title, picture: pictureOf(tensor, options) })
