/** What every peer has in common: its schema, and BSG's messages by their ids. */

export const typeDefs = `
  enum SmsStatus { SCHEDULED NEW WAITING MODERATION ACCEPTED SENDING SENT DELIVERED READ EXPIRED UNDELIVERABLE REJECTED FAILED DELETED UNKNOWN }
  type Sms { id: ID! status: SmsStatus! price: Float }
  type SmsBatch { results: [Sms]! }
  type Query { sms(id: ID!): Sms smsBatch(ids: [ID!]!): SmsBatch! }
`;

const BASE_URL = process.env.BSG_BASE_URL;
const HEADERS = { 'X-API-KEY': process.env.BSG_API_KEY };

/** BSG's limit of ids in one mass request. */
const MAX_IDS = 100;

/**
 * Fetches messages, and returns them in the order of their ids: with the argument `mass` several of them by one request
 * for up to 100, else each by a request of its own. Null where BSG has none.
 *
 * @param fetch Such as node-fetch's or undici's, with its options for keeping connections alive.
 */
export function createFetchMessages(fetch) {
  async function request(path, options) {
    const response = await fetch(BASE_URL + path, options);
    if (!response.ok) throw new Error(`BSG responded with HTTP ${response.status}.`);
    return response.json();
  }

  async function fetchMessage(id) {
    const message = await request(`/sms/${id}`, { headers: HEADERS });
    return Number(message.error) === 0 ? toSms(message) : null;
  }

  async function fetchMany(ids) {
    const { result } = await request('/sms/getStatus', {
      method: 'POST',
      headers: { ...HEADERS, 'content-type': 'application/json' },
      // The digits as they are: an id may exceed what a JavaScript number holds.
      body: `{"ids":[${ids}]}`,
    });
    const byId = new Map(result.map((message) => [String(message.id), toSms(message)]));
    return ids.map((id) => byId.get(id) ?? null);
  }

  const fetchEach = (ids) => Promise.all(ids.map(fetchMessage));

  async function fetchMass(ids) {
    if (ids.length === 1) return fetchEach(ids);
    const chunks = [];
    for (let start = 0; start < ids.length; start += MAX_IDS) chunks.push(ids.slice(start, start + MAX_IDS));
    return (await Promise.all(chunks.map(fetchMany))).flat();
  }

  return process.argv[2] === 'mass' ? fetchMass : fetchEach;
}

function toSms({ id, status, price }) {
  return { id: String(id), status: status.toUpperCase(), price: price === null ? null : Number(price) };
}
