/** A map that holds at most `capacity` entries and drops the least recently used one. */
export class LruCache<K, V> {
  readonly #entries = new Map<K, V>()
  readonly #capacity: number
  readonly #evicted: ((value: V, key: K) => void) | undefined

  constructor(capacity: number, evicted?: (value: V, key: K) => void) {
    this.#capacity = capacity
    this.#evicted = evicted
  }

  get size(): number {
    return this.#entries.size
  }

  get(key: K): V | undefined {
    const value = this.#entries.get(key)
    if (value !== undefined) {
      this.#entries.delete(key)
      this.#entries.set(key, value)
    }
    return value
  }

  set(key: K, value: V): void {
    this.#entries.delete(key)
    this.#entries.set(key, value)
    if (this.#entries.size > this.#capacity) {
      const [oldest, dropped] = this.#entries.entries().next().value!
      this.#entries.delete(oldest)
      this.#evicted?.(dropped, oldest)
    }
  }

  clear(): void {
    for (const [key, value] of this.#entries) this.#evicted?.(value, key)
    this.#entries.clear()
  }
}
