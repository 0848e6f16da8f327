import '@sconce/backend-cpu'
import { type Backend, getPlugin } from '@sconce/backend'
import { useBackend } from '@sconce/core'
import { expect, test } from 'vitest'
import { torchInterpreter } from '../../src/python/torch/index.ts'

/** The cpu backend, claiming no int64. */
async function narrowBackend(): Promise<Backend> {
  const backend = await getPlugin('cpu').create()
  const { int64: _, ...dtypes } = backend.info.dtypes
  const info = { ...backend.info, dtypes }
  return new Proxy(backend, {
    get(target, key) {
      if (key === 'name') return 'narrow'
      if (key === 'info') return info
      const member: unknown = Reflect.get(target, key)
      return typeof member === 'function' ? member.bind(target) : member
    },
  })
}

test('int32 stands for int64 on a device that does not hold it', async () => {
  useBackend(await narrowBackend())
  const interpreter = torchInterpreter({ device: 'narrow' })
  interpreter.run(`
x = torch.tensor([3, 1], device='cpu')
made = [t.dtype for t in [x, torch.zeros(2, dtype=torch.long, device='cpu'), torch.full((2,), 7, device='cpu'), x.long(), x.argmax()]]
place = x.device, str(x.device), x.to('cpu').device == torch.device('cpu')
kept = torch.tensor([1.5], device='cpu').dtype
`)
  const shown = (name: string) => interpreter.repr(interpreter.get(name) ?? null)
  expect(shown('made')).toBe('[torch.int32, torch.int32, torch.int32, torch.int32, torch.int32]')
  expect(shown('place')).toBe("(device(type='cpu'), 'cpu', True)")
  expect(shown('kept')).toBe('torch.float32')
})
