import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { init } from 'sconce'
import { expect, it } from 'vitest'
import { startingNetwork } from '../src/modules.ts'
import { decode } from '../src/weights.ts'

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))

it('examples run on a GPU in a page, and their output comes here', {
  timeout: 180_000,
}, async () => {
  const args = ['--conditions=@sconce/source', '--import', 'tsx', main]
  const asked = ['optimizers', 'weights', '--device', 'webgl', '--steps', '20']
  const out = execFileSync(process.execPath, [...args, ...asked], { encoding: 'utf8' })
  const losses = [...out.matchAll(/step \d+ {2}loss (\S+)/g)].map((m) => Number(m[1]))
  expect(losses[0]).toBeCloseTo(27.0165, 3)
  expect(losses).toHaveLength(2)
  expect(out).toContain('Weights to a safetensors file and back (webgl)')
  expect(out).toContain('the loaded network gives the same output')
  // The page handed its file over.
  const [path] = out.match(/^.*network\.safetensors$/m) ?? []
  await init('cpu')
  const written = await decode(readFileSync(String(path)))
  const net = startingNetwork()
  for (const [name, t] of written.stateDict())
    expect(t.toArray()).toEqual(net.getParameter(name).toArray())
})
