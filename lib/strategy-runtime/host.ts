import { z } from 'zod'
import type { Candle } from '@/lib/domain/market/candle'
import { fromNumber, toWire } from '@/lib/domain/money/decimal'
import type {
  Decision,
  Evaluation,
  EvaluationInput,
  StrategyFault,
  StrategyHost,
} from '@/lib/domain/strategy/evaluation'
import { compileStrategy } from '@/lib/strategy-runtime/compile'
import { sandboxAnswer, type SandboxInput } from '@/lib/strategy-runtime/protocol'
import { SandboxProcess, type SandboxResult } from '@/lib/strategy-runtime/sandbox-process'

export interface HostOptions {
  /** How long one decision may take. */
  timeoutMs?: number
}

const TIMEOUT_MS = 1500
/** A free process is waited for this long before another is started: a hanging strategy delays the others by no more. */
const PATIENCE_MS = 40
const MOST_PROCESSES = 20
const KEEP_IDLE_MS = 60_000

/** Runs strategies in sandboxed processes: one kept warm, more while several are at work at once. */
export function createStrategyHost(options: HostOptions = {}): StrategyHost {
  const timeoutMs = options.timeoutMs ?? TIMEOUT_MS
  const idle: SandboxProcess[] = []
  const all = new Set<SandboxProcess>()
  const queue: ((process: SandboxProcess) => void)[] = []

  function release(process: SandboxProcess): void {
    if (!process.isAlive) {
      all.delete(process)
      return
    }
    process.idleSince = performance.now()
    const next = queue.shift()
    if (next) next(process)
    else idle.push(process)
  }

  let isSpawning = false
  /** One at a time: a burst is served faster by the processes that run than by twenty that start at once. */
  async function spawn(): Promise<void> {
    if (isSpawning || all.size >= MOST_PROCESSES) return
    isSpawning = true
    const process = new SandboxProcess()
    all.add(process)
    const isReady = await process.ready
    isSpawning = false
    if (isReady) release(process)
    else all.delete(process)
  }

  async function acquire(): Promise<SandboxProcess> {
    for (let process = idle.pop(); process; process = idle.pop()) {
      if (process.isAlive) return process
      all.delete(process)
    }
    if (all.size === 0) void spawn()
    return new Promise((resolve) => {
      const patience = setInterval(() => void spawn(), PATIENCE_MS)
      queue.push((process) => {
        clearInterval(patience)
        resolve(process)
      })
    })
  }

  const tidy = setInterval(() => {
    const limit = performance.now() - KEEP_IDLE_MS
    while (idle.length > 1 && (idle[0]?.idleSince ?? limit) < limit) {
      const process = idle.shift()
      if (process) {
        all.delete(process)
        process.kill()
      }
    }
  }, KEEP_IDLE_MS / 4)
  tidy.unref()
  void spawn()

  return {
    async evaluate(input) {
      const compiled = await compileStrategy(input.code)
      if (!compiled.isCompiled) return { isDecided: false, fault: compiled.fault }
      const process = await acquire()
      const result = await process.run(
        { script: compiled.script, input: JSON.stringify(sandboxInput(input)) },
        timeoutMs,
      )
      release(process)
      return readResult(result, input, timeoutMs)
    },
    close() {
      clearInterval(tidy)
      for (const process of all) process.kill()
      all.clear()
      return Promise.resolve()
    },
  }
}

type Columns = Pick<SandboxInput, 'openTime' | 'open' | 'high' | 'low' | 'close' | 'volume'>
/** Runs that are due on the same signal are given the same candles. */
const columnsOf = new WeakMap<readonly Candle[], Columns>()

function readColumns(candles: readonly Candle[]): Columns {
  const column = (name: 'open' | 'high' | 'low' | 'close' | 'volume') =>
    candles.map((candle) => candle[name].toNumber())
  return {
    openTime: candles.map((candle) => candle.openTime),
    open: column('open'),
    high: column('high'),
    low: column('low'),
    close: column('close'),
    volume: column('volume'),
  }
}

function sandboxInput({ candles, balance, position }: EvaluationInput): SandboxInput {
  const columns = columnsOf.get(candles) ?? readColumns(candles)
  columnsOf.set(candles, columns)
  return {
    ...columns,
    closeTime: candles.at(-1)?.closeTime ?? 0,
    balance: balance.toNumber(),
    position: position && {
      quantity: position.quantity.toNumber(),
      entryPrice: position.entryPrice.toNumber(),
      stopLoss: position.stopLoss?.toNumber() ?? null,
      takeProfit: position.takeProfit?.toNumber() ?? null,
      openedAt: position.openedAt,
    },
  }
}

const fail = (kind: StrategyFault['kind'], message: string, line: number | null = null): Evaluation => ({
  isDecided: false,
  fault: { kind, message, line },
})

function readResult(result: SandboxResult, input: EvaluationInput, timeoutMs: number): Evaluation {
  switch (result.kind) {
    case 'TIMEOUT':
      return fail('TIMEOUT', `The strategy did not decide within ${timeoutMs} ms and was ended.`)
    case 'MEMORY':
      return fail('MEMORY', 'The strategy used too much memory and was ended.')
    case 'ENDED':
      return fail('MEMORY', 'The strategy ended its process: it probably used too much memory.')
    case 'TEXT':
      return readAnswer(result.text, input)
  }
}

function readAnswer(text: string, input: EvaluationInput): Evaluation {
  let parsed: z.infer<typeof sandboxAnswer>
  try {
    parsed = sandboxAnswer.parse(JSON.parse(text))
  } catch {
    return fail('INVALID_ANSWER', 'The strategy gave an answer that cannot be read.')
  }
  switch (parsed.kind) {
    case 'ERROR':
      return fail('RUNTIME', parsed.message, parsed.line)
    case 'HOLD':
      return {
        isDecided: true,
        decision: { kind: 'HOLD', reason: input.position ? 'keeps its position' : 'no entry' },
        log: parsed.log,
      }
    case 'EXIT':
      return { isDecided: true, decision: { kind: 'EXIT', reason: 'shouldShort' }, log: parsed.log }
    case 'ENTER':
      return readEntry(parsed, input)
  }
}

/** The numbers of an entry, made exact and held to what makes sense, whatever the strategy says. */
function readEntry(
  answer: { size: unknown; stopLoss: unknown; takeProfit: unknown; log: string[] },
  input: EvaluationInput,
): Evaluation {
  const number = z.number()
  const size = number.safeParse(answer.size)
  if (!size.success || size.data <= 0)
    return fail(
      'INVALID_ANSWER',
      `calculatePositionSize must answer an amount above 0, it answered ${describe(answer.size)}.`,
    )
  const stop = number.gt(0).lt(1).safeParse(answer.stopLoss)
  if (!stop.success)
    return fail(
      'INVALID_ANSWER',
      `calculateStopLoss must answer a fraction between 0 and 1 (0.02 is 2 %), it answered ${describe(answer.stopLoss)}.`,
    )
  const target = number.gt(0).lt(100).safeParse(answer.takeProfit)
  if (!target.success)
    return fail(
      'INVALID_ANSWER',
      `calculateTakeProfit must answer a fraction above 0 (0.04 is 4 %), it answered ${describe(answer.takeProfit)}.`,
    )
  const quoteQuantity = fromNumber(size.data)
  if (quoteQuantity.gt(input.balance))
    return fail(
      'INVALID_ANSWER',
      `calculatePositionSize asks for ${toWire(quoteQuantity)}, but ${toWire(input.balance)} are free.`,
    )
  const decision: Decision = {
    kind: 'ENTER',
    quoteQuantity,
    stopLoss: fromNumber(stop.data),
    takeProfit: fromNumber(target.data),
    reason: 'shouldLong',
  }
  return { isDecided: true, decision, log: answer.log }
}

const describe = (value: unknown): string => (value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 40))
