import { rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { codePath, compiled, type Start } from '../bin/compiled.ts'

// Runs a built program and keeps the code that V8 has made of it until its end, the functions that it used included.

const [program = '', ...words] = process.argv.slice(2)
rmSync(codePath(program), { force: true })
const script = compiled(program)
process.argv.splice(1, process.argv.length, program, ...words)
process.on('exit', status => {
  if (status === 0) writeFileSync(codePath(program), script.createCachedData())
})
const start: Start = script.runInThisContext()
start(createRequire(program), dirname(program), path => import(path))
