/** The workloads: what is sent to a peer, and the one correct response to it. */

/** Ids in one batch. */
const BATCH = 50;

const HOT_ID = '211';

const FIELDS = '{ ... on Sms { id status price } }';
const SINGLE = `query Message($id: ID!) { sms(id: $id) ${FIELDS} }`;
const MANY = `query Messages($ids: [ID!]!) { smsBatch(ids: $ids) { results ${FIELDS} } }`;

/** By key: its name in the tables, and what makes the next call: the body of a request and the text of its correct response. */
export const workloads = {
  hot: { name: 'one hot id', next: () => single(HOT_ID) },
  cold: { name: 'ids never seen', next: () => single(newId()) },
  coldBatch: { name: `${BATCH} distinct ids, never seen`, next: () => batch(Array.from({ length: BATCH }, newId)) },
  hotBatch: { name: `${BATCH} times one hot id`, next: () => batch(Array(BATCH).fill(HOT_ID)) },
};

/** The price of a message, which differs between neighbours, so that a mixed-up response shows. */
export function priceOf(id) {
  return (Number(id) % 100) / 100;
}

let lastId = 3_266_500_000;

function newId() {
  return String(++lastId);
}

function single(id) {
  return call(SINGLE, { id }, { sms: smsOf(id) });
}

function batch(ids) {
  return call(MANY, { ids }, { smsBatch: { results: ids.map(smsOf) } });
}

function call(query, variables, data) {
  return { body: JSON.stringify({ query, variables }), expected: JSON.stringify({ data }) };
}

function smsOf(id) {
  return { id, status: 'DELIVERED', price: priceOf(id) };
}
