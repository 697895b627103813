import { randomUUID } from 'node:crypto'
import { monotonicFactory } from 'ulid'

const nextUlid = monotonicFactory()

/** A 26-character ULID: a legal client order id on every exchange concerned, sortable by creation. */
export const newClientOrderId = (): string => nextUlid()
export const newId = (): string => randomUUID()
