/** What training costs once it runs: no compiling, no textures, no waiting; whatever the batch. */
import '@sconce/autograd'
import {
  disposeDevice,
  manualSeed,
  randint,
  randn,
  scope,
  type Tensor,
  useBackend,
} from '@sconce/core'
import { functional, Linear, ReLU, Sequential } from '@sconce/nn'
import { Adam, SGD } from '@sconce/optim'
import { afterAll, expect, it } from 'vitest'
import { createWebglBackend } from '../src/index.ts'

const device = 'steady'
const backend = createWebglBackend({ name: device })
useBackend(backend)
afterAll(() => disposeDevice(device))

const [features, hidden, classes] = [12, 16, 5]

/** A step of a perceptron on a batch of its own. */
function trainer(optimizer: typeof SGD | typeof Adam): (x: Tensor, labels: Tensor) => Tensor {
  manualSeed(3)
  const net = new Sequential(
    new Linear(features, hidden),
    new ReLU(),
    new Linear(hidden, hidden),
    new ReLU(),
    new Linear(hidden, classes),
  ).to(device)
  const opt = new optimizer(net.parameters(), { lr: 0.01 })
  return (x, labels) => {
    opt.zeroGrad()
    const loss = functional.crossEntropy(net.call(x), labels)
    loss.backward()
    opt.step()
    return loss
  }
}

const batch = (size: number): [Tensor, Tensor] => [
  randn([size, features], { device }),
  randint(classes, [size], { device }),
]

/** Calls of some methods of the context during `run`. */
function callsOf(names: readonly (keyof WebGL2RenderingContext)[], run: () => void) {
  const calls: Record<string, number> = {}
  const { gl } = backend
  for (const name of names) {
    const method = gl[name]
    if (typeof method !== 'function') throw new TypeError(`${name} is no method`)
    calls[name] = 0
    const counting = (...args: unknown[]): unknown => {
      calls[name]++
      return Reflect.apply(method, gl, args)
    }
    Object.defineProperty(gl, name, { value: counting, configurable: true })
  }
  try {
    run()
  } finally {
    for (const name of names) Reflect.deleteProperty(gl, name)
  }
  return calls
}

it('compiles a handful of programs for 1,000 batch sizes', async () => {
  const step = trainer(SGD)
  // Few and many rows are done in different ways; both have been.
  for (const size of [1, 3, 4, 300, 1000]) step(...batch(size))
  const { compiled } = backend.statistics()
  let loss = step(...batch(7))
  for (let i = 0; i < 1000; i++) {
    const size = 1 + ((i * 619) % 1000)
    loss = step(...batch(size))
    if (i % 100 === 99) await backend.synchronize()
  }
  expect(await loss.data()).toSatisfy(([value]: Float32Array) => value > 0 && value < 2)
  const more = backend.statistics().compiled - compiled
  expect(more).toBeLessThanOrEqual(12)
})

it('makes no texture and no program in a steady state, and waits for nothing', () => {
  const [x, labels] = batch(128)
  for (const optimizer of [SGD, Adam]) {
    const step = trainer(optimizer)
    step(x, labels)
    for (let i = 0; i < 3; i++) scope(() => void step(x, labels))
    const calls = callsOf(
      [
        'createTexture',
        'deleteTexture',
        'texStorage2D',
        'createProgram',
        'compileShader',
        'readPixels',
        'getError',
        'getParameter',
        'getProgramParameter',
        'finish',
        'flush',
        'clientWaitSync',
      ],
      () => {
        // What a step leaves to the collector goes at once: when that comes is not for a test to say.
        for (let i = 0; i < 10; i++) scope(() => void step(x, labels))
      },
    )
    expect(calls).toEqual(Object.fromEntries(Object.keys(calls).map((name) => [name, 0])))
  }
})

it('shares a program among kernels that differ by literals', () => {
  const x = randn([100], { device })
  x.mul(1.25).add(0.5).pow(2.5)
  const { compiled } = backend.statistics()
  for (let i = 0; i < 20; i++) x.clamp({ min: -i - 0.5, max: i + 0.25 })
  expect(backend.statistics().compiled - compiled).toBeLessThanOrEqual(1)
})
