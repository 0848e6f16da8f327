import { useBackend } from '@sconce/core'
import { expect, test } from 'vitest'
import type { GoldenTensor } from '../../src/golden/types.ts'
import { torchInterpreter } from '../../src/python/torch/index.ts'
import { fromRecorded } from '../../src/python/torch/script.ts'
import { narrowBackend } from '../backends/narrow.ts'

test('int32 stands for int64 on a device that does not hold it', () => {
  useBackend(narrowBackend())
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

  const bytes = new Uint8Array(new BigInt64Array([5n, -7n]).buffer)
  const recorded: GoldenTensor = { t: 'tensor', dtype: 'int64', shape: [2], data: bytes }
  interpreter.set('given', fromRecorded(recorded, 'narrow'))
  expect(shown('given')).toBe("tensor([ 5, -7], device='narrow', dtype=torch.int32)")
})
