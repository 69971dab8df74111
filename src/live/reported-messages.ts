import { parse as parseJson } from 'lossless-json';
import { keyOf, type Resource, type StatusKey } from '../bsg/resource.ts';
import { smsById, smsByReference } from '../bsg/resources/sms.ts';
import type { Sms } from '../bsg/sms.ts';

/** A delivery report as it was received. */
export interface ReceivedReport {
  readonly body: Uint8Array<ArrayBuffer>;
  /** Tells a multipart form from the rest. */
  readonly contentType: string | null;
  /** The query string of the address. */
  readonly query: URLSearchParams;
}

/** A message that BSG reports about. */
export interface ReportedMessage {
  /** The same for all reports of a message. */
  readonly text: string;
  /** The keys that the report names. All of them count, as the cache may have evicted the message by one of them. */
  readonly keys: readonly StatusKey<Sms>[];
}

/** Whatever may name a message; `external_id` is the reference in BSG's mass answers. */
interface Naming {
  readonly id?: unknown;
  readonly reference?: unknown;
  readonly external_id?: unknown;
}

/** More messages in one report are ignored: those who watch them poll anyway. */
const MAX_MESSAGES = 100;
/** Objects are found down to here in JSON. */
const MAX_DEPTH = 8;

/** The messages that a report names, in the query string, a form or JSON, alone or many; none where it is garbage. */
export async function reportedMessages({
  body,
  contentType,
  query,
}: ReceivedReport): Promise<readonly ReportedMessage[]> {
  const messages = new Map<string, ReportedMessage>();
  for (const naming of [...namingsInForm(query), ...(await namingsInBody(body, contentType))]) {
    const message = messageOf(naming);
    // Of a message that is named twice, the one with both keys.
    if (message !== null && message.keys.length > (messages.get(message.text)?.keys.length ?? 0))
      messages.set(message.text, message);
    if (messages.size === MAX_MESSAGES) break;
  }
  return [...messages.values()];
}

/** A multipart form by its content type; JSON, else a form, whatever the content type is. */
async function namingsInBody(body: Uint8Array<ArrayBuffer>, contentType: string | null): Promise<Iterable<Naming>> {
  try {
    if (contentType !== null && /^multipart\/form-data\b/i.test(contentType))
      return namingsInForm(await new Response(body, { headers: { 'content-type': contentType } }).formData());
  } catch {
    return [];
  }
  // Without the byte order mark, if there is one.
  const text = new TextDecoder().decode(body);
  try {
    // Numbers stay text: an id has up to 20 digits.
    return namingsInJson(parseJson(text, undefined, (digits) => digits));
  } catch {
    return namingsInForm(new URLSearchParams(text));
  }
}

function* namingsInJson(value: unknown, depth = 0): Generator<Naming> {
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return;
  yield value;
  for (const inner of Object.values(value)) yield* namingsInJson(inner, depth + 1);
}

/** The first id goes with the first reference, and so on. */
function namingsInForm(form: URLSearchParams | FormData): readonly Naming[] {
  const ids = form.getAll('id');
  const references = [...form.getAll('reference'), ...form.getAll('external_id')];
  return Array.from({ length: Math.max(ids.length, references.length) }, (_, i) => ({
    id: ids[i],
    reference: references[i],
  }));
}

/** The message, by its id and its reference; null where neither is one. */
function messageOf({ id, reference, external_id }: Naming): ReportedMessage | null {
  const keys = [validKey(smsById, id), validKey(smsByReference, reference ?? external_id)].filter(
    (key) => key !== null,
  );
  return keys[0] === undefined ? null : { text: keys[0].text, keys };
}

function validKey(resource: Resource<Sms>, id: unknown): StatusKey<Sms> | null {
  return typeof id === 'string' && resource.validate(id) === null ? keyOf(resource, id) : null;
}
