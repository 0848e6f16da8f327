import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))

const run = (...args: readonly string[]): string =>
  execFileSync(
    process.execPath,
    ['--conditions=@sconce/source', '--import', 'tsx', main, ...args],
    {
      encoding: 'utf8',
      stdio: 'pipe',
    },
  )

it('runs examples by name, on the device that is asked for', () => {
  const out = run('rosenbrock', 'custom-function', '--device', 'wasm', '--steps', '1')
  expect(out).toContain('The minimum of a function with LBFGS (wasm)')
  expect(out).toContain('step 1  f(0.380623, 0.124910) = 4.235e-1')
  expect(out).toContain('the derivatives agree with finite differences')
})

it('says what there is for a name that is unknown', () => {
  expect(() => run('mnits')).toThrow(/no example 'mnits': there are tensors, .*mnist, penguins/)
})

it('refuses a number that is none', () => {
  expect(() => run('mnist', '--epochs', 'many')).toThrow(
    /--epochs takes a positive integer, not 'many'/,
  )
})
