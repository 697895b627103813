import pino from 'pino'

export type Logger = pino.Logger

// Secrets are never logged, wherever they appear in a logged object.
const REDACT = [
  'apiKey',
  'apiSecret',
  'apiPassphrase',
  'secret',
  'password',
  'token',
  'signature',
  'authorization',
  'cookie',
]

/** Structured JSON log of one process. Pass `correlationId` in child bindings to follow a signal or webhook to its fills. */
export const createLogger = (name: string, level = 'info'): Logger =>
  pino({
    name,
    level,
    base: { name },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: REDACT.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]), censor: '[redacted]' },
    formatters: { level: (label) => ({ level: label }) },
  })
