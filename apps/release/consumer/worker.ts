import { train } from './train.ts'

addEventListener('message', ({ data }: MessageEvent<string>) => {
  train(data).then(
    (result) => postMessage({ result }),
    (error) => postMessage({ error: String(error) }),
  )
})
