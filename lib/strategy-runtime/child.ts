// The sandboxed process. Started with Node's permission model and without environment; here it gives up what is left of
// the outside and runs each strategy in a context of its own that holds no object of this realm.
import vm from 'node:vm'
import type { SandboxRequest } from '@/lib/strategy-runtime/protocol'

/** The sandbox's script library, put in as text when this file is bundled. */
declare const PRELUDE: string

const send = process.send?.bind(process)
if (send === undefined) throw new Error('started by the strategy host only')

const refuseImport = (): never => {
  // eslint-disable-next-line @typescript-eslint/only-throw-error -- an Error object of this realm is the way out of the sandbox
  throw null
}

const PROCESS_PARTS = [
  'getBuiltinModule',
  'binding',
  '_linkedBinding',
  'dlopen',
  'kill',
  '_kill',
  'mainModule',
  'reallyExit',
  'setuid',
  'setgid',
  'report',
  'stdin',
  'stdout',
  'stderr',
  'execve',
  'chdir',
  'abort',
  'send',
  'env',
  'argv',
  'execArgv',
]
const GLOBALS = ['fetch', 'WebSocket', 'EventSource', 'BroadcastChannel', 'MessageChannel', 'navigator']
for (const name of PROCESS_PARTS) {
  try {
    Object.defineProperty(process, name, { value: undefined })
  } catch {
    // not configurable in this version: the permission model stands behind it
  }
}
for (const name of GLOBALS) Reflect.deleteProperty(globalThis, name)

const prelude = new vm.Script(`${PRELUDE};__prelude.drive`, {
  filename: 'prelude.js',
  importModuleDynamically: refuseImport,
})
const strip = new vm.Script(
  'for (const name of ["WebAssembly", "SharedArrayBuffer", "Atomics", "console"]) delete globalThis[name]',
  {
    importModuleDynamically: refuseImport,
  },
)
const hide = new vm.Script('__prelude = undefined', { importModuleDynamically: refuseImport })

function run({ script, input }: SandboxRequest): string {
  const context = vm.createContext(vm.constants.DONT_CONTEXTIFY, {
    codeGeneration: { strings: false, wasm: false },
    // A queue of its own: promises left behind by one strategy never run while the next one decides.
    microtaskMode: 'afterEvaluate',
  })
  strip.runInContext(context)
  const drive = prelude.runInContext(context) as (make: unknown, input: string) => unknown
  hide.runInContext(context)
  const make: unknown = new vm.Script(script, {
    filename: 'strategy.ts',
    columnOffset: -"(() => { 'use strict'; ".length,
    importModuleDynamically: refuseImport,
  }).runInContext(context)
  const answer = drive(make, input)
  return typeof answer === 'string' ? answer : ''
}

// A promise that user code left rejected concerns nobody: the strategy has answered.
process.on('unhandledRejection', () => undefined)
process.on('message', (request: SandboxRequest) => {
  let text: string
  try {
    text = run(request)
  } catch (error) {
    // What user code throws is never looked into here, only its kind.
    text = JSON.stringify({
      kind: 'ERROR',
      message: error instanceof SyntaxError ? error.message.slice(0, 400) : 'The strategy could not be run.',
      line: null,
    })
  }
  send({ id: request.id, text: text.slice(0, 100_000) })
})
send({ id: 0, text: 'ready' })
