import { expect, it } from 'vitest'
import { LruCache } from '../src/index.ts'

it('drops what went unused longest', () => {
  const dropped: [string, number][] = []
  const cache = new LruCache<string, number>(2, (value, key) => dropped.push([key, value]))
  cache.set('a', 1)
  cache.set('b', 2)
  expect(cache.get('a')).toBe(1)
  cache.set('c', 3)
  expect(dropped).toEqual([['b', 2]])
  expect(cache.get('b')).toBeUndefined()
  expect([cache.get('a'), cache.get('c'), cache.size]).toEqual([1, 3, 2])
})

it('counts a new value of a key as a use', () => {
  const cache = new LruCache<string, number>(2)
  cache.set('a', 1)
  cache.set('b', 2)
  cache.set('a', 3)
  cache.set('c', 4)
  expect([cache.get('a'), cache.get('b'), cache.get('c')]).toEqual([3, undefined, 4])
})

it('hands everything back when cleared', () => {
  const dropped: number[] = []
  const cache = new LruCache<string, number>(3, (value) => dropped.push(value))
  cache.set('a', 1)
  cache.set('b', 2)
  cache.clear()
  expect([dropped, cache.size]).toEqual([[1, 2], 0])
})
