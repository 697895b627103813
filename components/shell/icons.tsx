import type { ReactNode } from 'react'

function Icon({ children }: { children: ReactNode }) {
  return (
    <svg
      viewBox="0 0 20 20"
      aria-hidden
      className="size-[18px] shrink-0"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.6"
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      {children}
    </svg>
  )
}

export const HeartbeatIcon = () => (
  <Icon>
    <path d="M2 10.5h3.5L8 4.5l4 11 2.4-5H18" />
  </Icon>
)

export const BotIcon = () => (
  <Icon>
    <rect x="3.5" y="7" width="13" height="9.5" rx="2" />
    <path d="M10 7V3.5M7.5 11v1.5M12.5 11v1.5M1.5 11v2M18.5 11v2" />
  </Icon>
)

export const WebhookIcon = () => (
  <Icon>
    <circle cx="10" cy="5.5" r="2.6" />
    <circle cx="4.6" cy="14" r="2.6" />
    <circle cx="15.4" cy="14" r="2.6" />
    <path d="M8.7 7.8 6 11.8M11.3 7.8l2.7 4M7.2 14h5.6" />
  </Icon>
)

export const AccountIcon = () => (
  <Icon>
    <circle cx="10" cy="6.5" r="3.2" />
    <path d="M3.5 17c.6-3.6 3.2-5.5 6.5-5.5s5.9 1.9 6.5 5.5" />
  </Icon>
)

export const StatisticsIcon = () => (
  <Icon>
    <path d="M3 16.5h14M5.5 13.5v-4M10 13.5v-9M14.5 13.5v-6" />
  </Icon>
)

export const QueuesIcon = () => (
  <Icon>
    <path d="M3.5 5.5h13M3.5 10h13M3.5 14.5h7.5M14 13l2 1.5-2 1.5" />
  </Icon>
)

export const SignOutIcon = () => (
  <Icon>
    <path d="M12.5 3.5h-7a1.5 1.5 0 0 0-1.5 1.5v10a1.5 1.5 0 0 0 1.5 1.5h7M9 10h8.5M14.5 7l3 3-3 3" />
  </Icon>
)

export const ChevronIcon = ({ isOpen }: { isOpen: boolean }) => (
  <svg
    viewBox="0 0 20 20"
    aria-hidden
    className={`size-4 shrink-0 transition-transform ${isOpen ? 'rotate-90' : ''}`}
    fill="none"
    stroke="currentColor"
    strokeWidth="1.8"
    strokeLinecap="round"
    strokeLinejoin="round"
  >
    <path d="m7.5 4.5 5.5 5.5-5.5 5.5" />
  </svg>
)
