/**
 * Two copies of the library in one realm: as when a page and a widget on it bundle it each, or when a
 * plug-in brings its own. Every part prints what it found.
 */
import * as kernelsOne from './copies/one/node_modules/@sconce/backend/dist/index.js'
import * as one from './copies/one/node_modules/sconce/dist/index.js'
import * as kernelsTwo from './copies/two/node_modules/@sconce/backend/dist/index.js'
import * as cpuTwo from './copies/two/node_modules/@sconce/backend-cpu/dist/index.js'
import * as wasmTwo from './copies/two/node_modules/@sconce/backend-wasm/dist/index.js'
import * as two from './copies/two/node_modules/sconce/dist/index.js'

const errorOf = (body) => {
  try {
    body()
    return 'no error'
  } catch (error) {
    return error.message
  }
}

/** One step of a training that uses every kind of kernel; returns the loss. */
function makeStep({ functional: F, manualSeed, nn, optim, randn, sort, cumsum }) {
  manualSeed(3)
  const net = new nn.Sequential(
    new nn.Conv2d(1, 4, 3, { padding: 1 }),
    new nn.GroupNorm(2, 4),
    new nn.ReLU(),
    new nn.Flatten(),
    new nn.Linear(4 * 36, 8),
  )
  const optimizer = new optim.Adam(net.parameters(), { lr: 0.01 })
  const x = randn(4, 1, 6, 6)
  const y = randn(4, 8)
  return () => {
    optimizer.zeroGrad()
    const out = net.call(x)
    const attended = F.scaledDotProductAttention(
      out.view(1, 4, 8),
      out.view(1, 4, 8),
      out.view(1, 4, 8),
    )
    const scores = F.softmax(attended.view(4, 8), 1)
    const sorted = sort(cumsum(scores, 1), 1).values
    const picked = sorted.gather(1, y.argsort(1)).add(F.elu(out, 0.7)).sub(y)
    const loss = picked.pow(2).mean().add(out.std()).add(F.logSoftmax(out, 1).max())
    loss.backward()
    optimizer.step()
    return loss.item()
  }
}

// From here on the copies, had they numbers of their own, would number kernels differently.
two.randn(3).tan().add(1.5).floor().mul(two.ones(3)).sum().item()

const alone = makeStep(one)
const expected = Array.from({ length: 5 }, alone)

/** Both copies train in turns, on their own devices. */
const turns = [makeStep(one), makeStep(two)]
const inTurns = Array.from({ length: 5 }, () => turns.map((step) => step()))

/** Backends of the second copy run the kernels of both. */
const shared = {}
for (const [name, backend] of [
  ['cpu', cpuTwo.createCpuBackend({ name: 'shared-cpu' })],
  ['closures', cpuTwo.createCpuBackend({ name: 'shared-closures', engine: 'closures' })],
  ['wasm', wasmTwo.createWasmBackend({ name: 'shared-wasm' })],
]) {
  const steps = [one, two].map((copy) => {
    copy.useBackend(backend)
    copy.setDefaultDevice(backend.name)
    return makeStep(copy)
  })
  shared[name] = Array.from({ length: 5 }, () => steps.map((step) => step()))
}
one.setDefaultDevice('cpu')
two.setDefaultDevice('cpu')

/** A plug-in that brings its own copy of the contract. */
kernelsTwo.registerBackend({
  name: 'brought',
  priority: 1,
  probe: () => kernelsTwo.available('brought along'),
  create: () => cpuTwo.createCpuBackend({ name: 'brought' }),
})

/** Kernels of different meaning, made as the n-th of either copy, on one backend. */
const mixed = [kernelsOne, kernelsTwo].map(({ input, kernels }, i) => {
  const x = input(0, 'float32')
  const odd = i === 0 ? x.mul(x).add(17) : x.exp().sub(17)
  return kernels.map([odd])
})

console.log(
  JSON.stringify({
    expected,
    inTurns,
    shared,
    sameKernel:
      kernelsOne.kernels.map([kernelsOne.input(0, 'float32').exp()]) ===
      kernelsTwo.kernels.map([kernelsTwo.input(0, 'float32').exp()]),
    distinctIds: mixed[0] !== mixed[1] && mixed[0].id !== mixed[1].id,
    unknownHere: errorOf(() => one.ones(2, { device: 'brought' })),
    mixedTensors: errorOf(() => one.ones(2).add(two.ones(2))),
    mixedParameters: errorOf(
      () => new one.optim.SGD(new two.nn.Linear(2, 2).parameters(), { lr: 1 }),
    ),
  }),
)
