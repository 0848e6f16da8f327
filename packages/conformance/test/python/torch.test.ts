import '@sconce/backend-cpu'
import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { torchInterpreter } from '../../src/python/torch/index.ts'

const folder = new URL('./torch/', import.meta.url)
const names = readdirSync(folder)
  .filter((name) => name.endsWith('.py'))
  .map((name) => name.slice(0, -3))

// `NAME.txt` is what PyTorch 1.13 printed.
test.each(names)('%s prints what PyTorch prints', (name) => {
  const read = (extension: string) => readFileSync(new URL(name + extension, folder), 'utf8')
  let printed = ''
  const interpreter = torchInterpreter({
    device: 'cpu',
    write: (text) => {
      printed += text
    },
  })
  interpreter.run(`import copy\n${read('.py')}`)
  expect(printed.split('\n')).toEqual(read('.txt').split('\n'))
})
