import type { Row } from '../rows/row.ts'
import type { Contestant } from './contestant.ts'
import { remote } from './remote.ts'
import server from './torch.py'

function workOf(row: Row): unknown {
  if (row.kind === 'program') {
    return row.steps.torch === undefined ? undefined : { kind: row.kind, code: row.steps.torch }
  }
  const { kind, inputs, backward, forms } = row
  return forms.torch === undefined ? undefined : { kind, inputs, backward, code: forms.torch }
}

/** PyTorch on one thread, called from Python. Undefined where there is no PyTorch. */
export const pyTorch = (python = '/usr/bin/python3'): Promise<Contestant | undefined> =>
  remote({ name: 'pytorch', command: python, args: ['-c', server], workOf })
