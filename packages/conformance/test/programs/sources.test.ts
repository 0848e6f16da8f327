import { describe, expect, test } from 'vitest'
import { distributionError, initSource } from '../../src/programs/init.ts'
import { pathSource } from '../../src/programs/module.ts'
import { toPython } from '../../src/programs/rng-source.ts'
import { schedulerSource } from '../../src/programs/scheduler.ts'

const lastLine = (program: string): string => toPython(program).text.trim().split('\n').at(-1) ?? ''

describe('random programs in shorthand', () => {
  test('an expression, several variables, the parameters of a layer', () => {
    expect(lastLine('manual_seed(s); rand(5)')).toBe('outputs = rand(5)')
    expect(lastLine('manual_seed(s); a=randn(3); b=rand(2)')).toBe('outputs = [a, b]')
    expect(lastLine('manual_seed(s); Linear(7,5): weight, bias')).toBe(
      'outputs = [module.weight, module.bias]',
    )
    expect(lastLine('manual_seed(s); LSTM(3,4): parameters in order')).toBe(
      'outputs = list(LSTM(3,4).parameters())',
    )
  })

  test('a remark is none of the program', () => {
    expect(lastLine('manual_seed(s); randn(37)  (the last block is redrawn)')).toBe(
      'outputs = randn(37)',
    )
  })

  test('nn is needed where a layer or an initialiser is', () => {
    expect(toPython('manual_seed(s); randperm(10)').needsNn).toBe(false)
    expect(toPython('manual_seed(s); Embedding(6,4).weight').needsNn).toBe(true)
    expect(toPython('manual_seed(s); init.xavier_normal_(empty(5,8))').needsNn).toBe(true)
  })
})

test('paths of inputs are subscripts', () => {
  expect(pathSource('inputs.1.0')).toBe('inputs[1][0]')
  expect(pathSource('kwargs.mask')).toBe("kwargs['mask']")
})

test('a scheduler with metrics is given them', () => {
  const source = schedulerSource({
    id: 's',
    kind: 'scheduler',
    program: '',
    scheduler_expr: 'S.ReduceLROnPlateau(o)',
    optimizer: 'SGD',
    optimizer_kwargs: { momentum: 0.9 },
    initial_lrs: [0.1, 0.5],
    steps: 2,
    metrics: [1, 2],
    lrs: [],
    last_lr: [],
  })
  expect(source).toContain('for lr in [0.1, 0.5]]')
  expect(source).toContain('optim.SGD(groups, lr=0.1, momentum=0.9)')
  expect(source).toContain('s.step(metrics[t])')
})

describe('distributions', () => {
  const uniform = { dist: 'uniform', low: -1, high: 1 }
  const even = Float64Array.from({ length: 400 }, (_, i) => -1 + (2 * (i + 0.5)) / 400)

  test('hold, or tell what does not', () => {
    expect(distributionError(even, uniform)).toBeUndefined()
    expect(distributionError(even.with(7, 1.01), uniform)).toBe('1.01 is not between -1 and 1')
    expect(
      distributionError(
        even.map((x) => x * 0.5 + 0.5),
        uniform,
      ),
    ).toMatch(/^the mean is 0\.5/)
    expect(
      distributionError(
        even.map((x) => x * 0.5),
        uniform,
      ),
    ).toMatch(/^the standard deviation/)
    const normal = { dist: 'normal', mean: 0, std: Math.sqrt(1 / 3) }
    expect(distributionError(even, normal)).toBeUndefined()
  })

  test('a property is evaluated', () => {
    const source = initSource({
      id: 'o',
      kind: 'init',
      program: '',
      expr: 'orthogonal_(w)',
      shape: [3, 4],
      facts: { dist: 'orthogonal', property: 'w @ w.T == I(3)' },
    })
    expect(source).toContain('w = torch.empty((3, 4,))\nnn.init.orthogonal_(w)')
    expect(source).toContain('holds = torch.allclose(w @ w.T, I(3), atol=1e-5)')
  })
})
