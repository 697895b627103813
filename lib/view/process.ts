/** State of one process of the installation, as /api/health and the status bar show it. */
export interface ProcessView {
  name: string
  state: 'up' | 'starting' | 'down'
  /** ISO instant of its start, where known. */
  since: string | null
  error: string | null
}
