/** A word that may stand where the cursor is. */
export interface Candidate {
  readonly word: string
  /** What is shown beside it. */
  readonly description?: string | undefined
}

/** Whether something else follows within the same word. */
export const isOpen = ({ word }: Candidate): boolean => /[=:,]$/.test(word)
