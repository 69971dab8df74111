/** BSG's error numbers and their texts: a list of the sandbox's own, so that it cannot share a mistake with the client. */
const ERROR_TEXTS: ReadonlyMap<number, string> = new Map([
  [1, 'Invalid API key'],
  [2, 'User blocked'],
  [3, 'Not enough parameters'],
  [4, 'Function not supported'],
  [5, 'Unknown error'],
  [6, 'No such tariff'],
  [7, 'Invalid parameters'],
  [8, 'Not enough funds'],
  [9, 'Tariff inactive'],
  [10, 'Invalid sending time'],
  [11, 'Too many messages in process'],
  [12, 'Package too large'],
  [20, 'SMS not found'],
  [21, 'Invalid phone number'],
  [22, 'No external ID'],
  [23, 'SMS with this external ID already exists'],
  [24, 'Invalid payload'],
  [25, 'Invalid originator'],
  [26, 'Empty or too long text'],
  [27, 'Invalid external ID'],
  [28, 'Invalid validity'],
  [29, 'Invalid task ID'],
  [30, 'Task not found'],
  [31, 'Phone already in the list'],
  [32, 'Sender not allowed'],
  [33, 'Unresolved direction'],
  [34, 'Invalid OTP'],
  [35, '2WAY service not activated'],
  [36, 'Incorrect sender for 2WAY'],
]);

/** What an answer says of success. */
export const NO_ERROR = { error: 0, errorDescription: 'No errors' } as const;

/** Every error number of BSG. */
export const ERROR_NUMBERS: readonly number[] = [...ERROR_TEXTS.keys()];

/** The body of an error as most of BSG's answers have it. */
export interface WireError {
  readonly error: number;
  readonly errorDescription: string;
}

/** The error of that number, with BSG's text. */
export function wireError(error: number): WireError {
  return { error, errorDescription: ERROR_TEXTS.get(error) ?? 'Unknown error' };
}
