import { closed, messageLength, word } from './control.ts'

/**
 * What a worker runs: plain JavaScript in a string, so that there is no file to find, whatever the
 * bundler. It sleeps on the generation, joins the job if it is still open, takes units of work until
 * there are none, and leaves. Programs that it doesn't know it compiles from their binary in memory.
 */
export const workerSource = `'use strict'
const programs = new Map()
const math = {
  sin: Math.sin, cos: Math.cos, tan: Math.tan, asin: Math.asin, acos: Math.acos, atan: Math.atan,
  atan2: Math.atan2, pow: Math.pow, rem: (x, y) => x % y,
}

function main({ memory, library, entryNames, control, scratch }) {
  const words = new Int32Array(memory.buffer, control, ${word.message})
  const entries = new WebAssembly.Instance(library, { env: { memory } }).exports

  function program(id) {
    let run = programs.get(id)
    if (!run) {
      const from = words[${word.bytes}] >>> 0
      const length = words[${word.bytesLength}]
      // Growing by nothing brings the buffer up to date with what other threads have grown.
      if (memory.buffer.byteLength < from + length) memory.grow(0)
      const bytes = new Uint8Array(memory.buffer, from, length).slice()
      const module = new WebAssembly.Module(bytes)
      run = new WebAssembly.Instance(module, { env: { ...math, memory } }).exports.run
      if (programs.size >= 512) programs.delete(programs.keys().next().value)
      programs.set(id, run)
    }
    return run
  }

  function work() {
    const entry = words[${word.entry}]
    const run = entry >= 0 ? entries[entryNames[entry]] : program(words[${word.program}])
    const units = words[${word.units}]
    const grain = words[${word.grain}]
    const args = words[${word.args}]
    for (;;) {
      const begin = Atomics.add(words, ${word.next}, grain)
      if (begin >= units) return
      run(args, begin, Math.min(begin + grain, units), scratch)
    }
  }

  function fail(error) {
    const text = String((error && error.message) || error).slice(0, ${messageLength})
    const message = new Uint16Array(memory.buffer, control + ${4 * word.message}, ${messageLength})
    for (let i = 0; i < text.length; i++) message[i] = text.charCodeAt(i)
    Atomics.store(words, ${word.next}, words[${word.units}])
    Atomics.store(words, ${word.failed}, text.length || 1)
  }

  function join() {
    for (;;) {
      const state = Atomics.load(words, ${word.state})
      if (state & ${closed}) return false
      if (Atomics.compareExchange(words, ${word.state}, state, state + 1) === state) return true
    }
  }

  Atomics.add(words, ${word.started}, 1)
  let seen = 0
  for (;;) {
    if (Atomics.load(words, ${word.stop})) return
    if (join()) {
      seen = Atomics.load(words, ${word.generation})
      try {
        work()
      } catch (error) {
        fail(error)
      }
      if (Atomics.sub(words, ${word.state}, 1) === ${closed} + 1) Atomics.notify(words, ${word.state})
    }
    // Work often comes in a row: a moment of patience is cheaper than being woken.
    let patience = 300
    while (patience > 0 && Atomics.load(words, ${word.generation}) === seen) patience--
    Atomics.wait(words, ${word.generation}, seen)
    if (Atomics.load(words, ${word.state}) & ${closed}) seen = Atomics.load(words, ${word.generation})
  }
}

if (typeof require === 'function') main(require('node:worker_threads').workerData)
else self.onmessage = ({ data }) => main(data)
`
