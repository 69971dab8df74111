/** Statuses as the screen shows them. */
import type { Message } from './data/results.ts';
import type { SmsStatus } from './gql/graphql.ts';

/** The colour of a status, always next to its name. */
export type Tone = 'success' | 'info' | 'neutral' | 'warning' | 'danger';

/** Where a message is: its status alone does not say whether a later version knows more statuses, `isFinal` does. */
export type Group = 'delivered' | 'onTheWay' | 'notDelivered';

const STATUSES: Record<SmsStatus, readonly [name: string, tone: Tone]> = {
  SCHEDULED: ['Scheduled', 'neutral'],
  NEW: ['New', 'neutral'],
  WAITING: ['Waiting', 'neutral'],
  MODERATION: ['In moderation', 'neutral'],
  ACCEPTED: ['Accepted', 'info'],
  SENDING: ['Sending', 'info'],
  SENT: ['Sent', 'info'],
  DELIVERED: ['Delivered', 'success'],
  READ: ['Read', 'success'],
  EXPIRED: ['Expired', 'warning'],
  UNDELIVERABLE: ['Undeliverable', 'danger'],
  REJECTED: ['Rejected', 'danger'],
  FAILED: ['Failed', 'danger'],
  DELETED: ['Deleted', 'neutral'],
  UNKNOWN: ['Unknown', 'warning'],
  UNRECOGNIZED: ['Unrecognized', 'warning'],
};

/** The name of a status; BSG's own word where it is a new one. */
export function nameOf({ status, statusText }: Pick<Message, 'status' | 'statusText'>): string {
  return status === 'UNRECOGNIZED' ? statusText : STATUSES[status][0];
}

/** The colour of a status. */
export function toneOf(status: SmsStatus): Tone {
  return STATUSES[status][1];
}

/** Whether a message arrived, will not, or still may. */
export function groupOf({ status, isFinal }: Pick<Message, 'status' | 'isFinal'>): Group {
  if (status === 'DELIVERED' || status === 'READ') return 'delivered';
  return isFinal ? 'notDelivered' : 'onTheWay';
}
