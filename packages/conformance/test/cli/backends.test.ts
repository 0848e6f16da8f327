import { available, registerBackend, unavailable } from '@sconce/backend'
import { ReferenceBackend } from '@sconce/backend/reference'
import { expect, test } from 'vitest'
import { loadBackend } from '../../src/cli/backends.ts'
import { moduleUrl } from '../../src/cli/modules.ts'

const plugin = (name: string, why?: string) => ({
  name,
  priority: 0,
  probe: () => (why ? unavailable(why, 'buy one') : available(name)),
  create: () => Object.assign(new ReferenceBackend(), { name }),
})
const load = (module: object) => async () => module
const nothing = () => Promise.reject(new Error('not asked for'))

test('a module exports a backend, or a plug-in, or registers one', async () => {
  const backend = new ReferenceBackend()
  expect(await loadBackend('m', {}, load({ helper: 1, backend }))).toBe(backend)
  expect((await loadBackend('m', {}, load({ mine: plugin('exported') }))).name).toBe('exported')
  const registering = async () => registerBackend(plugin('registered'))
  expect((await loadBackend('m', {}, registering)).name).toBe('registered')
})

test('a name is loaded first, and known afterwards', async () => {
  const loaders = { named: async () => registerBackend(plugin('named')) }
  expect((await loadBackend('named', loaders, nothing)).name).toBe('named')
  expect((await loadBackend('named', {}, nothing)).name).toBe('named')
})

test('what is wrong is told', async () => {
  await expect(loadBackend('m', {}, load({ x: 1 }))).rejects.toThrow(
    'm neither registers nor exports a backend',
  )
  const two = { a: plugin('a'), b: plugin('b') }
  await expect(loadBackend('m', {}, load(two))).rejects.toThrow('m has several backends: a, b.')
  await expect(loadBackend('m', {}, load({ a: plugin('a', 'no GPU') }))).rejects.toThrow(
    'a: no GPU (buy one)',
  )
})

test('a path is a file where there is one, else the name of a module', () => {
  expect(moduleUrl('cpu', { cpu: 'file:///cpu.js' })).toBe('file:///cpu.js')
  expect(moduleUrl(import.meta.filename, {})).toBe(import.meta.url)
  expect(moduleUrl('some-backend', {})).toBe('some-backend')
})
