import '@sconce/backend-cpu'
import { expect, it } from 'vitest'
import { DataLoader, webWorkers } from '../src/index.ts'

it('Web Workers load in parallel and report what goes wrong', async () => {
  const create = () =>
    new Worker(new URL('./fixtures/web-worker.ts', import.meta.url), { type: 'module' })
  const item = { index: 0, by: 0, name: '' }
  const data = { length: 4, get: () => item }
  const loader = new DataLoader(data, { workers: webWorkers(create, 2) })
  const seen: unknown[] = []
  const load = async () => {
    for await (const { index, by, name } of loader) {
      seen.push([index.toArray(), by.toArray(), name])
    }
  }
  await expect(load()).rejects.toThrow('Caught RangeError in DataLoader worker 1')
  expect(seen).toEqual([
    [[0], [0], ['0']],
    [[1], [1], ['1']],
    [[2], [0], ['2']],
  ])
})
