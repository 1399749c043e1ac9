import type { Messages } from '../dispatch/context.ts'

export const sr: Messages<'SR'> = {
  get_supported_types: () => ['dummy'],
}
