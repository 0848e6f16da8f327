import { decodeImage } from '@sconce/data/image'
import { tensor } from 'sconce'
import { describe, expect, it } from 'vitest'
import { accuracyOf, confusionMatrix, confusionPicture, confusionText } from '../src/confusion.ts'

describe('the confusion matrix', () => {
  const matrix = confusionMatrix(
    tensor([0, 0, 1, 2, 2, 2], { dtype: 'int32' }),
    tensor([0, 1, 1, 2, 2, 0], { dtype: 'int32' }),
    3,
  )
  it('counts what was taken for what', () => {
    expect(matrix.toArray()).toEqual([
      [1, 1, 0],
      [0, 1, 0],
      [1, 0, 2],
    ])
    expect(accuracyOf(matrix)).toBeCloseTo(4 / 6, 12)
  })
  it('is a picture, darker where there is more', async () => {
    const picture = decodeImage(await confusionPicture(matrix))
    expect(picture.shape).toEqual([1, 72, 72])
    const centres = picture.at(0, '12:72:24', '12:72:24')
    expect(centres.toArray()).toEqual([
      [75, 75, 255],
      [255, 0, 255],
      [108, 255, 47],
    ])
  })
  it('is a table of text', () => {
    expect(confusionText(matrix, ['a', 'bb', 'c'])).toBe(
      ['     a  bb   c', ' a   1   1   ·', 'bb   ·   1   ·', ' c   1   ·   2'].join('\n'),
    )
  })
})
