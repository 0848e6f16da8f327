import { nn, type Tensor } from 'sconce'

/** Two convolutions, each followed by a pool, and two linear layers. */
export class DigitNetwork extends nn.Module {
  first = new nn.Sequential(new nn.Conv2d(1, 8, 3), new nn.ReLU(), new nn.MaxPool2d(2))
  second = new nn.Sequential(new nn.Conv2d(8, 16, 3), new nn.ReLU(), new nn.MaxPool2d(2))
  head = new nn.Sequential(
    new nn.Flatten(),
    new nn.Linear(16 * 5 * 5, 64),
    new nn.ReLU(),
    new nn.Linear(64, 10),
  )

  /** Images [N, 1, 28, 28] to scores [N, 10]. */
  override forward(images: Tensor): Tensor {
    return this.head.call(this.second.call(this.first.call(images)))
  }

  /** What each part makes of images: [N, 8, 13, 13], [N, 16, 5, 5] and the scores. */
  stages(images: Tensor): { first: Tensor; second: Tensor; scores: Tensor } {
    const first = this.first.call(images)
    const second = this.second.call(first)
    return { first, second, scores: this.head.call(second) }
  }
}
