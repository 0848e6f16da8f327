/** `torch.nn.utils.rnn`. */
export * from '../recurrent/packed-sequence.ts'
