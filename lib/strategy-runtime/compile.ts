import { createHash } from 'node:crypto'
import type TypeScript from 'typescript'
import type { StrategyFault } from '@/lib/domain/strategy/evaluation'

// TypeScript to JavaScript by blanking out the types: every line and column stays where the author wrote it, so that an
// error at run time names the line in the editor. With string code generation off in the sandbox, the syntax tree seen
// here is all the code that can run there.

export type Compiled = { isCompiled: true; script: string } | { isCompiled: false; fault: StrategyFault }

const KEPT = 200
const cache = new Map<string, Compiled>()

/** Compiles a strategy's source. The answer is kept: the same source costs nothing the second time. */
export async function compileStrategy(code: string): Promise<Compiled> {
  const key = createHash('sha256').update(code).digest('base64')
  const known = cache.get(key)
  if (known) return known
  const compiled = await compile(code)
  if (cache.size >= KEPT) cache.clear()
  cache.set(key, compiled)
  return compiled
}

async function compile(code: string): Promise<Compiled> {
  // The compiler is large: it is loaded by the first strategy that needs it.
  const [{ default: ts }, { blankSourceFile }] = await Promise.all([import('typescript'), import('ts-blank-space')])
  const file = ts.createSourceFile('strategy.ts', code, ts.ScriptTarget.ES2022, true, ts.ScriptKind.TS)
  const at = (position: number): number => file.getLineAndCharacterOfPosition(position).line + 1
  const refuse = (position: number, message: string): Compiled => ({
    isCompiled: false,
    fault: { kind: 'COMPILE', message, line: at(position) },
  })

  const [syntax] = (file as TypeScript.SourceFile & { parseDiagnostics: readonly TypeScript.DiagnosticWithLocation[] })
    .parseDiagnostics
  if (syntax) return refuse(syntax.start, ts.flattenDiagnosticMessageText(syntax.messageText, ' '))
  const forbidden = findForbidden(ts, file)
  if (forbidden) return refuse(forbidden.node.getStart(file), forbidden.message)

  const classes = file.statements.filter((statement) => ts.isClassDeclaration(statement))
  const exported = classes.find((each) =>
    each.modifiers?.some((modifier) => modifier.kind === ts.SyntaxKind.DefaultKeyword),
  )
  if (!exported?.name) return refuse(0, 'The source needs one `export default class Name extends Strategy`.')

  let firstBad: TypeScript.Node | undefined
  let script = blankSourceFile(file, (node) => {
    firstBad ??= node
  })
  if (firstBad)
    return refuse(
      firstBad.getStart(file),
      'This TypeScript syntax has no JavaScript of its own (enum, namespace, parameter property, <T> cast): write it another way.',
    )
  for (const modifier of exported.modifiers ?? [])
    if (modifier.kind === ts.SyntaxKind.ExportKeyword || modifier.kind === ts.SyntaxKind.DefaultKeyword) {
      const start = modifier.getStart(file)
      script = script.slice(0, start) + ' '.repeat(modifier.end - start) + script.slice(modifier.end)
    }
  return { isCompiled: true, script: `(() => { 'use strict'; ${script}\nreturn ${exported.name.text} })` }
}

function findForbidden(
  ts: typeof TypeScript,
  file: TypeScript.SourceFile,
): { node: TypeScript.Node; message: string } | null {
  let found: { node: TypeScript.Node; message: string } | null = null
  const visit = (node: TypeScript.Node): void => {
    if (found) return
    const message = forbiddenReason(ts, node)
    if (message !== null) found = { node, message }
    else ts.forEachChild(node, visit)
  }
  visit(file)
  return found
}

function forbiddenReason(ts: typeof TypeScript, node: TypeScript.Node): string | null {
  const is = (kind: TypeScript.SyntaxKind): boolean => node.kind === kind
  if (
    is(ts.SyntaxKind.ImportDeclaration) ||
    is(ts.SyntaxKind.ImportEqualsDeclaration) ||
    is(ts.SyntaxKind.ImportKeyword) ||
    is(ts.SyntaxKind.MetaProperty)
  )
    return 'A strategy imports nothing: everything it needs is there.'
  if (is(ts.SyntaxKind.ExportDeclaration) || is(ts.SyntaxKind.ExportAssignment))
    return 'Only the strategy class itself is exported.'
  if (is(ts.SyntaxKind.AwaitExpression) || is(ts.SyntaxKind.AsyncKeyword))
    return 'A strategy decides at once: async code is not run.'
  if (is(ts.SyntaxKind.WithStatement)) return 'The `with` statement is not allowed.'
  return null
}
