/** Where the queue dashboard stands in the web application. */
export const QUEUES_PATH = '/queues'

/** True for the dashboard's pages, its data and its files. */
export const isQueuesPath = (path: string): boolean => path === QUEUES_PATH || path.startsWith(`${QUEUES_PATH}/`)
