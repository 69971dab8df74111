import { CURRENCY } from './store.ts';

const PRICES = [
  { prefix: '380', country: 'UA', country_name: 'Ukraine', mcc: '255', price: 0.23 },
  { prefix: '49', country: 'DE', country_name: 'Germany', mcc: '262', price: 0.07 },
  { prefix: '44', country: 'GB', country_name: 'United Kingdom', mcc: '234', price: 0.04 },
  { prefix: '1', country: 'US', country_name: 'United States', mcc: '310', price: 0.01 },
] as const;
const PRICE_ELSEWHERE = 0.05;

/** Tariffs are numbered 0 to 9; all cost the same here. */
export function isTariff(tariff: string): boolean {
  return /^\d$/.test(tariff);
}

/** What one message to that phone costs. */
export function priceOf(msisdn: string): number {
  return PRICES.find(({ prefix }) => msisdn.startsWith(prefix))?.price ?? PRICE_ELSEWHERE;
}

/** The answer to `GET /sms/prices`. */
export function wirePrices() {
  const prices = PRICES.map(({ country, country_name, mcc, price }) => ({
    type: 'sms',
    country,
    country_name,
    mcc,
    price: price.toFixed(7),
    currency: CURRENCY,
  }));
  return { error: 0, errorDescription: 'No errors', prices };
}
