import { io } from 'sconce'
import { readResult, writeResult } from '#platform'
import { Network, startingNetwork } from './modules.ts'
import type { Example } from './options.ts'
import { regressionData } from './regression-data.ts'

/** The network's weights as a file. `format: 'pt'` tells Python's libraries whose layout they have. */
export const encode = (net: Network): Promise<Uint8Array> =>
  io.encodeSafetensors(net.stateDict(), { metadata: { format: 'pt' } })

/** A network with the weights of a file, whoever wrote it. */
export async function decode(file: Uint8Array): Promise<Network> {
  const net = new Network()
  net.loadStateDict(await io.readSafetensors(file))
  return net
}

/** What is in the file: only its header is read. */
async function list(bytes: Uint8Array): Promise<void> {
  const file = await io.openSafetensors(bytes)
  for (const name of file.keys()) {
    const { dtype, shape } = file.info(name)
    console.log(`  ${name}  ${dtype} [${shape.join(', ')}]`)
  }
}

/** Weights in a file that other libraries read: names and layouts are PyTorch's. */
export const weights: Example = {
  title: 'Weights to a safetensors file and back',
  async run() {
    const net = startingNetwork()
    const path = await writeResult('network.safetensors', await encode(net))
    console.log(path)
    const file = await readResult(path)
    await list(file)
    const loaded = await decode(file)
    const { x } = regressionData()
    const same = loaded.call(x).equal(net.call(x))
    console.log(`the loaded network gives ${same ? 'the same' : 'another'} output`)
  },
}
