/** Every waiting time of the heartbeat, in ms; tests shorten them. */
export interface HeartbeatTimings {
  /** How often the exchange's clock is looked at. */
  clockMs: number
  /** A minute without a print closes so long after its end: late messages still count. */
  graceMs: number
  /** Slower than this, storing no longer holds back the signal. */
  storePatienceMs: number
  /** Between two attempts at anything that failed. */
  retryMs: number
  /** After a minute's end, until the exchange's own bar is final. */
  recoveryDelayMs: number
  rawBatchMs: number
  systemTickMs: number
  coherenceMs: number
  statusMs: number
}

export const HEARTBEAT_TIMINGS: HeartbeatTimings = {
  clockMs: 50,
  graceMs: 300,
  storePatienceMs: 1000,
  retryMs: 2000,
  recoveryDelayMs: 2000,
  rawBatchMs: 200,
  systemTickMs: 10_000,
  coherenceMs: 300_000,
  statusMs: 5000,
}
