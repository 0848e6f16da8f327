import { library } from '../../tsup.shared.ts'

export default library({
  entry: {
    index: 'src/index.ts',
    csv: 'src/csv.ts',
    image: 'src/image.ts',
    progress: 'src/progress.ts',
    node: 'src/node.ts',
    // Started by its file: `src/node/threads.ts`.
    worker: 'src/node/worker.ts',
  },
})
