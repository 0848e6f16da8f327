/**
 * Trains the network that the page begins with on all of MNIST, turned, moved and stretched a little, as
 * what is drawn with a mouse is; writes `public/digits.safetensors`.
 */
import { writeFile } from 'node:fs/promises'
import { init, io, manualSeed, nn, rand, stack, type Tensor } from 'sconce'
import { digitsOf } from '../digits/data.ts'
import { DigitNetwork } from '../digits/network.ts'
import { accuracyOf, training } from '../digits/training.ts'
import { mnist } from './digits-file.ts'

const EPOCHS = 4

/** Random numbers from -1 to 1. */
const around = (n: number): Tensor => rand(n).mul(2).sub(1)

function distorted(images: Tensor): Tensor {
  const n = images.size(0)
  const angle = around(n).mul(0.25)
  const size = around(n).mul(0.15).add(1)
  const slant = around(n).mul(0.2)
  const [cos, sin] = [angle.cos().mul(size), angle.sin().mul(size)]
  const moved = (): Tensor => around(n).mul(0.12)
  const rows = [stack([cos, sin.neg().add(slant), moved()], 1), stack([sin, cos, moved()], 1)]
  const grid = nn.functional.affineGrid(stack(rows, 1), [n, 1, 28, 28], { alignCorners: false })
  // Outside of an image is ink of none.
  const shifted = images.add(0.4242)
  return nn.functional.gridSample(shifted, grid, { alignCorners: false }).sub(0.4242)
}

await init('wasm')
manualSeed(1)
const net = new DigitNetwork()
for (const { step, steps, loss } of training(net, digitsOf(mnist('train')), {
  epochs: EPOCHS,
  augment: distorted,
})) {
  if (step % 100 === 0) console.log(`${step}/${steps}  loss ${loss.toFixed(4)}`)
}
console.log(`accuracy ${(100 * accuracyOf(net, digitsOf(mnist('t10k')))).toFixed(2)} %`)

// Half the size, and as good: a network does not mind the last digits.
const halves = new Map([...net.stateDict()].map(([name, t]) => [name, t.to('float16')]))
await writeFile(
  new URL('../../public/digits.safetensors', import.meta.url),
  await io.encodeSafetensors(halves),
)
