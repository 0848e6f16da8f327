import { curves, plot, show, showGraph } from 'playground'
import { arange, nn, ones, tensor, zeros } from 'sconce'
import { beforeEach, describe, expect, it } from 'vitest'
import { graphOf } from '../src/api/graph.ts'
import { pictureOf } from '../src/api/picture.ts'
import { setSink } from '../src/api/sink.ts'
import type { RunEvent } from '../src/protocol/events.ts'

let told: RunEvent[]
beforeEach(() => {
  told = []
  setSink((event) => told.push(event))
})

it('plot takes numbers and tensors, one or several', () => {
  plot('loss', 1, tensor(0.5))
  plot('both', 2, { a: 1, b: tensor([2]) }, { log: true })
  expect(told).toEqual([
    { kind: 'point', title: 'loss', x: 1, values: { loss: 0.5 }, log: false },
    { kind: 'point', title: 'both', x: 2, values: { a: 1, b: 2 }, log: true },
  ])
})

it('curves are as long as what they are drawn over', () => {
  curves('c', arange(2), { y: tensor([[3], [4]]) })
  expect(told).toEqual([{ kind: 'curves', title: 'c', x: [0, 1], lines: { y: [3, 4] } }])
  expect(() => curves('c', [1, 2], { y: [1] })).toThrow(
    "curves: the line 'y' has 1 numbers, but x has 2",
  )
})

describe('a picture', () => {
  it('has the last two dims, and tiles of all others', () => {
    expect(pictureOf(zeros(8, 3, 5, 4))).toMatchObject({ width: 4, height: 5, columns: 3 })
    expect(pictureOf(zeros(9, 5, 4))).toMatchObject({
      columns: 3,
      caption: '9 × 5 × 4, from 0 to 0',
    })
    expect(pictureOf(tensor(2))).toMatchObject({
      width: 1,
      height: 1,
      caption: 'one number, from 2 to 2',
    })
  })

  it('has a scale around zero where there are negative numbers', () => {
    expect(pictureOf(tensor([-1, 3]))).toMatchObject({ min: -3, max: 3, colors: 'diverging' })
    expect(pictureOf(tensor([1, 3]))).toMatchObject({ min: 1, max: 3, colors: 'gray' })
  })

  it('of too many tiles shows the first, and says so', () => {
    const picture = pictureOf(zeros(300, 2, 2))
    expect(picture.values.length).toBe(256 * 4)
    expect(picture.caption).toContain('the first 256 of 300')
  })

  it('of nothing is refused', () => {
    expect(() => show('none', zeros(0, 3))).toThrow('show: a tensor of shape [0,3] has no elements')
  })
})

describe('a graph', () => {
  it('has every function once, and an edge for each of its inputs', () => {
    const x = ones(2, { requiresGrad: true })
    const y = x.mul(x)
    expect(graphOf(y.add(y), { x })).toEqual({
      nodes: [
        { name: 'AddBackward0', detail: '[2]', leaf: false },
        { name: 'MulBackward0', detail: '[2]', leaf: false },
        { name: 'AccumulateGrad', detail: 'x [2]', leaf: true },
      ],
      edges: [
        [0, 1],
        [0, 1],
        [1, 2],
        [1, 2],
      ],
      omitted: 0,
    })
  })

  it('that is too large to look at is cut off', () => {
    let y = ones(1, { requiresGrad: true }).mul(1)
    for (let i = 0; i < 300; i++) y = y.mul(2)
    const { nodes, edges, omitted } = graphOf(y)
    expect([nodes.length, edges.length, omitted]).toEqual([250, 249, 52])
  })

  it('is refused where there is none', () => {
    expect(() => showGraph(ones(1))).toThrow('showGraph: the tensor has no gradFn')
    showGraph(new nn.Linear(1, 1).call(ones(1, 1)))
    expect(told[0]).toMatchObject({ kind: 'graph', title: 'Autograd graph' })
  })
})
