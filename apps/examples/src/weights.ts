import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadSafetensors, openSafetensorsFile, saveSafetensors } from '@sconce/io/node'
import { Network, startingNetwork } from './modules.ts'
import type { Example } from './options.ts'
import { regressionData } from './regression-data.ts'

/** Writes the network's weights. `format: 'pt'` tells Python's libraries whose layout they have. */
export const save = (path: string, net: Network): Promise<void> =>
  saveSafetensors(path, net.stateDict(), { metadata: { format: 'pt' } })

/** A network with the weights of a file, whoever wrote it. */
export async function load(path: string): Promise<Network> {
  const net = new Network()
  net.loadStateDict(await loadSafetensors(path))
  return net
}

/** What is in the file: only its header is read. */
async function list(path: string): Promise<void> {
  await using opened = await openSafetensorsFile(path)
  for (const name of opened.file.keys()) {
    const { dtype, shape } = opened.file.info(name)
    console.log(`  ${name}  ${dtype} [${shape.join(', ')}]`)
  }
}

/** Weights in a file that other libraries read: names and layouts are PyTorch's. */
export const weights: Example = {
  title: 'Weights to a safetensors file and back',
  async run() {
    const directory = await mkdtemp(join(tmpdir(), 'sconce-'))
    try {
      const path = join(directory, 'network.safetensors')
      const net = startingNetwork()
      await save(path, net)
      await list(path)
      const loaded = await load(path)
      const { x } = regressionData()
      const same = loaded.call(x).equal(net.call(x))
      console.log(`the loaded network gives ${same ? 'the same' : 'another'} output`)
    } finally {
      await rm(directory, { recursive: true })
    }
  },
}
