import { expect, it } from 'vitest'
import {
  available,
  BackendUnavailable,
  getPlugin,
  registerBackend,
  registeredBackends,
  unavailable,
} from '../src/index.ts'
import { ToyBackend } from './toy-backend.ts'

const plugin = (name: string, priority: number) => ({
  name,
  priority,
  probe: () => available('a toy'),
  create: () => new ToyBackend(),
})

it('knows backends by name, preferred first', () => {
  expect(() => getPlugin('toy')).toThrow(
    'Expected one of none device type at start of device string: toy',
  )
  registerBackend(plugin('toy', 1))
  registerBackend(plugin('better', 5))
  registerBackend(plugin('a/b:c', -1))
  expect(registeredBackends().map((p) => p.name)).toEqual(['better', 'toy', 'a/b:c'])
  expect(getPlugin('toy').create()).toBeInstanceOf(ToyBackend)
  expect(() => getPlugin('cuda')).toThrow(BackendUnavailable)
  expect(() => getPlugin('cuda')).toThrow('one of toy, better, a/b:c device type')
})

it('replaces a registration by a later one of the same name', () => {
  registerBackend(plugin('toy', 9))
  expect(registeredBackends().map((p) => [p.name, p.priority])).toEqual([
    ['toy', 9],
    ['better', 5],
    ['a/b:c', -1],
  ])
})

it('states why a backend cannot run, and the mend', () => {
  expect(unavailable('no WebGL2', 'use a newer browser')).toEqual({
    available: false,
    reason: 'no WebGL2',
    mend: 'use a newer browser',
  })
  expect(available('GPU', true)).toMatchObject({ available: true, software: true })
})
