/** A XenAPI failure thrown by the body of a message: the code, then its parameters. */
export class Failure extends Error {
  override readonly name = 'Failure'
  readonly description: readonly [code: string, ...params: string[]]

  constructor(code: string, ...params: string[]) {
    super([code, ...params].join(' '))
    this.description = [code, ...params]
  }
}

/** The failure that stands for an exception which no code describes. */
export const internalError = (text: string): Failure => new Failure('INTERNAL_ERROR', text)

/** What went wrong as a XenAPI error description: INTERNAL_ERROR where no code describes it. */
export const errorOf = (error: unknown): readonly [code: string, ...params: string[]] =>
  error instanceof Failure
    ? error.description
    : ['INTERNAL_ERROR', error instanceof Error ? error.message : String(error)]
