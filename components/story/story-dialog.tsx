'use client'

import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useTranslations } from 'next-intl'
import { useLiveEvent } from '@/components/shell/live-provider'
import { ask } from '@/components/shell/question'
import { StoryLine } from '@/components/story/story-line'
import { Button } from '@/components/ui/button'
import { Dialog } from '@/components/ui/dialog'
import { EmptyState, ErrorMessage } from '@/components/ui/message'
import type { OrderHead, StoryView } from '@/lib/view/story'

interface Props {
  path: string
  title: string
  onClose: () => void
}

/** The story of a webhook or an order, step by step; it goes on while one watches. */
export function StoryDialog({ path, title, onClose }: Props) {
  const t = useTranslations('story')
  const queries = useQueryClient()
  const { data, isError } = useQuery({
    queryKey: ['story', path],
    queryFn: ({ signal }) => ask<StoryView>(path, signal),
    refetchInterval: 10_000,
  })
  const refresh = () => void queries.invalidateQueries({ queryKey: ['story', path] })
  useLiveEvent('order.changed', refresh)
  useLiveEvent('webhook.received', refresh)

  return (
    <Dialog title={t('title', { title })} size="wide" isOpen onClose={onClose}>
      {isError ? <ErrorMessage>{t('failed')}</ErrorMessage> : null}
      {data === undefined ? (
        isError ? null : (
          <p className="py-8 text-center text-[13px] text-mute">{t('loading')}</p>
        )
      ) : (
        <div className="flex max-h-[65vh] flex-col gap-4 overflow-y-auto pr-1" tabIndex={0} data-testid="story">
          <Steps story={data} />
          <Raw label={t('rawBody')} text={data.rawBody} />
          <Raw label={t('answer')} text={data.answer} />
        </div>
      )}
      <div className="flex justify-end">
        <Button data-testid="close-story" onClick={onClose}>
          {t('close')}
        </Button>
      </div>
    </Dialog>
  )
}

function Steps({ story: { steps, orders } }: { story: StoryView }) {
  const t = useTranslations('story')
  if (steps.length === 0) return <EmptyState title={t('empty')} />
  const before = steps.filter((step) => step.clientOrderId === null)
  return (
    <>
      {before.length === 0 ? null : (
        <ol className="flex flex-col">
          {before.map((step, index) => (
            <StoryLine key={index} step={step} />
          ))}
        </ol>
      )}
      {orders.map((order) => (
        <section key={order.clientOrderId} className="flex flex-col gap-1">
          <OrderTitle order={order} />
          <ol className="flex flex-col">
            {steps
              .filter((step) => step.clientOrderId === order.clientOrderId)
              .map((step, index) => (
                <StoryLine key={index} step={step} />
              ))}
          </ol>
        </section>
      ))}
      {orders.length === 0 ? <p className="text-xs text-mute">{t('noOrder')}</p> : null}
    </>
  )
}

function OrderTitle({ order }: { order: OrderHead }) {
  const t = useTranslations('orders')
  return (
    <h3 className="flex flex-wrap items-baseline gap-x-2 border-b border-line pb-1 text-[13px] font-semibold">
      <span className={order.side === 'BUY' ? 'text-up' : 'text-down'}>{t(`side.${order.side}`)}</span>
      <span className="text-accent">{order.symbol}</span>
      <span className="font-normal text-soft">
        {order.purpose === 'OTHER' ? t(`type.${order.type}`) : t(`purpose.${order.purpose}`)} ·{' '}
        {t(`status.${order.status}`)}
      </span>
      <span className="font-mono text-[11px] font-normal text-mute [overflow-wrap:anywhere]">
        {order.clientOrderId}
      </span>
    </h3>
  )
}

/** What came over the wire, folded away. */
function Raw({ label, text }: { label: string; text: string | null }) {
  if (text === null) return null
  return (
    <details>
      <summary className="text-xs text-soft">{label}</summary>
      <pre className="mt-1 max-h-60 overflow-auto rounded border border-line bg-canvas p-2 text-[11px] whitespace-pre-wrap text-soft [overflow-wrap:anywhere]">
        {text}
      </pre>
    </details>
  )
}
