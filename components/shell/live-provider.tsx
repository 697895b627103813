'use client'

import { createContext, type ReactNode, useContext, useEffect, useRef, useState } from 'react'
import { io, type Socket } from 'socket.io-client'
import {
  type Channel,
  LIVE_PATH,
  PRICE_EVENT,
  type PriceTick,
  priceSchema,
  RAW_EVENT,
  type RawMessage,
  rawBatchSchema,
  UNWATCH,
  WATCH,
} from '@/lib/realtime/channels'
import { LIVE_EVENTS, type LiveEventName, type LivePayload } from '@/lib/realtime/events'

export type LiveState = 'connecting' | 'connected' | 'lost'

interface Live {
  socket: Socket | null
  state: LiveState
}

const LiveContext = createContext<Live>({ socket: null, state: 'connecting' })

/** Holds the one socket of the page. It reconnects by itself; what was missed is read anew by those who use it. */
export function LiveProvider({ children }: { children: ReactNode }) {
  const [live, setLive] = useState<Live>({ socket: null, state: 'connecting' })

  useEffect(() => {
    const socket = io({
      path: LIVE_PATH,
      addTrailingSlash: false,
      transports: ['websocket', 'polling'],
      reconnectionDelayMax: 5000,
    })
    const report = (state: LiveState) => setLive({ socket, state })
    report('connecting')
    socket.on('connect', () => report('connected'))
    socket.on('disconnect', (reason) => {
      report('lost')
      // The server ended it (session revoked, server stopping): the library would not try again by itself.
      if (reason === 'io server disconnect') socket.connect()
    })
    let retry: ReturnType<typeof setTimeout> | undefined
    socket.on('connect_error', () => {
      report('lost')
      if (socket.active) return
      clearTimeout(retry)
      retry = setTimeout(() => socket.connect(), 5000)
    })
    return () => {
      clearTimeout(retry)
      socket.close()
    }
  }, [])

  return <LiveContext value={live}>{children}</LiveContext>
}

export const useLiveState = (): LiveState => useContext(LiveContext).state

/** Calls `handle` for each live update of this name whose payload fits. */
export function useLiveEvent<E extends LiveEventName>(name: E, handle: (payload: LivePayload<E>) => void): void {
  const { socket } = useContext(LiveContext)
  const latest = useRef(handle)
  useEffect(() => {
    latest.current = handle
  })
  useEffect(() => {
    if (socket === null) return
    const listen = (payload: unknown) => {
      const parsed = LIVE_EVENTS[name].safeParse(payload)
      if (parsed.success) latest.current(parsed.data as LivePayload<E>)
    }
    const event: string = name
    socket.on(event, listen)
    return () => {
      socket.off(event, listen)
    }
  }, [socket, name])
}

/** Calls `handle` after the socket came back: what was announced meanwhile was not heard. */
export function useReconnected(handle: () => void): void {
  const { state } = useContext(LiveContext)
  const wasLost = useRef(false)
  const latest = useRef(handle)
  useEffect(() => {
    latest.current = handle
  })
  useEffect(() => {
    if (state === 'lost') wasLost.current = true
    if (state === 'connected' && wasLost.current) {
      wasLost.current = false
      latest.current()
    }
  }, [state])
}

function useChannel(channel: Channel, event: string, receive: (payload: unknown) => void): void {
  const { socket, state } = useContext(LiveContext)
  const latest = useRef(receive)
  useEffect(() => {
    latest.current = receive
  })
  useEffect(() => {
    if (socket === null || state !== 'connected') return
    const listen = (payload: unknown) => latest.current(payload)
    socket.on(event, listen)
    socket.emit(WATCH, channel)
    return () => {
      socket.off(event, listen)
      if (!socket.hasListeners(event)) socket.emit(UNWATCH, channel)
    }
  }, [socket, state, channel, event])
}

/** Last trade prices, as they come, while the component is on screen. */
export function usePrices(receive: (tick: PriceTick) => void): void {
  useChannel('price', PRICE_EVENT, (payload) => {
    const parsed = priceSchema.safeParse(payload)
    if (parsed.success) receive(parsed.data)
  })
}

/** Raw market messages in batches, oldest first, while the component is on screen. */
export function useRawMessages(receive: (messages: RawMessage[]) => void): void {
  useChannel('raw', RAW_EVENT, (payload) => {
    const parsed = rawBatchSchema.safeParse(payload)
    if (parsed.success) receive(parsed.data)
  })
}
