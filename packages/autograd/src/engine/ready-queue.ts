import type { Entry } from './entry.ts'

/** Nodes whose gradients are complete; the youngest comes first, as in PyTorch's engine. */
export class ReadyQueue {
  readonly #heap: Entry[] = []

  push(entry: Entry): void {
    const heap = this.#heap
    let i = heap.length
    heap.push(entry)
    const { sequence } = entry.node
    while (i > 0) {
      const parent = (i - 1) >> 1
      if (heap[parent].node.sequence >= sequence) break
      heap[i] = heap[parent]
      i = parent
    }
    heap[i] = entry
  }

  pop(): Entry | undefined {
    const heap = this.#heap
    const top = heap[0]
    const last = heap.pop()
    if (last === undefined || heap.length === 0) return last
    const { sequence } = last.node
    const half = heap.length >> 1
    let i = 0
    while (i < half) {
      let child = 2 * i + 1
      if (child + 1 < heap.length && heap[child + 1].node.sequence > heap[child].node.sequence) {
        child++
      }
      if (heap[child].node.sequence <= sequence) break
      heap[i] = heap[child]
      i = child
    }
    heap[i] = last
    return top
  }
}
