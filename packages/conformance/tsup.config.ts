import { library } from '../../tsup.shared.ts'

// The entries lie directly in dist, as they lie directly in src, so that `../data/` is right in both.
export default library({
  entry: {
    index: 'src/index.ts',
    node: 'src/node.ts',
    browser: 'src/browser.ts',
    vitest: 'src/vitest.ts',
    bin: 'src/bin.ts',
  },
})
