#!/usr/bin/env node
import { join } from 'node:path'
import { compiled, type Start } from './compiled.ts'

// What is installed as xe-tunnel: it starts the program, with the code that was kept of it (docs/decisions/bundle.md).

const program = join(__dirname, 'program.js')
if (process.sourceMapsEnabled) {
  require(program) // Node looks for maps only of what it loads itself
} else {
  const start: Start = compiled(program).runInThisContext()
  start(require, __dirname, path => import(path))
}
