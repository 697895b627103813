import { useCallback, useEffect, useRef, useState } from 'react'
import { useLiveEvent } from '@/components/shell/live-provider'
import { type LoadAnswer, type LoadFailure, loadFailureOf } from '@/lib/view/pairs-loading'

export type LoadPairs = (brokerId: string) => Promise<LoadAnswer>
export type LoadEnd = { isLoaded: true; count: number } | { isLoaded: false; reason: LoadFailure }

// Progress is told several times a second: after such a silence nothing is known of it any more.
const SILENCE_MS = 10_000
const PATIENCE_MS = 60_000

/**
 * Loads the pairs of one broker and follows it. `percent` is null while nothing is known to be loading. `onEnd` hears how
 * it ended when it was asked for here; what the gateway does on its own ends silently.
 */
export function usePairsLoader(
  brokerId: string,
  loadPairs: LoadPairs,
  onEnd: (end: LoadEnd) => void,
): { percent: number | null; start: () => void } {
  const [percent, setPercent] = useState<number | null>(null)
  const [isAsked, setAsked] = useState(false)
  const latest = useRef(onEnd)
  useEffect(() => {
    latest.current = onEnd
  })

  const end = useCallback(
    (how: LoadEnd) => {
      setPercent(null)
      setAsked(false)
      if (isAsked) latest.current(how)
    },
    [isAsked],
  )

  useLiveEvent('markets.progress', (progress) => {
    if (progress.brokerId !== brokerId) return
    if (progress.state === 'LOADING') setPercent(progress.percent)
    else if (progress.state === 'LOADED') end({ isLoaded: true, count: progress.count })
    else end({ isLoaded: false, reason: loadFailureOf(progress.code) })
  })

  useEffect(() => {
    if (percent === null) return
    const timer = setTimeout(() => setPercent(null), SILENCE_MS)
    return () => clearTimeout(timer)
  }, [percent])

  useEffect(() => {
    if (!isAsked) return
    const timer = setTimeout(() => end({ isLoaded: false, reason: 'LATE' }), PATIENCE_MS)
    return () => clearTimeout(timer)
  }, [isAsked, end])

  const start = () => {
    if (isAsked) return
    setAsked(true)
    setPercent(0)
    const refused = (reason: LoadFailure) => {
      setPercent(null)
      setAsked(false)
      latest.current({ isLoaded: false, reason })
    }
    loadPairs(brokerId).then(
      (answer) => {
        if (!answer.isAsked) refused(answer.reason)
      },
      () => refused('UNAVAILABLE'),
    )
  }
  return { percent: isAsked ? (percent ?? 0) : percent, start }
}
