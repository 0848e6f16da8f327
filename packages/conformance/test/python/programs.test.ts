import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { Interpreter } from '../../src/python/index.ts'

const folder = new URL('./programs/', import.meta.url)
const names = readdirSync(folder)
  .filter((name) => name.endsWith('.py'))
  .map((name) => name.slice(0, -3))

// `NAME.txt` is what CPython 3.11 printed: `python3 NAME.py > NAME.txt`.
test.each(names)('%s prints what CPython prints', (name) => {
  const read = (extension: string) => readFileSync(new URL(name + extension, folder), 'utf8')
  let printed = ''
  const interpreter = new Interpreter({
    write: (text) => {
      printed += text
    },
  })
  interpreter.run(read('.py'))
  expect(printed.split('\n')).toEqual(read('.txt').split('\n'))
})
