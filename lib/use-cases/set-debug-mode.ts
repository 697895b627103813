import { readDebugMode, writeDebugMode } from '@/lib/db/debug-mode-repository'
import { env } from '@/lib/platform/env'

/** DEBUG_ARISTOBOT alone decides: False is production, whatever NODE_ENV the web build runs with. */
export const isDebugAllowed = (): boolean => env().DEBUG_ARISTOBOT

/** Stores the development mode. Answers false, and stores nothing, where the settings forbid it. */
export async function setDebugMode(isActive: boolean): Promise<boolean> {
  if (!isDebugAllowed()) return false
  await writeDebugMode(isActive)
  return true
}

/** The development mode in force: what is stored, where the settings allow it at all. */
export const isDebugActive = async (): Promise<boolean> => isDebugAllowed() && (await readDebugMode())

/** At start: without DEBUG_ARISTOBOT a state left ON by an earlier run is put back to OFF. */
export async function resetDebugMode(): Promise<void> {
  if (isDebugAllowed()) return
  if (await readDebugMode()) await writeDebugMode(false)
}
